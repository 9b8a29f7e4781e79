"""How people name an account or a snapshot: `office`, `20261123T031500Z-k3f9`, `office/20261123T031500Z-k3f9`."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from schemas.datadir import RUN_NAME_PATTERN, DataDir, check_account
from schemas.errors import ExitCode, UserError
from schemas.manifest import read_chain
from schemas.translation import _


@dataclass(frozen=True)
class Scope:
    """An account's archive, or some snapshots of it (None: all)."""

    account: str
    snapshots: frozenset[str] | None = None


def read_scopes(data: DataDir, words: Sequence[str]) -> list[Scope]:
    """What the words name, an entry an account, in the order given; every account when there are none.

    Raises UserError (5) for an account without archive and a snapshot that is not there, (2) for neither form.
    """
    scopes: dict[str, Scope] = {}
    for word in words or data.accounts():
        account, name = _account_and_name(data, word)
        known = scopes.get(account)
        if name is None:
            scopes[account] = Scope(account)
        elif known is None or known.snapshots is not None:
            scopes[account] = Scope(account, frozenset({name}) | (known.snapshots or frozenset() if known else set()))
    return list(scopes.values())


def snapshot_folder(data: DataDir, word: str) -> Path:
    """The folder of the one snapshot that the word names; raises UserError (5) when there is none."""
    if not RUN_NAME_PATTERN.fullmatch(word.rstrip("/").rpartition("/")[2]) and word not in data.accounts():
        raise _no_snapshot(data, word)
    account, name = _account_and_name(data, word)
    if name is None:
        raise UserError(
            _("{account} is an account, not a snapshot.", account=account),
            hint=_("run: {command}", command=f"wa2pg snapshots list {account}"),
            exit_code=ExitCode.USAGE,
        )
    folder = data.archive(account) / name
    if not folder.is_dir():
        raise _no_snapshot(data, name)
    return folder


def require_archive(data: DataDir, account: str) -> Path:
    """`archive/<account>`; raises UserError (5) when the account has none."""
    known = data.accounts()
    if account not in known:
        begin = f"wa2pg extract --account {account}"
        close = get_close_matches(account, known, n=1)
        raise UserError(
            _("The account {account} has no archive.", account=account),
            hint=_("did you mean {name}? for a new account run: {command}", name=close[0], command=begin)
            if close
            else _("run: {command}", command=begin),
            exit_code=ExitCode.ARCHIVE,
        )
    return data.archive(account)


def _account_and_name(data: DataDir, word: str) -> tuple[str, str | None]:
    account, _slash, name = word.rstrip("/").rpartition("/")
    if not RUN_NAME_PATTERN.fullmatch(name):
        require_archive(data, check_account(word))
        return word, None
    accounts = [account] if account else data.accounts()
    if account:
        require_archive(data, check_account(account))
    having = [known for known in accounts if _has(data.archive(known), name)]
    if len(having) > 1:
        raise UserError(
            _("Several accounts have a snapshot {name}.", name=name),
            hint=_("say which: {snapshot}", snapshot=f"{having[0]}/{name}"),
            exit_code=ExitCode.USAGE,
        )
    if not having:
        raise _no_snapshot(data, name)
    return having[0], name


def _has(archive: Path, name: str) -> bool:
    """Whether a sealed snapshot is there, or should be: the chain names it."""
    if (archive / name).is_dir():
        return True
    events: dict[str, str] = {}
    try:
        for line in read_chain(archive):
            events[line.snapshot] = line.event
    except UserError:
        # audit says so
        pass
    return events.get(name) == "sealed"


def _no_snapshot(data: DataDir, word: str) -> UserError:
    account, _slash, name = word.rstrip("/").rpartition("/")
    known = [f"{one}/{there}" for one in data.accounts() for there in _on_disk(data.archive(one))]
    close = get_close_matches(f"{account}/{name}" if account else name, [*known, *map(_without_account, known)], 1, 0.8)
    listing = "wa2pg snapshots list"
    return UserError(
        # what was typed may be anything
        _("There is no sealed snapshot {name}.", name=name)
        if RUN_NAME_PATTERN.fullmatch(name)
        else _("There is no snapshot of this name."),
        hint=_("did you mean {name}? all of them: {command}", name=close[0], command=listing)
        if close
        else _("run: {command}", command=listing),
        exit_code=ExitCode.ARCHIVE,
    )


def _without_account(name: str) -> str:
    return name.rpartition("/")[2]


def _on_disk(archive: Path) -> list[str]:
    return sorted(path.name for path in archive.iterdir() if RUN_NAME_PATTERN.fullmatch(path.name))

"""How people name an account or a snapshot: `office`, `20261123T031500Z-k3f9`, `office/20261123T031500Z-k3f9`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from schemas.datadir import RUN_NAME_PATTERN, DataDir, check_account
from schemas.errors import ExitCode, UserError
from schemas.manifest import read_chain
from schemas.translation import _, ngettext

# a day, as the names have it or as reports write it, and as much more of a snapshot's name as was typed
_BEGINNING = re.compile(r"20\d{6}(T\d{0,6}|T\d{6}Z(-[a-z0-9]{0,3})?)?|20\d\d-\d\d-\d\d")
_SHOWN = 3


@dataclass(frozen=True)
class Scope:
    """An account's archive, or some snapshots of it (None: all)."""

    account: str
    snapshots: frozenset[str] | None = None


def read_scopes(data: DataDir, words: Sequence[str]) -> list[Scope]:
    """What the words name, an entry an account, in the order given; every account when there are none.

    Raises UserError (5) for an account without archive and a snapshot that is not there, (2) for neither form and for
    a beginning that several snapshots have.
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
    """The folder of the one snapshot that the word names; raises UserError (5) when there is none, (2) for several."""
    end = word.rstrip("/").rpartition("/")[2]
    named = RUN_NAME_PATTERN.fullmatch(end) or _BEGINNING.fullmatch(end)
    if not named and word not in data.accounts():
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
    """`archive/<account>`; raises UserError: 5 when the account has none, 2 for a snapshot's name."""
    known = data.accounts()
    if account not in known:
        if RUN_NAME_PATTERN.fullmatch(account) or _BEGINNING.fullmatch(account):
            raise UserError(
                _("{word} is no account; it looks like a snapshot's name.", word=account),
                hint=_("to see that snapshot run: {command}", command=f"wa2pg snapshots show {account}"),
                exit_code=ExitCode.USAGE,
            )
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
    if _BEGINNING.fullmatch(name) and word not in data.accounts():
        return _begun(data, account, name)
    if not RUN_NAME_PATTERN.fullmatch(name):
        require_archive(data, check_account(word))
        return word, None
    accounts = [account] if account else data.accounts()
    if account:
        require_archive(data, check_account(account))
    having = [known for known in accounts if name in _names(data.archive(known))]
    if len(having) > 1:
        raise UserError(
            _("Several accounts have a snapshot {name}.", name=name),
            hint=_("say which: {snapshot}", snapshot=f"{having[0]}/{name}"),
            exit_code=ExitCode.USAGE,
        )
    if not having:
        raise _no_snapshot(data, name)
    return having[0], name


def completed_name(data: DataDir, account: str, word: str) -> str:
    """The whole name of this account's snapshot, of which the beginning is enough; another word stays as it is.

    Raises UserError: 5 when none begins so, 2 when several do.
    """
    name = word.rstrip("/").removeprefix(f"{account}/")
    return _begun(data, account, name)[1] if _BEGINNING.fullmatch(name) else name


def _begun(data: DataDir, account: str, beginning: str) -> tuple[str, str]:
    """The one snapshot whose name begins so."""
    if account:
        require_archive(data, check_account(account))
    begun = beginning.replace("-", "") if beginning[4] == "-" else beginning
    accounts = [account] if account else data.accounts()
    found = [(one, name) for one in accounts for name in sorted(_names(data.archive(one))) if name.startswith(begun)]
    if len(found) == 1:
        return found[0]
    listing = f"wa2pg snapshots list {account}".rstrip()
    if not found:
        raise UserError(
            _("There is no account and no snapshot whose name is or begins with {word}.", word=beginning),
            hint=_("see the names of snapshots with: {command}", command=listing),
            exit_code=ExitCode.ARCHIVE,
        )
    names = ", ".join("/".join(one) for one in found[:_SHOWN])
    raise UserError(
        ngettext(
            "{count} snapshot has a name that begins with {word}.",
            "{count} snapshots have a name that begins with {word}.",
            len(found),
            word=beginning,
        ),
        hint=_("say which: {names}", names=names)
        if len(found) <= _SHOWN
        else _("say which: {names}, …; all of them: {command}", names=names, command=listing),
        exit_code=ExitCode.USAGE,
    )


def _names(archive: Path) -> set[str]:
    """The sealed snapshots that are there, or should be: the chain names them."""
    events: dict[str, str] = {}
    try:
        for line in read_chain(archive):
            events[line.snapshot] = line.event
    except UserError:
        # audit says so
        pass
    sealed = {name for name, event in events.items() if event == "sealed"}
    return sealed | {name for name in _on_disk(archive) if (archive / name).is_dir()}


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

"""Putting sealed snapshots that the chain does not name back into it: by what each says was sealed before it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.datadir import RUN_NAME_PATTERN
from schemas.errors import ExitCode, UserError
from schemas.manifest import CHAIN, ChainLine, Link, Snapshot, append_to_chain, read_chain, read_snapshot
from schemas.translation import _


@dataclass(frozen=True)
class Unchained:
    """Sealed snapshots that the chain does not name: those that follow its end, in order, and why others do not."""

    following: list[Snapshot]
    lost: dict[str, str]


def last_link(archive: Path) -> Link | None:
    """The end of the chain, None when it is empty."""
    last = None
    for line in read_chain(archive):
        if line.event == "sealed":
            last = Link(snapshot=line.snapshot, sha256=line.sha256)
    return last


def find_unchained(archive: Path) -> Unchained:
    """What the chain does not name: the snapshot that was being sealed, or all of them when the chain was lost."""
    if not archive.is_dir():
        return Unchained([], {})
    known = {line.snapshot for line in read_chain(archive)}
    found = sorted(p.name for p in archive.iterdir() if p.is_dir() and RUN_NAME_PATTERN.fullmatch(p.name))
    waiting: dict[str, Snapshot] = {}
    lost: dict[str, str] = {}
    for name in found:
        if name not in known:
            try:
                waiting[name] = read_snapshot(archive / name)
            except UserError as error:
                lost[name] = error.message
    last = last_link(archive)
    following: list[Snapshot] = []
    while len(nexts := [snapshot for snapshot in waiting.values() if snapshot.manifest.previous == last]) == 1:
        following += nexts
        last = Link(snapshot=nexts[0].name, sha256=nexts[0].sha256)
        del waiting[last.snapshot]
    return Unchained(following, lost | {name: _why(snapshot, last, nexts) for name, snapshot in waiting.items()})


def adopt_unchained(archive: Path) -> None:
    """Add to the chain all that follows its end; the caller holds the account's lock.

    Raises UserError (5) when some cannot be put in order; those that can are in the chain then.
    """
    found = find_unchained(archive)
    for snapshot in found.following:
        append_to_chain(archive, ChainLine(snapshot=snapshot.name, sha256=snapshot.sha256, at=datetime.now(UTC)))
    if found.lost:
        names = ", ".join(found.lost)
        raise UserError(
            _(
                "Sealed snapshots of the account {account} cannot be put in order in {chain}: {names}.",
                account=archive.name,
                chain=CHAIN,
                names=names,
            ),
            hint=_("wa2pg audit {account} says why; restore what is missing from a backup", account=archive.name),
            exit_code=ExitCode.ARCHIVE,
        )


def _why(snapshot: Snapshot, last: Link | None, nexts: list[Snapshot]) -> str:
    if snapshot in nexts:
        return _("several snapshots say that they were sealed next")
    previous = snapshot.manifest.previous
    if previous is None:
        return _("it says that it was the first, but {chain} begins with another", chain=CHAIN)
    if last is not None and previous.snapshot == last.snapshot:
        return _(
            "it says that it follows {snapshot}, but as another manifest than the present one",
            snapshot=previous.snapshot,
        )
    return _("it says that it follows {snapshot}, which does not end {chain}", snapshot=previous.snapshot, chain=CHAIN)

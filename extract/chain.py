"""Putting sealed snapshots that the chain does not name back into it: by what each says was sealed before it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.datadir import RUN_NAME_PATTERN
from schemas.errors import ExitCode, UserError
from schemas.manifest import CHAIN, ChainLine, Link, Snapshot, append_to_chain, read_chain, read_snapshot


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
            f"Sealed snapshots of the account {archive.name} cannot be put in order in {CHAIN}: {names}.",
            hint=f"wa2pg audit {archive.name} says why; restore what is missing from a backup",
            exit_code=ExitCode.ARCHIVE,
        )


def _why(snapshot: Snapshot, last: Link | None, nexts: list[Snapshot]) -> str:
    if snapshot in nexts:
        return "several snapshots say that they were sealed next"
    previous = snapshot.manifest.previous
    if previous is None:
        return f"it says that it was the first, but {CHAIN} begins with another"
    if last is not None and previous.snapshot == last.snapshot:
        return f"it says that it follows {previous.snapshot}, but as another manifest than the present one"
    return f"it says that it follows {previous.snapshot}, which does not end {CHAIN}"

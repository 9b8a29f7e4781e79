"""What of a damaged archive can still be read: each damaged part costs its own rows and no others.

Nothing is believed that no checksum vouches for. A manifest counts when `manifest.sha256` or the chain says its sha256,
a table's file when its manifest does. What is said of damage is English, since it is stored;
`schemas.retelling.retold` says it to people.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.datadir import RUN_NAME_PATTERN, is_held
from schemas.errors import UserError
from schemas.files import read_plain_file
from schemas.manifest import CHAIN, ChainLine, DamagedArchiveError, Snapshot, read_chain, read_snapshot
from schemas.replaced import without_replaced
from schemas.sealed_file import file_problem
from schemas.translation import _, in_source
from schemas.words import SourceKind


class LeftOut(BaseModel):
    """A part of the archive that cannot be read: one file, or a whole snapshot (`path` and `table` are None).

    `rows` is how many rows the manifest says it held; None when there is no manifest to say it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    snapshot: str
    path: str | None
    table: str | None
    rows: int | None
    what: str


@dataclass(frozen=True)
class SoundArchive:
    """The snapshots in the order of sealing, without the damaged files; what is left out; what else is wrong."""

    snapshots: list[Snapshot]
    left_out: list[LeftOut] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def in_use(self) -> "SoundArchive":
        """The same without what redecoded snapshots stand in for, and without the damage in that."""
        snapshots = without_replaced(self.snapshots)
        replaced = {snapshot.name for snapshot in self.snapshots} - {snapshot.name for snapshot in snapshots}
        left_out = [part for part in self.left_out if part.snapshot not in replaced]
        return SoundArchive(snapshots, left_out, self.remarks)


# what is found here is stored in run.json
@in_source()
def read_sound(archive: Path, tables: Collection[str]) -> SoundArchive:
    """Every snapshot of `archive/<account>` of which something can be read, its files of these tables checked."""
    lines, doubtful, remarks = _readable_chain(archive)
    named: dict[str, str] = {}
    # what only a changed line names may be no snapshot at all
    for line in [*lines, *(line for line in doubtful if (archive / line.snapshot).is_dir())]:
        if line.event == "removed":
            named.pop(line.snapshot, None)
        else:
            named[line.snapshot] = line.sha256
    snapshots: list[Snapshot] = []
    left_out: list[LeftOut] = []
    for name, sha256 in named.items():
        try:
            snapshot = read_snapshot(archive / name, sealed_as=sha256)
        except UserError as error:
            left_out.append(LeftOut(snapshot=name, path=None, table=None, rows=None, what=error.message))
            continue
        if snapshot.sha256 != sha256:
            remarks.append(
                _("the manifest of snapshot {snapshot} is not the one that {file} names", snapshot=name, file=CHAIN)
            )
        snapshots.append(snapshot)
    # a living extract is between the rename that seals and the chain
    folders = archive.iterdir() if archive.is_dir() and not is_held(archive) else ()
    for name in sorted(p.name for p in folders if p.is_dir() and RUN_NAME_PATTERN.fullmatch(p.name)):
        if name in named:
            continue
        try:
            snapshot = read_snapshot(archive / name)
        except UserError as error:
            left_out.append(LeftOut(snapshot=name, path=None, table=None, rows=None, what=error.message))
            continue
        remarks.append(_("snapshot {snapshot} is not in {file}", snapshot=name, file=CHAIN))
        snapshots.insert(_place(snapshots, snapshot), snapshot)
    checked = [_without_damage(snapshot, tables) for snapshot in snapshots]
    kept, given_way = _prefer_whole([snapshot for snapshot, _parts in checked])
    remarks += [
        _(
            "snapshot {snapshot} is damaged and the one that it was decoded from is whole, so that one counts",
            snapshot=name,
        )
        for name in given_way
    ]
    left_out += [part for snapshot, parts in checked for part in parts if snapshot.name not in given_way]
    return SoundArchive(kept, left_out, remarks)


def _readable_chain(archive: Path) -> tuple[list[ChainLine], list[ChainLine], list[str]]:
    """The lines of the chain that are as they were written, those behind that look like lines, and what is wrong."""
    lines: list[ChainLine] = []
    try:
        lines.extend(read_chain(archive))
    except DamagedArchiveError as error:
        remarks = [error.message.rstrip(".")]
    else:
        return lines, [], []
    try:
        rest = read_plain_file(archive / CHAIN).splitlines()[len(lines) :]
    except OSError:
        rest = []
    doubtful = []
    for raw in rest:
        try:
            doubtful.append(ChainLine.model_validate_json(raw))
        except ValidationError:
            # what only this line named is found by its folder
            continue
    return lines, doubtful, remarks


def _place(snapshots: list[Snapshot], new: Snapshot) -> int:
    """Where a snapshot that the chain does not name belongs: behind the one it says came before it."""
    previous = new.manifest.previous
    for place, snapshot in enumerate(snapshots):
        if previous is not None and snapshot.name == previous.snapshot:
            return place + 1
    later = (n for n, snapshot in enumerate(snapshots) if snapshot.manifest.sealed_at > new.manifest.sealed_at)
    return next(later, len(snapshots))


def _without_damage(snapshot: Snapshot, tables: Collection[str]) -> tuple[Snapshot, list[LeftOut]]:
    found = [(entry, file_problem(snapshot.path, entry)) for entry in snapshot.manifest.files if entry.table in tables]
    parts = [
        LeftOut(snapshot=snapshot.name, path=entry.path, table=entry.table, rows=entry.rows, what=what)
        for entry, what in found
        if what
    ]
    return snapshot.without(frozenset(part.path for part in parts if part.path)), parts


def _prefer_whole(snapshots: list[Snapshot]) -> tuple[list[Snapshot], list[str]]:
    """Let a damaged redecode give way to what it was made from, where that is whole; the names of those that did."""
    whole = {snapshot.name for snapshot in snapshots if not snapshot.left_out}
    given_way = [
        snapshot.name
        for snapshot in snapshots
        if snapshot.left_out
        and snapshot.manifest.source.kind is SourceKind.REDECODE
        and snapshot.manifest.source.detail in whole
    ]
    return [snapshot for snapshot in snapshots if snapshot.name not in given_way], given_way

"""The snapshots of an account: sealed, open, removed, gone or damaged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from extract.partials import partial_snapshots
from schemas.datadir import PARTIAL_SUFFIX, RUN_NAME_PATTERN, DataDir, is_held
from schemas.errors import UserError
from schemas.manifest import ChainLine, Manifest, read_chain, read_snapshot
from schemas.translation import N_
from schemas.words import SourceKind


class SnapshotState(StrEnum):
    """How a snapshot stands; `wa2pg audit` says what is wrong with one that cannot be read."""

    SEALED = N_("sealed")
    REPLACED = N_("replaced")
    OPEN = N_("open")
    LEFT_OPEN = N_("left open")
    REMOVED = N_("removed")
    GONE = N_("gone")
    UNREADABLE = N_("unreadable")
    UNCHAINED = N_("not in the chain")


@dataclass(frozen=True)
class SnapshotLine:
    """One snapshot; `manifest` is None where there is none that can be read. `bytes` are those of its files."""

    account: str
    name: str
    state: SnapshotState
    at: datetime | None
    manifest: Manifest | None

    @property
    def bytes(self) -> int:
        """What its files take."""
        return sum(entry.bytes for entry in self.manifest.files) if self.manifest else 0


def list_snapshots(data: DataDir, accounts: Sequence[str]) -> list[SnapshotLine]:
    """The snapshots of these accounts in the order of sealing, then what the chain does not name, then open ones."""
    return [line for account in accounts for line in _list_account(data, account)]


def _list_account(data: DataDir, account: str) -> list[SnapshotLine]:
    archive = data.archive(account)
    chain: dict[str, ChainLine] = {}
    try:
        for line in read_chain(archive):
            chain[line.snapshot] = line
    except UserError:
        # audit says so; what can be read before the damage is listed
        pass
    on_disk = sorted(p.name for p in archive.iterdir() if p.is_dir() and RUN_NAME_PATTERN.fullmatch(p.name))
    lines = [_line(data, account, name, chain.get(name)) for name in dict.fromkeys([*chain, *on_disk])]
    replaced = {
        line.manifest.source.detail
        for line in lines
        if line.manifest is not None and line.manifest.source.kind is SourceKind.REDECODE
    }
    lines = [
        SnapshotLine(account, line.name, SnapshotState.REPLACED, line.at, line.manifest)
        if line.state is SnapshotState.SEALED and line.name in replaced
        else line
        for line in lines
    ]
    for partial in partial_snapshots(archive):
        state = SnapshotState.OPEN if is_held(archive) or is_held(partial) else SnapshotState.LEFT_OPEN
        lines.append(SnapshotLine(account, partial.name.removesuffix(PARTIAL_SUFFIX), state, None, None))
    return lines


def _line(data: DataDir, account: str, name: str, chained: ChainLine | None) -> SnapshotLine:
    at = chained.at if chained else None
    if chained is not None and chained.event == "removed":
        return SnapshotLine(account, name, SnapshotState.REMOVED, at, None)
    folder = data.archive(account) / name
    if not folder.is_dir():
        return SnapshotLine(account, name, SnapshotState.GONE, at, None)
    try:
        manifest = read_snapshot(folder).manifest
    except UserError:
        return SnapshotLine(account, name, SnapshotState.UNREADABLE, at, None)
    state = SnapshotState.SEALED if chained else SnapshotState.UNCHAINED
    return SnapshotLine(account, name, state, manifest.sealed_at, manifest)

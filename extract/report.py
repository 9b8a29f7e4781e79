"""What extract and audit tell their caller."""

from dataclasses import dataclass, field
from pathlib import Path

from schemas.errors import UserError
from schemas.manifest import Manifest, MissingChunk, Snapshot
from schemas.words import Ended


@dataclass(frozen=True)
class ExtractReport:
    """One extract. `snapshot` is None when there was nothing new.

    `missing` are chunks that WhatsApp announced and that did not reach us, `recovered_missing` those of the
    snapshots that dead extracts had left. `failure` is what ended a link before its time although something had
    arrived.
    """

    snapshot: str | None
    complete: bool
    ended: Ended
    announced: int
    received: int
    already_archived: int
    rows: dict[str, int]
    rejects: dict[str, int]
    kinds: dict[str, int]
    own_known: bool
    recovered: list[str]
    folder: Path | None = None
    missing: list[MissingChunk] = field(default_factory=list)
    recovered_missing: list[MissingChunk] = field(default_factory=list)
    failure: UserError | None = None


def report_of(snapshot: Snapshot, *, already_archived: int, own_known: bool, recovered: list[str]) -> ExtractReport:
    """The report of a sealed snapshot, from its manifest."""
    manifest: Manifest = snapshot.manifest
    return ExtractReport(
        snapshot=snapshot.name,
        complete=manifest.complete,
        ended=manifest.ended,
        announced=manifest.counts.payloads.announced,
        received=manifest.counts.payloads.received,
        already_archived=already_archived,
        rows=manifest.counts.rows,
        rejects=manifest.counts.rejects,
        kinds=manifest.counts.kinds,
        own_known=own_known,
        recovered=recovered,
        folder=snapshot.path,
        missing=manifest.missing,
    )


def nothing_new(
    *,
    own_known: bool,
    recovered: list[str],
    ended: Ended,
    already_archived: int = 0,
    complete: bool = True,
) -> ExtractReport:
    """The report of an extract that brought nothing which the archive did not have."""
    return ExtractReport(
        snapshot=None,
        complete=complete,
        ended=ended,
        announced=0,
        received=0,
        already_archived=already_archived,
        rows={},
        rejects={},
        kinds={},
        own_known=own_known,
        recovered=recovered,
    )


@dataclass(frozen=True)
class Finding:
    """One thing that audit found wrong."""

    where: str
    what: str
    todo: str

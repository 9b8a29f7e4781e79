"""What extract and audit tell their caller."""

from dataclasses import dataclass, field
from pathlib import Path

from schemas.manifest import Manifest, Snapshot
from schemas.words import Ended


@dataclass(frozen=True)
class ExtractReport:
    """One extract. `snapshot` is None when there was nothing new."""

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
    warnings: list[str] = field(default_factory=list)


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
    )


@dataclass(frozen=True)
class Finding:
    """One thing that audit found wrong."""

    where: str
    what: str
    todo: str

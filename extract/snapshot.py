"""An account's snapshots: opened, filled through the journal, sealed; sealed again after a crash.

An open snapshot is `<name>.partial/` with `open.json`, `journal/` and, while it is being sealed, `sealed/`.
Sealing decodes the journal into `sealed/`, writes the manifest there last and renames the folder to
`<name>`: whatever moment a process dies at, the journal or the sealed snapshot is whole.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from extract.chain import adopt_unchained, last_link
from extract.journal import Journal, JournalEntry, count_journal, read_journal, settle_journal
from extract.sealed_journal import SealedJournalWriter
from extract.tables import RawTables
from extract.whatsapp.decode import decode_payload
from schemas.datadir import PARTIAL_SUFFIX, RUN_NAME_PATTERN, new_run_name
from schemas.files import fsync_folder, make_private_folder, replace_file
from schemas.manifest import (
    FORMAT,
    MANIFEST,
    MANIFEST_SHA256,
    ChainLine,
    Counts,
    Manifest,
    Own,
    Payloads,
    Snapshot,
    Source,
    Span,
    Tool,
    append_to_chain,
    read_snapshot,
)
from schemas.progress import Progress, Step, no_progress
from schemas.version import VERSION
from schemas.words import Ended, SourceKind

_OPEN = "open.json"
_SEALED = "sealed"


class OpenRecord(BaseModel):
    """What an open snapshot says of itself, so that another process can seal it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str
    own: Own
    source: Source
    started_at: datetime
    announced: int | None = None


@dataclass(frozen=True)
class OpenSnapshot:
    """A snapshot that takes payloads. Its account's lock is held by whoever holds this."""

    archive: Path
    name: str
    record: OpenRecord
    journal: Journal

    @property
    def partial(self) -> Path:
        """Its folder while it is open."""
        return self.archive / (self.name + PARTIAL_SUFFIX)


def open_snapshot(archive: Path, *, own: Own, source: Source, announced: int | None = None) -> OpenSnapshot:
    """Begin a snapshot below `archive/<account>`; the caller holds the account's lock."""
    now = _now()
    name = new_run_name(now)
    record = OpenRecord(account=archive.name, own=own, source=source, started_at=now, announced=announced)
    partial = make_private_folder(archive / (name + PARTIAL_SUFFIX))
    replace_file(partial / _OPEN, record.model_dump_json().encode() + b"\n")
    fsync_folder(archive)
    return OpenSnapshot(archive, name, record, Journal(partial))


def seal_snapshot(opened: OpenSnapshot, *, ended: Ended, complete: bool, progress: Progress = no_progress) -> Snapshot:
    """Decode the journal, write the tables and the manifest, and put the snapshot in its place."""
    building = opened.partial / _SEALED
    if building.exists():
        shutil.rmtree(building)
    make_private_folder(building)
    tables, journal = RawTables(building), SealedJournalWriter(building)
    total = count_journal(opened.partial)
    received = 0
    for entry in read_journal(opened.partial):
        journal.add(entry)
        _decode(entry, tables)
        received += 1
        counts = tables.counts
        figures = {"chats": counts["chats"], "messages": counts["messages"], "rejects": counts["rejects"]}
        progress(Step("decoding payloads", received, total, figures))
    progress(Step("sealing"))
    files = [*tables.finish(), *journal.finish()]
    announced = opened.record.announced
    manifest = Manifest(
        format=FORMAT,
        tool=Tool(name="wa2pg", version=VERSION),
        account=opened.record.account,
        snapshot=opened.name,
        own=opened.record.own,
        source=opened.record.source,
        started_at=opened.record.started_at,
        sealed_at=_now(),
        complete=complete,
        ended=ended,
        counts=Counts(
            payloads=Payloads(announced=received if announced is None else announced, received=received),
            rows=tables.counts,
            rejects=dict(sorted(tables.rejects.items())),
            kinds=dict(sorted(tables.kinds.items())),
        ),
        span=Span(first=_moment(tables.first_ms), last=_moment(tables.last_ms)),
        files=files,
        previous=last_link(opened.archive),
    )
    content = manifest.to_json()
    sha256 = hashlib.sha256(content).hexdigest()
    replace_file(building / MANIFEST, content)
    replace_file(building / MANIFEST_SHA256, f"{sha256}  {MANIFEST}\n".encode())
    _put_in_place(opened.archive, opened.name, sha256)
    return read_snapshot(opened.archive / opened.name)


def _decode(entry: JournalEntry, tables: RawTables) -> None:
    if entry.intact:
        decode_payload(entry.number, entry.content, tables)
    else:
        tables.rejects["journal_damaged"] += 1
        row = (entry.number, None, "journal_damaged", "the payload is not what was journalled", entry.content)
        tables.add("rejects", row, len(entry.content))


def discard(opened: OpenSnapshot) -> None:
    """Remove an open snapshot that no payload has reached."""
    if opened.journal.received == 0:
        shutil.rmtree(opened.partial)


def _put_in_place(archive: Path, name: str, sha256: str) -> None:
    partial = archive / (name + PARTIAL_SUFFIX)
    (partial / _SEALED).rename(archive / name)
    fsync_folder(archive)
    append_to_chain(archive, ChainLine(snapshot=name, sha256=sha256, at=_now()))
    shutil.rmtree(partial)
    fsync_folder(archive)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def partial_snapshots(archive: Path) -> list[Path]:
    """The folders of open snapshots, oldest first; whether somebody is filling them is not asked."""
    if not archive.is_dir():
        return []
    return sorted(
        path
        for path in archive.iterdir()
        if path.name.endswith(PARTIAL_SUFFIX) and RUN_NAME_PATTERN.fullmatch(path.name.removesuffix(PARTIAL_SUFFIX))
    )


def recover(archive: Path, progress: Progress = no_progress) -> list[Snapshot]:
    """Finish what a process that died left behind; the caller holds the account's lock.

    An open snapshot with payloads is sealed (`complete: false`, `ended: crashed`); one without is removed, for
    nothing had reached it, and so is a redecode; sealed ones that are not in the chain yet are put there.
    Returns what was sealed. Raises UserError (5) where sealed ones cannot be put in order, before anything is sealed.
    """
    sealed = []
    adopt_unchained(archive)
    for partial in partial_snapshots(archive):
        name = partial.name.removesuffix(PARTIAL_SUFFIX)
        if (archive / name).is_dir():
            shutil.rmtree(partial)
            continue
        record = _read_open(partial, archive.name, name)
        if record.source.kind is SourceKind.REDECODE:
            # half a redecode would stand in for the whole old snapshot, whose journal is safe
            shutil.rmtree(partial)
            continue
        settle_journal(partial, keep_torn=record.source.kind is not SourceKind.REPLAY)
        if not count_journal(partial):
            shutil.rmtree(partial)
        else:
            opened = OpenSnapshot(archive, name, record, Journal(partial))
            sealed.append(seal_snapshot(opened, ended=Ended.CRASHED, complete=False, progress=progress))
    return sealed


def _now() -> datetime:
    return datetime.now(UTC)


def _read_open(partial: Path, account: str, name: str) -> OpenRecord:
    try:
        return OpenRecord.model_validate(json.loads((partial / _OPEN).read_bytes()))
    except (OSError, ValueError, ValidationError):
        # the journal is what counts; a lost label must not keep it from being sealed
        started = datetime.strptime(name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        source = Source(kind=SourceKind.WHATSAPP, detail="unknown: open.json was lost")
        return OpenRecord(account=account, own=Own(), source=source, started_at=started)

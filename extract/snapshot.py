"""An account's snapshots: opened, filled through the journal, sealed; sealed again after a crash.

An open snapshot is `<name>.partial/` with `open.json`, `journal/` and, while it is being sealed, `sealed/`.
Sealing decodes the journal into `sealed/`, writes the manifest there last and renames the folder to
`<name>`: whatever moment a process dies at, the journal or the sealed snapshot is whole.
"""

import gc
import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from extract.chain import adopt_unchained, last_link
from extract.journal import Journal, count_journal, read_journal, settle_journal
from extract.link_end import read_link_end
from extract.own import remember_own
from extract.partials import partial_snapshots
from extract.reserve import release_reserve
from extract.sealed_journal import SealedJournalWriter
from extract.tables import RawTables
from extract.whatsapp.announcements import Announcements
from extract.whatsapp.decode import decode_entry, decode_inline
from schemas.datadir import PARTIAL_SUFFIX, is_held, new_run_name
from schemas.files import fsync_folder, make_private_folder, read_plain_file, replace_file
from schemas.manifest import (
    FORMAT,
    MANIFEST,
    MANIFEST_SHA256,
    OWN,
    ChainLine,
    Counts,
    FileEntry,
    Manifest,
    Own,
    Payloads,
    Snapshot,
    Source,
    Span,
    Tool,
    append_to_chain,
    checksum_line,
    read_snapshot,
)
from schemas.progress import Progress, Step, no_progress
from schemas.translation import N_
from schemas.version import VERSION
from schemas.words import Ended, SourceKind

_OPEN = "open.json"
_SEALED = "sealed"
_LOOK_AGAIN_SECONDS = 0.5
_SHOWN_COUNTS = (N_("chats"), N_("messages"), N_("rejects"))
_SEALING = N_("sealing")
_WAITING = N_("waiting for the link of a killed extract")


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

    def with_own(self, own: Own) -> "OpenSnapshot":
        """The same snapshot with the company's addresses, which a link learns while it is open."""
        return self._with(self.record.model_copy(update={"own": own}))

    def with_source(self, source: Source) -> "OpenSnapshot":
        """The same snapshot with another word on where its payloads come from."""
        return self._with(self.record.model_copy(update={"source": source}))

    def _with(self, record: OpenRecord) -> "OpenSnapshot":
        _write_open(self.partial, record)
        return replace(self, record=record)


def open_snapshot(archive: Path, *, own: Own, source: Source, announced: int | None = None) -> OpenSnapshot:
    """Begin a snapshot below `archive/<account>`; the caller holds the account's lock."""
    now = _now()
    name = new_run_name(now)
    record = OpenRecord(account=archive.name, own=own, source=source, started_at=now, announced=announced)
    partial = make_private_folder(archive / (name + PARTIAL_SUFFIX))
    _write_open(partial, record)
    fsync_folder(archive)
    return OpenSnapshot(archive, name, record, Journal(partial))


def _write_open(partial: Path, record: OpenRecord) -> None:
    replace_file(partial / _OPEN, record.model_dump_json().encode() + b"\n")


def seal_snapshot(
    opened: OpenSnapshot, *, ended: Ended, complete: bool, lost: int = 0, progress: Progress = no_progress
) -> Snapshot:
    """Decode the journal, write the tables and the manifest, and put the snapshot in its place.

    `lost` payloads reached the program and could not be written; they count as announced.
    """
    building = opened.partial / _SEALED
    if building.exists():
        shutil.rmtree(building)
    make_private_folder(building)
    tables, journal = RawTables(building), SealedJournalWriter(building)
    announcements = Announcements()
    total = count_journal(opened.partial)
    received = 0
    with _no_search_for_cycles():
        for entry in read_journal(opened.partial):
            journal.add(entry)
            decode_entry(entry, tables, announcements)
            received += 1
            counts = tables.counts
            figures = {name: counts[name] for name in _SHOWN_COUNTS}
            progress(Step(N_("decoding payloads"), received, total, figures))
        _take_inline(opened.partial, tables, announcements)
    missing = announcements.missing()
    files = _make_durable(tables, journal, progress)
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
        complete=complete and not missing and not lost,
        ended=ended,
        counts=Counts(
            payloads=Payloads(
                announced=received + len(missing) + lost if announced is None else announced, received=received
            ),
            rows=tables.counts,
            rejects=dict(sorted(tables.rejects.items())),
            kinds=dict(sorted(tables.kinds.items())),
        ),
        span=Span(first=_moment(tables.first_ms), last=_moment(tables.last_ms)),
        files=files,
        previous=last_link(opened.archive),
        missing=missing,
    )
    content = manifest.to_json()
    sha256 = hashlib.sha256(content).hexdigest()
    replace_file(building / MANIFEST, content)
    replace_file(building / MANIFEST_SHA256, checksum_line(sha256))
    _put_in_place(opened.archive, opened.name, sha256)
    return read_snapshot(opened.archive / opened.name)


def _make_durable(tables: RawTables, journal: SealedJournalWriter, progress: Progress) -> list[FileEntry]:
    progress(Step(_SEALING))
    total = tables.close() + journal.close()
    files = []
    for entry in (*tables.files(), *journal.files()):
        files.append(entry)
        progress(Step(_SEALING, len(files), total))
    return files


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Rows wait by the ten thousand and form no cycles; to look for some again and again costs a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _take_inline(partial: Path, tables: RawTables, announcements: Announcements) -> None:
    """Chunks that did not arrive, from the announcements that carry them: a small chunk travels in both."""
    wanted = {one.payload: one for one in announcements.outstanding() if one.inline}
    for entry in read_journal(partial, frozenset(wanted)) if wanted else ():
        if decode_inline(entry, tables):
            announcements.arrive(wanted[entry.number].chunk)


def discard(opened: OpenSnapshot) -> bool:
    """Remove an open snapshot that no payload has reached; whether that was so. With one it stays for `recover`."""
    settle_journal(opened.partial, keep_torn=True)
    if count_journal(opened.partial):
        return False
    shutil.rmtree(opened.partial)
    return True


def _put_in_place(archive: Path, name: str, sha256: str) -> None:
    partial = archive / (name + PARTIAL_SUFFIX)
    (partial / _SEALED).rename(archive / name)
    fsync_folder(archive)
    append_to_chain(archive, ChainLine(snapshot=name, sha256=sha256, at=_now()))
    shutil.rmtree(partial)
    fsync_folder(archive)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def recover(archive: Path, progress: Progress = no_progress, *, wait: bool = True) -> list[Snapshot]:
    """Finish what a process that died left behind; the caller holds the account's lock.

    An open snapshot with payloads is sealed, as the link that filled it left word, otherwise as crashed and not
    complete; one without is removed, for nothing had reached it, and so is a redecode; sealed ones that are not in
    the chain yet are put there. A link may outlive the extract that started it: it is waited for, or with
    `wait=False` left alone. Returns what was sealed. Raises UserError (5) where sealed ones cannot be put in order,
    before anything is sealed.
    """
    sealed = []
    adopt_unchained(archive)
    for partial in partial_snapshots(archive):
        name = partial.name.removesuffix(PARTIAL_SUFFIX)
        if (archive / name).is_dir():
            shutil.rmtree(partial)
            continue
        if not wait and is_held(partial):
            continue
        _wait_until_left(partial, progress)
        record = _read_open(partial, archive.name, name)
        if record.source.kind is SourceKind.REDECODE:
            # half a redecode would stand in for the whole old snapshot, whose journal is safe
            shutil.rmtree(partial)
            continue
        release_reserve(partial)
        settle_journal(partial, keep_torn=record.source.kind is not SourceKind.REPLAY)
        if not count_journal(partial):
            shutil.rmtree(partial)
        else:
            if record.own != Own() and not (archive / OWN).exists():
                # a link learns the addresses before it remembers them
                remember_own(archive, record.own)
            opened = OpenSnapshot(archive, name, record, Journal(partial))
            end = read_link_end(partial)
            sealed.append(
                seal_snapshot(opened, ended=end.ended, complete=end.complete, lost=end.lost, progress=progress)
            )
    return sealed


def _wait_until_left(partial: Path, progress: Progress) -> None:
    """Wait for a living link that still fills this snapshot; it ends by itself, by silence or its deadline."""
    while is_held(partial):
        progress(Step(_WAITING, counts={N_("payloads"): count_journal(partial)}))
        time.sleep(_LOOK_AGAIN_SECONDS)


def _now() -> datetime:
    return datetime.now(UTC)


def _read_open(partial: Path, account: str, name: str) -> OpenRecord:
    try:
        return OpenRecord.model_validate(json.loads(read_plain_file(partial / _OPEN)))
    except (OSError, ValueError, ValidationError):
        # the journal is what counts; a lost label must not keep it from being sealed
        started = datetime.strptime(name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        source = Source(kind=SourceKind.WHATSAPP, detail="unknown: open.json was lost")
        return OpenRecord(account=account, own=Own(), source=source, started_at=started)

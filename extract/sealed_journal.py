"""The journal inside a sealed snapshot: Parquet tables `journal/part-NNNN.parquet`, a row a payload."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extract.journal import JournalEntry
from extract.tables import describe_file, parquet_writer
from schemas.files import fsync_folder, make_private_folder
from schemas.manifest import DamagedArchiveError, FileEntry, Snapshot
from schemas.tables import JOURNAL
from schemas.translation import _

_GROUP_BYTES = 16 << 20
_PART_BYTES = 512 << 20


class SealedJournalWriter:
    """Writes payloads into the sealed form of the journal, a few at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal = make_private_folder(folder / "journal")
        self._rows: list[JournalEntry] = []
        self._buffered = 0
        self._in_part = 0
        self._part_rows = 0
        self._writer: pq.ParquetWriter | None = None
        self._finished: list[tuple[Path, int]] = []

    def add(self, entry: JournalEntry) -> None:
        """Take one payload."""
        self._rows.append(entry)
        self._buffered += len(entry.content)
        if self._buffered >= _GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._writer is None:
            self._path = self._journal / f"part-{len(self._finished):04d}.parquet"
            self._writer = parquet_writer(self._path, "journal", JOURNAL)
        rows = self._rows
        columns = [
            pa.array([row.number for row in rows], pa.int32()),
            pa.array([row.received_at for row in rows], JOURNAL.field("received_at").type),
            pa.array([row.source for row in rows], pa.string()),
            pa.array([row.event_code for row in rows], pa.int32()),
            pa.array([len(row.content) for row in rows], pa.int64()),
            pa.array([row.sha256 for row in rows], JOURNAL.field("sha256").type),
            pa.array([row.content for row in rows], pa.large_binary()),
        ]
        self._writer.write_batch(pa.record_batch(columns, schema=JOURNAL))
        self._in_part += self._buffered
        self._part_rows += len(rows)
        self._rows, self._buffered = [], 0
        if self._in_part >= _PART_BYTES:
            self._finish_part()

    def _finish_part(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._finished.append((self._path, self._part_rows))
            self._writer, self._in_part, self._part_rows = None, 0, 0

    def close(self) -> int:
        """Write what is left and close every part, of which there is at least one; returns how many there are."""
        if self._rows or (self._writer is None and not self._finished):
            self._flush()
        self._finish_part()
        return len(self._finished)

    def files(self) -> Iterator[FileEntry]:
        """The closed parts, each made durable as it is asked for."""
        for path, rows in self._finished:
            yield describe_file(self._folder, path, "journal", rows, JOURNAL)
        fsync_folder(self._journal)


def read_sealed_journal(snapshot: Snapshot) -> Iterator[JournalEntry]:
    """The payloads of a sealed snapshot in order; raises DamagedArchiveError when a part cannot be read."""
    for path in snapshot.files("journal"):
        try:
            file = pq.ParquetFile(path)
            for batch in file.iter_batches(batch_size=1):
                row = batch.to_pylist()[0]
                yield JournalEntry(
                    row["payload"], row["received_at"], row["source"], row["event_code"], row["sha256"], row["content"]
                )
        except (OSError, pa.ArrowException):
            raise _unreadable(snapshot) from None


def archived_payloads(snapshots: Iterable[Snapshot]) -> set[bytes]:
    """The sha256 of every payload in the journals of these snapshots."""
    known: set[bytes] = set()
    for snapshot in snapshots:
        for path in snapshot.files("journal"):
            try:
                known.update(pq.read_table(path, columns=["sha256"]).column("sha256").to_pylist())
            except (OSError, pa.ArrowException):
                raise _unreadable(snapshot) from None
    return known


def _unreadable(snapshot: Snapshot) -> DamagedArchiveError:
    return DamagedArchiveError(_("The journal of snapshot {name} cannot be read.", name=snapshot.name))

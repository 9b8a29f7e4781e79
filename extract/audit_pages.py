"""Every page of a sealed table read, and what its rows add up to.

A checksum says that a file is as it was written; only reading it says that what was written can be read.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.manifest import FileEntry
from schemas.translation import _

# rows are read so many bytes at a time, whatever size of row groups a file has
_BATCH_BYTES = 8 << 20


@dataclass
class Tally:
    """What the rows of one file, or of a whole snapshot, add up to; `problem` is what made reading stop."""

    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    first_ms: int | None = None
    last_ms: int | None = None
    payloads: set[int] = field(default_factory=set)
    journalled: set[int] = field(default_factory=set)
    problem: str | None = None

    def add(self, other: "Tally") -> None:
        """Take the other's rows in."""
        self.kinds += other.kinds
        self.reasons += other.reasons
        self.payloads |= other.payloads
        self.journalled |= other.journalled
        self._span(other.first_ms, other.last_ms)

    def add_batch(self, table: str, batch: pa.RecordBatch) -> None:
        """Take a batch of rows of one of the tables in."""
        if table == "journal":
            self._add_payloads(batch)
            return
        self.payloads.update(pc.unique(batch.column("payload").drop_null()).to_pylist())
        if table == "messages":
            self.kinds += _counted(batch.column("kind"))
            span = pc.min_max(batch.column("sent_at").cast(pa.int64())).as_py()
            self._span(span["min"], span["max"])
        elif table == "rejects":
            self.reasons += _counted(batch.column("reason"))

    def _add_payloads(self, batch: pa.RecordBatch) -> None:
        numbers = batch.column("payload").to_pylist()
        if len(self.journalled.union(numbers)) != len(self.journalled) + len(numbers):
            self.problem = _("holds a payload twice")
        self.journalled.update(numbers)
        sealed = zip(batch.column("bytes"), batch.column("sha256"), batch.column("content"), strict=True)
        for number, (size, sha256, content) in zip(numbers, sealed, strict=True):
            held = content.as_buffer()
            if held.size != size.as_py() or hashlib.sha256(held).digest() != sha256.as_py():
                self.problem = _("holds payload {number} with another size or sha256 than it says", number=str(number))

    def _span(self, first: int | None, last: int | None) -> None:
        if first is not None and (self.first_ms is None or first < self.first_ms):
            self.first_ms = first
        if last is not None and (self.last_ms is None or last > self.last_ms):
            self.last_ms = last


def read_pages(path: Path, entry: FileEntry) -> Tally:
    """Read every row of a file whose checksum, columns and number of rows are right.

    The problem's words follow "this file" and hold nothing of what the file says.
    """
    tally = Tally()
    try:
        with pq.ParquetFile(path) as file:
            for batch in _batches(file):
                batch.validate(full=True)
                missing = [column.name for column in batch.schema if not column.nullable and _nulls(batch, column.name)]
                if missing:
                    tally.problem = _("has nothing in the required column {column} of some rows", column=missing[0])
                    break
                tally.add_batch(entry.table, batch)
    except (OSError, pa.ArrowException):
        # Arrow's own words may quote the page
        tally.problem = _("has pages that do not decode")
    return tally


def _batches(file: pq.ParquetFile) -> Iterator[Any]:
    for group in range(file.metadata.num_row_groups):
        described = file.metadata.row_group(group)
        rows = max(1, _BATCH_BYTES * described.num_rows // max(1, described.total_byte_size))
        yield from file.iter_batches(batch_size=rows, row_groups=[group], use_threads=False)


def _nulls(batch: pa.RecordBatch, name: str) -> int:
    count: int = batch.column(name).null_count
    return count


def _counted(column: pa.Array) -> Counter[str]:
    return Counter({pair["values"]: pair["counts"] for pair in column.value_counts().to_pylist()})

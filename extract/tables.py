"""Raw tables on their way to Parquet: rows are gathered in small batches and written as they come.

Memory stays within one batch a table, however long the history is.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.files import fsync_file, fsync_folder, make_private_folder
from schemas.manifest import FileEntry
from schemas.tables import RAW_TABLES, fingerprint

Row = tuple[Any, ...]

# a row group; smaller ones cost size and speed, larger ones memory
_BATCH_ROWS = 20_000
_BATCH_BYTES = 24 << 20
# a part file: small enough to lose little when a disk damages one
_PART_ROWS = 1_000_000
# zstd 1 writes 566k messages a second at 176 MB a million, zstd 3 340k at 162 MB (measured)
_COMPRESSION_LEVEL = 1
_DICTIONARY_COLUMNS = {
    "messages": ["chat_jid", "sender_jid", "push_name", "kind", "media_mime", "delivery", "origin", "raw_format"],
    "contacts": ["source"],
    "lid_map": ["source"],
    "calls": ["outcome"],
    "rejects": ["reason"],
    "journal": ["source"],
}


def parquet_writer(path: Path, table: str, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet writer with the archive's settings."""
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=_COMPRESSION_LEVEL,
        use_dictionary=_DICTIONARY_COLUMNS.get(table, False),
        write_statistics=False,
    )


def describe_file(folder: Path, path: Path, table: str, rows: int, schema: pa.Schema) -> FileEntry:
    """A finished file as the manifest lists it; makes its content durable first."""
    fsync_file(path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(
        path=path.relative_to(folder).as_posix(),
        table=table,
        rows=rows,
        bytes=path.stat().st_size,
        sha256=sha256,
        fingerprint=fingerprint(schema),
    )


@dataclass
class _Table:
    name: str
    schema: pa.Schema
    path: Path
    in_parts: bool
    rows: list[Row] = field(default_factory=list)
    buffered_bytes: int = 0
    writer: pq.ParquetWriter | None = None
    in_file: int = 0
    total: int = 0
    finished: list[tuple[Path, int]] = field(default_factory=list)

    def flush(self) -> None:
        if self.writer is None:
            path = self.path / f"part-{len(self.finished):04d}.parquet" if self.in_parts else self.path
            self.writer = parquet_writer(path, self.name, self.schema)
            self.current = path
        columns = list(zip(*self.rows, strict=True)) if self.rows else [()] * len(self.schema)
        # from_arrays with a schema does not check; a null in a required column is a bug to hear about
        arrays = [pa.array(values, type=kind.type) for values, kind in zip(columns, self.schema, strict=True)]
        for array, kind in zip(arrays, self.schema, strict=True):
            if array.null_count and not kind.nullable:
                raise ValueError(f"{self.name}.{kind.name} is required and has {array.null_count} nulls")
        self.writer.write_batch(pa.record_batch(arrays, schema=self.schema))
        self.in_file += len(self.rows)
        self.rows.clear()
        self.buffered_bytes = 0
        if self.in_parts and self.in_file >= _PART_ROWS:
            self.finish_file()

    def finish_file(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.finished.append((self.current, self.in_file))
            self.writer, self.in_file = None, 0


class RawTables:
    """The six raw tables of one snapshot, being written below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        messages = make_private_folder(folder / "messages")
        self._tables = {
            name: _Table(
                name, schema, messages if name == "messages" else folder / f"{name}.parquet", name == "messages"
            )
            for name, schema in RAW_TABLES.items()
        }
        self.kinds: Counter[str] = Counter()
        self.rejects: Counter[str] = Counter()
        self.first_ms: int | None = None
        self.last_ms: int | None = None

    def add(self, name: str, row: Row, size: int) -> None:
        """Take one row; `size` is about how many bytes it holds, so that large rows are written sooner."""
        table = self._tables[name]
        table.rows.append(row)
        table.total += 1
        table.buffered_bytes += size
        if len(table.rows) >= _BATCH_ROWS or table.buffered_bytes >= _BATCH_BYTES:
            table.flush()

    @property
    def counts(self) -> dict[str, int]:
        """Rows taken so far, by table."""
        return {name: table.total for name, table in self._tables.items()}

    def close(self) -> int:
        """Write what is left and close the files, at least one a table; returns how many they are."""
        for table in self._tables.values():
            if table.rows or (table.writer is None and not table.finished):
                table.flush()
            table.finish_file()
        return sum(len(table.finished) for table in self._tables.values())

    def files(self) -> Iterator[FileEntry]:
        """The closed files, each made durable as it is asked for."""
        for name, table in self._tables.items():
            for path, rows in table.finished:
                yield describe_file(self.folder, path, name, rows, table.schema)
        fsync_folder(self.folder / "messages")

"""Writing one clean table to Parquet so that the same rows always give the same bytes."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.clean_run import TableFile
from schemas.files import fsync_file, sha256_of

ROW_GROUP = 65_536


class TableWriter:
    """Takes rows in batches of any size and writes row groups of a fixed one."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", version="2.6")
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._rows = 0

    def __enter__(self) -> "TableWriter":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def write(self, rows: pa.Table) -> None:
        """Add rows; columns that the schema has not are left out."""
        self._waiting.append(rows.select(self._schema.names).cast(self._schema))
        self._waiting_rows += rows.num_rows
        while self._waiting_rows >= ROW_GROUP:
            self._write_group(ROW_GROUP)

    def finish(self) -> TableFile:
        """Write what is left, make the file durable and describe it."""
        if self._waiting_rows:
            self._write_group(self._waiting_rows)
        self._writer.close()
        fsync_file(self._path)
        return TableFile(rows=self._rows, bytes=self._path.stat().st_size, sha256=sha256_of(self._path))

    def _write_group(self, size: int) -> None:
        table = pa.concat_tables(self._waiting)
        # one chunk a column: where the batches ended must not show in the pages
        self._writer.write_table(table.slice(0, size).combine_chunks(), row_group_size=size)
        rest = table.slice(size)
        self._waiting = [rest] if rest.num_rows else []
        self._waiting_rows = rest.num_rows
        self._rows += size


def write_table(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> TableFile:
    """Write a whole table."""
    with TableWriter(path, schema) as writer:
        for batch in batches:
            writer.write(pa.Table.from_batches([batch]))
        return writer.finish()

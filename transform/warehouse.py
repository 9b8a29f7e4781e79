"""DuckDB over the raw tables: a connection with bounded memory, and the numbered SQL steps run in it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from glob import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from schemas.errors import UserError
from schemas.files import make_private_folder
from schemas.tables import RAW_TABLES
from schemas.translation import _
from schemas.words import Delivery, Direction, MessageType, Status
from transform.archive import TABLES_READ, Archive

# DuckDB goes about a fifth over its limit (measured); the rest of 600 MB is for Python, Arrow and the language model
_MEMORY_LIMIT = "256MB"
_MOST_THREADS = 4
BATCH_ROWS = 16_384


class TransformStepError(UserError):
    """A SQL step failed. DuckDB's own words are not repeated: they may quote a message."""

    def __init__(self, step: str, error: duckdb.Error) -> None:
        if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException):
            hint = _("see that the disk of the data directory has room, and that `wa2pg audit` finds nothing")
        else:
            hint = _("run: wa2pg audit; if the archive is sound, this is a bug of wa2pg: report the step and the error")
        super().__init__(
            _("The step {step} of transform failed ({error}).", step=step, error=type(error).__name__), hint=hint
        )


class Warehouse:
    """The working tables of one transform. One result is open at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, step: str) -> None:
        """Execute the statements of `sql/<step>.sql`."""
        with _as_step(step):
            self._connection.execute(sql_of(step))

    def table(self, query: str, step: str = "query") -> pa.Table:
        """The whole result of a query."""
        with _as_step(step):
            return self._connection.sql(query).to_arrow_table()

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The whole result of a small query, a dictionary a row."""
        rows: list[dict[str, Any]] = self.table(query).to_pylist()
        return rows

    def output(self, step: str) -> Iterator[pa.RecordBatch]:
        """The rows of `sql/<step>.sql`, a single select, batch by batch."""
        with _as_step(step):
            yield from self._connection.sql(sql_of(step)).to_arrow_reader(BATCH_ROWS)

    def put(self, name: str, table: pa.Table) -> None:
        """Make a table of what Python found out."""
        with _as_step(name):
            self._connection.from_arrow(table).create(name)

    def open_files(self, view: str, paths: Sequence[Path], empty: pa.Schema) -> None:
        """A view of Parquet files with each row's `filename` and `file_row_number`."""
        with _as_step(view):
            if paths:
                relation = self._connection.read_parquet(
                    [escape(str(path)) for path in paths], filename=True, file_row_number=True, hive_partitioning=False
                )
            else:
                places = pa.schema([("file_row_number", pa.int64()), ("filename", pa.string())])
                relation = self._connection.from_arrow(pa.schema([*empty, *places]).empty_table())
                relation.create(f"no_{view}")
                relation = self._connection.table(f"no_{view}")
            relation.create_view(view)

    def violations(self, step: str) -> dict[str, int]:
        """How many rows each check of `sql/<step>.sql` finds; each select names itself in its first column."""
        found: dict[str, int] = {}
        with _as_step(step):
            for statement in self._connection.extract_statements(sql_of(step)):
                cursor = self._connection.execute(statement)
                while rows := cursor.fetchmany(BATCH_ROWS):
                    found[rows[0][0]] = found.get(rows[0][0], 0) + len(rows)
        return found


@contextmanager
def open_warehouse(archive: Archive, latest: datetime, spill: Path) -> Iterator[Warehouse]:
    """A warehouse in memory that spills to the folder `spill`, with views `raw_<table>` over the archive.

    A message that claims to be later than `latest` has no usable time.
    """
    make_private_folder(spill)
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": _MEMORY_LIMIT,
            "threads": min(os.cpu_count() or 1, _MOST_THREADS),
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set variable latest = $1::timestamptz", [latest.isoformat()])
        connection.execute("set variable deliveries = $1::varchar[]", [_words(Delivery)])
        connection.execute("set variable directions = $1::varchar[]", [_words(Direction)])
        connection.execute("set variable types = $1::varchar[]", [_words(MessageType)])
        connection.execute("set variable statuses = $1::varchar[]", [_words(Status)])
        warehouse = Warehouse(connection)
        _open_archive(warehouse, archive)
        yield warehouse
    finally:
        connection.close()


def _open_archive(warehouse: Warehouse, archive: Archive) -> None:
    listed = []
    for table in TABLES_READ:
        found = archive.files(table)
        warehouse.open_files(f"file_{table}", [path for path, _place in found], RAW_TABLES[table])
        listed += [{"filename": str(path), "file": n, "snapshot": place} for n, (path, place) in enumerate(found)]
    schema = pa.schema([("filename", pa.string()), ("file", pa.int32()), ("snapshot", pa.int32())])
    warehouse.put("input_file", pa.Table.from_pylist(listed, schema=schema))
    warehouse.run("010_macros")
    warehouse.run("015_sources")


def sql_of(step: str) -> str:
    """The text of one SQL file of this package."""
    return files("transform").joinpath("sql", f"{step}.sql").read_text(encoding="utf-8")


def steps_between(first: int, last: int) -> list[str]:
    """The names of the SQL files numbered from `first` to `last`, in order."""
    names = sorted(entry.name.removesuffix(".sql") for entry in files("transform").joinpath("sql").iterdir())
    return [name for name in names if first <= int(name[:3]) <= last]


def _words(vocabulary: type[StrEnum]) -> list[str]:
    return [str(word) for word in vocabulary]


@contextmanager
def _as_step(step: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise TransformStepError(step, error) from None

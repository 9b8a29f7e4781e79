"""DuckDB over the raw tables of some sealed snapshots: bounded memory, and the SQL files that run in it."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from glob import escape
from importlib.resources import files
from typing import Any

import duckdb
import pyarrow as pa

from schemas.errors import ExitCode, UserError
from schemas.manifest import Snapshot
from schemas.tables import RAW_TABLES
from schemas.translation import _

_MEMORY_LIMIT = "256MB"
_MOST_THREADS = 4
_BATCH_ROWS = 16_384


class RawViews:
    """Views `raw_<table>` of the snapshots, each row with `snapshot`: its snapshot's place in the order given."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, step: str) -> None:
        """Execute the statements of `sql/<step>.sql`."""
        with _as_step(step):
            self._connection.execute(_sql_of(step))

    def rows(self, step: str) -> Iterator[dict[str, Any]]:
        """The result of `sql/<step>.sql`, a single select, a dictionary a row."""
        with _as_step(step):
            for batch in self._connection.sql(_sql_of(step)).to_arrow_reader(_BATCH_ROWS):
                yield from batch.to_pylist()


@contextmanager
def open_raw_views(
    snapshots: Sequence[Snapshot], tables: Sequence[str], variables: Mapping[str, Any] | None = None
) -> Iterator[RawViews]:
    """Views of these tables of these snapshots, whose files were checked before; `variables` are set for the SQL."""
    with tempfile.TemporaryDirectory(prefix="wa2pg-") as spill:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": _MEMORY_LIMIT,
                "threads": min(os.cpu_count() or 1, _MOST_THREADS),
                "temp_directory": spill,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            connection.execute("set timezone = 'UTC'")
            for name, value in (variables or {}).items():
                connection.execute(f"set variable {name} = $1", [value])
            for table in tables:
                _open_table(connection, table, snapshots)
            yield RawViews(connection)
        finally:
            connection.close()


def _open_table(connection: duckdb.DuckDBPyConnection, table: str, snapshots: Sequence[Snapshot]) -> None:
    placed = [(str(path), place) for place, snapshot in enumerate(snapshots) for path in snapshot.files(table)]
    with _as_step(f"raw_{table}"):
        if not placed:
            empty = pa.schema([*RAW_TABLES[table], pa.field("snapshot", pa.int32())]).empty_table()
            connection.from_arrow(empty).create(f"raw_{table}")
            return
        places = pa.table(
            {"filename": [path for path, _place in placed], "snapshot": [place for _path, place in placed]}
        )
        connection.from_arrow(places).create(f"place_{table}")
        paths = [escape(str(path)) for path, _place in placed]
        relation = connection.read_parquet(paths, filename=True, hive_partitioning=False)
        relation.create_view(f"file_{table}")
        connection.execute(
            f"create view raw_{table} as select f.* exclude (filename), p.snapshot::integer as snapshot"  # noqa: S608  (a name of ours)
            f" from file_{table} as f inner join place_{table} as p on f.filename = p.filename"
        )


def _sql_of(step: str) -> str:
    return files("extract").joinpath("sql", f"{step}.sql").read_text(encoding="utf-8")


@contextmanager
def _as_step(step: str) -> Iterator[None]:
    """DuckDB's own words are not repeated: they may quote a message."""
    try:
        yield
    except duckdb.Error as error:
        raise UserError(
            _("The archive could not be read at the step {step} ({error}).", step=step, error=type(error).__name__),
            hint=_("run: {command}", command="wa2pg audit"),
            exit_code=ExitCode.ARCHIVE,
        ) from None

"""Reading a clean run: clients and conversations row by row, messages in batches."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from load.statements import statement
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.files import sha256_of
from schemas.machine import usable_cores
from schemas.translation import _
from schemas.words import CHANNEL_WHATSAPP

LOADED = ("clients", "conversations", "messages")
_ROWS_AT_ONCE = 4096
# unsure and other are answers of the detector, not languages to write to a client in
_NO_LANGUAGE = {"und", "other"}


@dataclass
class NulCount:
    """How many rows held the character NUL, which PostgreSQL has no room for."""

    rows: int = 0

    def plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row without NULs; counted when it had one."""
        if not any(map(_has_nul, row.values())):
            return row
        self.rows += 1
        return {name: _plain(value) for name, value in row.items()}


def check_tables(clean: CleanRunFolder) -> None:
    """Raise UserError (5) when a file that is about to be loaded is not, byte for byte, the one transform wrote."""
    for name in LOADED:
        path = clean.table(name)
        if not path.is_file() or sha256_of(path) != clean.run.tables[name].sha256:
            raise _damaged(clean)


def client_rows(clean: CleanRunFolder, nul: NulCount) -> Iterator[dict[str, Any]]:
    """The clean clients, each with `archived` of his conversation, without those that a person holds back."""
    archived: dict[str, bool] = {}
    for row in _rows(clean, "conversations"):
        if row["channel"] == CHANNEL_WHATSAPP:
            archived[row["phone"]] = row["archived"]
    for row in _rows(clean, "clients"):
        if row["skip"]:
            continue
        language = row["preferred_language"]
        known = row | {
            "preferred_language": None if language in _NO_LANGUAGE else language,
            "archived": archived.get(row["phone"], False),
        }
        yield nul.plain(known)


def held_back(clean: CleanRunFolder) -> pa.Table:
    """The `phone` of each client that a person keeps out of the load (`skip` in the review file)."""
    with open_table(clean, "clients") as file:
        clients = file.read(["phone", "skip"])
    return clients.filter(clients.column("skip")).select(["phone"])


@contextmanager
def compute(layout: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the layout's macros, to compare and to format batches.

    It cannot spill to disk: what would be written there is chat text. What it no longer needs it gives back soon.
    One core is left to the server, which may be on this machine and has more to do.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": "1GB",
        "temp_directory": "",
        "allocator_flush_threshold": "16MB",
        "threads": max(1, usable_cores() - 1),
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(statement("common", "copy_text").decode())
        connection.execute(statement(layout, "copy_macros").decode())
        yield connection
    finally:
        connection.close()


@contextmanager
def open_table(clean: CleanRunFolder, table: str) -> Iterator[pq.ParquetFile]:
    """A clean table's file; raises UserError (5), also when it turns out damaged while it is read."""
    try:
        with pq.ParquetFile(clean.table(table)) as file:
            yield file
    except (pa.ArrowInvalid, OSError):
        raise _damaged(clean) from None


def groups_of_rows(file: pq.ParquetFile, rows: int) -> Iterator[list[int]]:
    """The numbers of the file's row groups in order, in lists that hold about `rows` rows each."""
    groups: list[int] = []
    waiting = 0
    for group in range(file.num_row_groups):
        groups.append(group)
        waiting += file.metadata.row_group(group).num_rows
        if waiting >= rows or group == file.num_row_groups - 1:
            yield groups
            groups, waiting = [], 0


def read_batches(file: pq.ParquetFile, rows: int) -> Iterator[pa.Table]:
    """The file in order, in pieces of whole row groups with about `rows` rows."""
    for groups in groups_of_rows(file, rows):
        yield file.read_row_groups(groups)


def _rows(clean: CleanRunFolder, table: str) -> Iterator[dict[str, Any]]:
    with open_table(clean, table) as file:
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
            yield from batch.to_pylist()


def _damaged(clean: CleanRunFolder) -> UserError:
    return UserError(
        _("The clean run {run} cannot be read.", run=clean.run.run),
        hint=_("make it again: wa2pg transform --account {account}", account=clean.run.account),
        exit_code=ExitCode.ARCHIVE,
    )


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    return isinstance(value, list) and any(map(_has_nul, value))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value

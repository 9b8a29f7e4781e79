"""Reading a clean run: clients and conversations row by row, messages by DuckDB, never all at once."""

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
from schemas.words import CHANNEL_WHATSAPP

_ROWS_AT_ONCE = 4096
# unsure and other are answers of the detector, not languages to write to a client in
_NO_LANGUAGE = {"und", "other"}


@dataclass
class NulCount:
    """How many rows held the character NUL, which PostgreSQL has no room for."""

    rows: int = 0

    def plain(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row without NULs; counted when it had one."""
        cleaned = {name: _plain(value) for name, value in row.items()}
        self.rows += cleaned != row
        return cleaned


def client_rows(clean: CleanRunFolder, nul: NulCount) -> Iterator[dict[str, Any]]:
    """The clean clients, each with `archived` of his conversation."""
    archived: dict[str, bool] = {}
    for row in _rows(clean, "conversations"):
        if row["channel"] == CHANNEL_WHATSAPP:
            archived[row["phone"]] = row["archived"]
    for row in _rows(clean, "clients"):
        language = row["preferred_language"]
        known = row | {
            "preferred_language": None if language in _NO_LANGUAGE else language,
            "archived": archived.get(row["phone"], False),
        }
        yield nul.plain(known)


@contextmanager
def open_messages(clean: CleanRunFolder, layout: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the view `clean_messages` and the layout's macros.

    Nothing is spilled to disk: what would be written there is chat text.
    """
    config = {"memory_limit": "1GB", "temp_directory": "", "preserve_insertion_order": "true"}
    connection = duckdb.connect(":memory:", config=config)
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.read_parquet(str(clean.table("messages"))).create_view("clean_messages")
        connection.execute(statement(layout, "copy_macros").decode())
        yield connection
    except duckdb.Error:
        raise _damaged(clean) from None
    finally:
        connection.close()


def _rows(clean: CleanRunFolder, table: str) -> Iterator[dict[str, Any]]:
    try:
        with pq.ParquetFile(clean.table(table)) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                yield from batch.to_pylist()
    except (pa.ArrowInvalid, OSError):
        raise _damaged(clean) from None


def _damaged(clean: CleanRunFolder) -> UserError:
    return UserError(
        f"The clean run {clean.run.run} cannot be read.",
        hint=f"make it again: wa2pg transform --account {clean.run.account}",
        exit_code=ExitCode.ARCHIVE,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value

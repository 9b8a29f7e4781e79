"""Recording every row that a load inserts or changes, for layouts whose own tables have no place for it.

The files are those of `ledger_files`. Both are durable before the database commits, so no committed run is without
them. A process that dies around the commit leaves the state `written`; the database knows whether that transaction was
committed, and so does the mark that the run left in its rows (`settle_ledgers`).
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from load.ledger_files import PARTIAL, LedgerRun, changes_of, mark_committed, write_run
from schemas.errors import UserError
from schemas.files import PRIVATE_FILE, fsync_file, make_private_folder, sha256_of
from schemas.system_errors import system_reason
from schemas.translation import _

_P = ParamSpec("_P")
_T = TypeVar("_T")
# several rows may be about one row of the database: taking a run back reads them from the last to the first
CHANGES = pa.schema(
    [
        pa.field("table_name", pa.string(), nullable=False),
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("action", pa.string(), nullable=False),
        pa.field("before", pa.string()),
        pa.field("after", pa.string()),
    ]
)
INSERTED = "inserted"
UPDATED = "updated"
LEFT = "left"
# tables of which a run keeps what it left in each row
IMAGED = ("clients", "conversations")
_ROWS_AT_ONCE = 65_536


def _told(write: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let an OSError of writing a ledger be told to people."""

    @wraps(write)
    def written(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return write(*args, **kwargs)
        except OSError as error:
            raise UserError(
                _(
                    "The record of this load cannot be written to the data directory ({reason}).",
                    reason=system_reason(error) if error.errno else _("no room?"),
                ),
                hint=_("make room there, or set WA2PG_DATA_DIR to a folder of your own, then run this again"),
            ) from None

    return written


class RunLedger(Protocol):
    """Where a load records every row that it writes."""

    def inserted(self, table: str, ids: Iterable[str], after: Iterable[str] | None = None) -> None:
        """Record rows that were inserted; `after` tells what, briefly, where that is known."""

    def updated(
        self, table: str, rows: Iterable[tuple[str, Mapping[str, Any]]], after: Iterable[str] | None = None
    ) -> None:
        """Record rows that were updated: id, and the changed columns as they were; `after` as of inserted ones."""

    def left(self, table: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Record what the run leaves in rows that it inserted or updated: id, and their columns."""

    def written(self, table: str) -> list[str]:
        """The ids of the clients or conversations that were inserted or updated."""

    def is_empty(self) -> bool:
        """Whether no row was recorded."""

    def seal(self, counts: Mapping[str, Any]) -> None:
        """Make everything durable; called before the commit."""

    def committed(self) -> None:
        """Say that the transaction was committed."""

    def abandon(self) -> None:
        """The transaction has failed: forget what cannot be in the database."""


class NoLedger:
    """The ledger of a dry run: it remembers the clients and conversations, for who asks what was planned."""

    def __init__(self) -> None:
        self.before: dict[str, dict[str, dict[str, Any]]] = {}

    def inserted(self, table: str, ids: Iterable[str], after: Iterable[str] | None = None) -> None:
        """Nothing stays inserted."""

    def updated(
        self, table: str, rows: Iterable[tuple[str, Mapping[str, Any]]], after: Iterable[str] | None = None
    ) -> None:
        """Nothing stays updated."""
        del after
        if table in IMAGED:
            known = self.before.setdefault(table, {})
            for key, values in rows:
                # the first word about a column is what it was
                known[key] = dict(values) | known.get(key, {})

    def left(self, table: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Nothing is left."""

    def written(self, table: str) -> list[str]:
        """Nothing was."""
        del table
        return []

    def is_empty(self) -> bool:
        """It is not known, and a dry run has no record that could be spared."""
        return False

    def seal(self, counts: Mapping[str, Any]) -> None:
        """Nothing to keep."""

    def committed(self) -> None:
        """Nothing was."""

    def abandon(self) -> None:
        """Nothing to forget."""


class FileLedger:
    """The two files of one run, 0600 in a folder 0700; raises UserError (1) when they cannot be written."""

    @_told
    def __init__(self, folder: Path, run: LedgerRun) -> None:
        self._run = run
        self._folder = make_private_folder(folder)
        self._changes = changes_of(folder, run.run)
        self._partial = self._changes.with_name(self._changes.name + PARTIAL)
        descriptor = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        self._file = os.fdopen(descriptor, "wb")
        # whoever clears up after dead runs leaves a file that somebody holds
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        self._writer = pq.ParquetWriter(self._file, CHANGES, compression="zstd")
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._imaged: dict[str, dict[str, None]] = {table: {} for table in IMAGED}

    def inserted(self, table: str, ids: Iterable[str], after: Iterable[str] | None = None) -> None:
        """Record rows that were inserted."""
        found = list(ids)
        self._add(table, INSERTED, found, [None] * len(found), after)

    def left(self, table: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Record what the run leaves in rows."""
        found = list(rows)
        after = [json.dumps(values, ensure_ascii=False, sort_keys=True) for _, values in found]
        self._add(table, LEFT, [key for key, _ in found], [None] * len(found), after)

    def written(self, table: str) -> list[str]:
        """The ids of the clients or conversations that were inserted or updated."""
        return list(self._imaged[table])

    def is_empty(self) -> bool:
        """Whether no row was recorded."""
        return not self._rows

    def updated(
        self, table: str, rows: Iterable[tuple[str, Mapping[str, Any]]], after: Iterable[str] | None = None
    ) -> None:
        """Record rows that were updated: id, and the changed columns as they were."""
        found = list(rows)
        before = [json.dumps(values, ensure_ascii=False, sort_keys=True) for _, values in found]
        self._add(table, UPDATED, [key for key, _ in found], before, after)

    @_told
    def seal(self, counts: Mapping[str, Any]) -> None:
        """Make both files durable under their names."""
        self._write_waiting()
        self._writer.close()
        self._file.flush()
        fsync_file(self._partial)
        self._partial.replace(self._changes)
        self._run = self._run.model_copy(
            update={
                "rows": self._rows,
                "changes_sha256": sha256_of(self._changes),
                "counts": dict(counts),
                "finished_at": datetime.now(UTC),
            }
        )
        write_run(self._folder, self._run)
        # held until then: a load into another database clears away what has no description and nobody holds
        self._file.close()

    @_told
    def committed(self) -> None:
        """Say so in the run's file."""
        mark_committed(self._folder, self._run)

    def abandon(self) -> None:
        """Remove what is not sealed; of a sealed run nobody knows here whether it was committed."""
        if not self._file.closed:
            with suppress(OSError):
                self._writer.close()
            with suppress(OSError):
                self._file.close()
            self._partial.unlink(missing_ok=True)

    def _add(self, table: str, action: str, ids: list[str], before: list[Any], after: Iterable[str] | None) -> None:
        if not ids:
            return
        if table in self._imaged:
            self._imaged[table].update(dict.fromkeys(ids))
        left = [None] * len(ids) if after is None else list(after)
        content = ([table] * len(ids), ids, [action] * len(ids), before, left)
        columns = [pa.array(values, pa.string()) for values in content]
        self._waiting.append(pa.record_batch(columns, CHANGES))
        self._rows += len(ids)
        if sum(len(batch) for batch in self._waiting) >= _ROWS_AT_ONCE:
            self._write_waiting()

    @_told
    def _write_waiting(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, CHANGES))
            self._waiting = []

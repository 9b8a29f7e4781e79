"""Taking one load back in the Soul KG CRM's tables, by the run's ledger. The SQL is in `undo/`."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql
from psycopg.types.json import Jsonb

from load.ledger_files import LedgerRun, write_run
from load.organizations import Organization
from load.rights import check_undo_rights
from load.run_ledger import IMAGED
from load.statements import statement
from load.taking_back import Taken, keep_referenced, lock_tables
from load.targets.soul_kg.images import FIGURES, values_given
from load.targets.soul_kg.ledgers import known_runs, place_of, settle_ledgers
from load.targets.soul_kg.run_records import Images, as_csv, images_of, read_changes, read_later, without, write_left
from load.targets.soul_kg.schema import SOUL_KG_UNDO_RIGHTS, check_schema
from schemas.progress import Progress


class SoulKgUndo:
    """Takes one run back; the steps are those of load.undo.LayoutUndo."""

    def __init__(self, connection: psycopg.Connection, organization: Organization, run: str, ledgers: Path) -> None:
        self._connection = connection
        self._organization = organization.row_id
        self._run = run
        self._folder = ledgers
        self._record: LedgerRun | None = None
        self._changes = pa.table({})
        self._images: Images = {}
        self._now: dict[tuple[str, str], dict[str, Any]] = {}
        # an earlier run was taken back: what this one found then is not what would be there without both
        self._figures_moved = False
        self._left: list[tuple[str, str]] = []

    def check(self) -> None:
        """Raise UserError (6) unless the tables are whole and the user may take loads back."""
        check_schema(self._connection)
        check_undo_rights(self._connection, SOUL_KG_UNDO_RIGHTS)

    def begin(self, progress: Progress, patience: float) -> None:
        """Keep others from writing; find out what became of runs that nobody closed."""
        self._connection.execute("set local time zone 'UTC'")
        settle_ledgers(self._connection, self._folder, self._organization)
        lock_tables(self._connection, statement("soul_kg", "undo/lock_tables"), progress, patience)

    def find_kept(self) -> list[tuple[Any, ...]]:
        """Find what somebody has built on since; returns client, table, reason, cause, rows and one of them."""
        runs = known_runs(self._connection, self._folder, self._organization)
        record = self._record = next(run for run in runs if run.run == self._run)
        ended = record.finished_at or record.started_at
        # an earlier run was taken back since: what this one found is no longer what would be there without it
        self._figures_moved = any(
            run.undone_at is not None
            and run.undone_at >= record.started_at
            and (run.finished_at or run.started_at) < ended
            for run in runs
        )
        later = list(read_later(self._folder, runs, record))
        changes = read_changes(self._folder, record)
        for _, others in later:
            changes = without(changes, others)
        self._changes, self._images = changes, images_of(changes)
        self._connection.execute(statement("soul_kg", "undo/stage"))
        self._stage(later)
        given = self._compare([(run, images_of(others)) for run, others in later])
        columns = [name for (name,) in self._execute("other_columns").fetchall()]
        self._execute("keep_status", given=given, started_at=record.started_at.astimezone(UTC).replace(tzinfo=None))
        self._execute("keep_messages", others=columns)
        self._execute("keep_parents")
        keep_referenced(self._connection, self._execute("find_references").fetchall(), _REFERENCED, {})
        self._execute("find_staying")
        while self._execute("keep_numbers").rowcount:
            pass
        for table in ("wa2pg_kept", "wa2pg_staying"):
            self._connection.execute(f"analyze {table}".encode())
        return self._execute("conflicts").fetchall()

    def take_back(self) -> Taken:
        """Delete and restore everything that find_kept did not find."""
        removed: Counter[str] = Counter()
        restored: Counter[str] = Counter()
        for table, name in (
            ("messages", "delete_messages"),
            ("client_status_history", "delete_history"),
            ("conversations", "delete_conversations"),
            ("clients", "delete_clients"),
        ):
            removed[table] = self._execute(name).rowcount
        restored["messages"] = self._execute("restore_messages").rowcount
        restored["clients"] = self._count_restored()
        self._recount()
        self._execute("park_numbers")
        self._execute("restore_clients")
        restored["conversations"] = self._execute("restore_conversations").rowcount
        self._left = [(str(table), str(row)) for table, row in self._execute("left").fetchall()]
        return Taken(removed, restored, Counter(table for table, _ in self._left))

    def mark(self, taken: Taken) -> None:
        """Write into the run's record that this transaction takes it back."""
        if self._record is None:
            raise AssertionError("a run is marked after it was looked at")
        row = self._connection.execute("select current_user").fetchone()
        write_left(self._folder, self._run, self._changes, self._left)
        update = {
            "undoing": place_of(self._connection),
            "undone_at": datetime.now(UTC),
            "undone_by": row[0] if row else "",
            "undone": taken.figures(),
        }
        self._record = self._record.model_copy(update=update)
        write_run(self._folder, self._record)

    def settle(self) -> None:
        """The transaction is committed: say so in the record."""
        if self._record and self._record.undoing:
            write_run(self._folder, self._record.model_copy(update={"undoing": None}))

    def _execute(self, name: str, **parameters: Any) -> psycopg.Cursor[Any]:
        common = {"organization": self._organization}
        return self._connection.execute(statement("soul_kg", f"undo/{name}"), common | parameters)

    def _stage(self, later: list[tuple[str, pa.Table]]) -> None:
        with self._connection.cursor() as cursor:
            written = self._changes.filter(pc.not_equal(self._changes["action"], "left"))
            with cursor.copy(b"copy wa2pg_ledger from stdin (format csv)") as copy:
                copy.write(as_csv(written.select(["table_name", "row_id", "action", "before", "after"])))
            with cursor.copy(b"copy wa2pg_later from stdin (format csv)") as copy:
                for run, others in later:
                    rows = others.filter(pc.not_equal(others["action"], "left"))
                    rows = rows.select(["table_name", "row_id"]).append_column(
                        "run", pa.array([run] * len(rows), pa.string())
                    )
                    copy.write(as_csv(rows))
        for table in ("wa2pg_ledger", "wa2pg_later"):
            self._connection.execute(f"analyze {table}".encode())

    def _compare(self, later: list[tuple[str, Images]]) -> list[str]:
        """Tell which clients and conversations stay and what the others get back; returns who was given a status."""
        kept: list[tuple[str, str, str, str, str | None]] = []
        restored: list[tuple[str, str, Jsonb]] = []
        given: list[str] = []
        for table in IMAGED:
            ids = [key for of_table, key in self._images if of_table == table]
            for key, client, now in self._execute(f"read_{table}", ids=ids).fetchall():
                image = self._images[table, key]
                self._now[table, key] = now
                others = values_given((run, images[table, key]) for run, images in later if (table, key) in images)
                reason = image.reason(now, others)
                if not image.inserted and ("status",) in image.wrote() and table == "clients":
                    given.append(key)
                if reason:
                    kept.append((table, key, client, *reason))
                elif not image.inserted:
                    columns = image.restored(now)
                    if columns:
                        restored.append((table, key, Jsonb(columns)))
        self._copy("wa2pg_kept (table_name, row_id, client_id, reason, by)", kept)
        self._copy("wa2pg_restored (table_name, row_id, columns)", restored)
        return given

    def _copy(self, target: str, rows: Iterable[tuple[Any, ...]]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(f"copy {target} from stdin".encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def _count_restored(self) -> int:
        row = self._execute("count_restored").fetchone()
        return int(row[0]) if row else 0

    def _recount(self) -> None:
        """Let the figures of clients who remain follow their messages, where they cannot just be what they were."""
        ids = [key for table, key in self._images if table == "clients"]
        totals = dict(self._execute("totals", ids=ids).fetchall())
        restored: dict[str, dict[str, Any]] = dict(
            self._connection.execute(
                "select row_id, columns from wa2pg_restored where table_name = 'clients'"
            ).fetchall()
        )
        kept = {key for (key,) in self._connection.execute("select row_id from wa2pg_kept").fetchall()}
        changed = []
        for key, figures in totals.items():
            if key in kept:
                continue
            image, now = self._images["clients", key], self._now["clients", key]
            columns = dict(restored.get(key, {}))
            metadata = columns.get("metadata", now.get("metadata"))
            if not isinstance(metadata, dict) or "messageCount" not in metadata:
                continue
            as_left = all(_figure(now, name) == _figure(image.after, name) for name in FIGURES)
            if as_left and key in restored and not self._figures_moved:
                continue
            fresh = metadata | {name: value for name, value in figures.items() if value is not None}
            if fresh != metadata:
                changed.append((key, Jsonb(columns | {"metadata": fresh})))
        with self._connection.cursor() as cursor:
            cursor.executemany(_REFIGURE, changed)


_REFIGURE = b"""
insert into wa2pg_restored (table_name, row_id, columns) values ('clients', %s, %s)
on conflict (row_id) do update set columns = excluded.columns
"""


def _figure(columns: dict[str, Any] | None, name: str) -> Any:
    metadata = (columns or {}).get("metadata")
    return metadata.get(name) if isinstance(metadata, dict) else None


# rows of the run that other tables refer to; a reference to a row of the status history keeps its client
_REFERENCED = {
    "clients": sql.SQL(
        "insert into wa2pg_kept (table_name, row_id, client_id, reason, by) "
        "select distinct 'clients', t.id, t.id, 'referenced', %(by)s "
        "from {table} x join public.clients t on {equal} join wa2pg_ledger w "
        "on w.table_name = 'clients' and w.action = 'inserted' and w.row_id = t.id"
    ),
    "conversations": sql.SQL(
        "insert into wa2pg_kept (table_name, row_id, client_id, reason, by) "
        "select distinct 'conversations', t.id, t.\"clientId\", 'referenced', %(by)s "
        "from {table} x join public.conversations t on {equal} join wa2pg_ledger w "
        "on w.table_name = 'conversations' and w.action = 'inserted' and w.row_id = t.id"
    ),
    "messages": sql.SQL(
        "insert into wa2pg_kept (table_name, row_id, client_id, reason, by) "
        "select distinct 'messages', t.id, v.\"clientId\", 'referenced', %(by)s "
        "from {table} x join public.messages t on {equal} "
        'join public.conversations v on v.id = t."conversationId" join wa2pg_ledger w '
        "on w.table_name = 'messages' and w.action = 'inserted' and w.row_id = t.id"
    ),
    "client_status_history": sql.SQL(
        "insert into wa2pg_kept (table_name, row_id, client_id, reason, by) "
        "select distinct 'clients', t.\"clientId\", t.\"clientId\", 'referenced', %(by)s "
        "from {table} x join public.client_status_history t on {equal} join wa2pg_ledger w "
        "on w.table_name = 'client_status_history' and w.action = 'inserted' and w.row_id = t.id"
    ),
}

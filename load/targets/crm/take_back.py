"""Taking one load back in the layout `crm`. The SQL is in `undo/`."""

from collections import Counter
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from load.migrate import check_migrated
from load.rights import check_undo_rights
from load.statements import statement
from load.taking_back import Taken, keep_referenced, lock_tables
from load.targets.crm.work import Import
from schemas.progress import Progress


class CrmUndo:
    """Takes one run back; the steps are those of load.taking_back.LayoutUndo."""

    def __init__(self, work: Import) -> None:
        self._work = work

    def check(self) -> None:
        """Raise UserError (6) unless the database is migrated and the user may take loads back."""
        check_migrated(self._work.connection)
        check_undo_rights(self._work.connection)

    def begin(self, progress: Progress, patience: float) -> None:
        """Keep others from writing."""
        lock_tables(self._work.connection, statement("crm", "undo/lock_tables"), progress, patience)

    def find_kept(self) -> list[tuple[Any, ...]]:
        """Find what somebody has built on since; returns client, table, reason, cause, rows and one of them."""
        row = self._execute("find_added_columns").fetchone()
        added = Jsonb((row[0] if row else None) or {})
        self._execute("find_rows")
        self._analyze("wa2pg_mine")
        self._execute("create_kept")
        self._execute("keep_changed_rows", added=added)
        self._execute("keep_status")
        self._execute("keep_messages", added=added)
        self._execute("keep_parents")
        references = self._execute("find_references").fetchall()
        keep_referenced(self._work.connection, references, _REFERENCED, {"run": self._work.run})
        self._execute("find_staying")
        while self._execute("keep_numbers").rowcount:
            pass
        self._analyze("wa2pg_kept", "wa2pg_staying")
        return self._execute("conflicts").fetchall()

    def take_back(self) -> Taken:
        """Delete and restore everything that find_kept did not find."""
        self._execute("find_touched")
        self._analyze("wa2pg_touched")
        removed: Counter[str] = Counter()
        for table, name in (
            ("messages", "delete_messages"),
            ("client_status_history", "delete_history"),
            ("conversations", "delete_conversations"),
            ("clients", "delete_clients"),
        ):
            removed[table] = self._execute(name).rowcount
        restored: Counter[str] = Counter()
        restored["messages"] = self._execute("restore_messages").rowcount
        self._execute("park_numbers")
        restored["clients"] = self._execute("restore_clients").rowcount
        restored["conversations"] = self._execute("restore_conversations").rowcount
        # clients first: they look at what their conversations were before those are counted anew
        self._execute("recount_clients")
        self._execute("recount_conversations")
        left: Counter[str] = Counter(dict(self._execute("left").fetchall()))
        self._execute("forget_changes")
        self._execute("forget_rows")
        return Taken(removed, restored, left)

    def mark(self, taken: Taken) -> None:
        """Write into the run's row that it was taken back, and what that did."""
        if self._execute("mark", figures=Jsonb(taken.figures())).rowcount != 1:
            raise AssertionError("a run is taken back once")

    def settle(self) -> None:
        """Everything is in the tables."""

    def _execute(self, name: str, **parameters: Any) -> psycopg.Cursor[Any]:
        return self._work.execute(f"undo/{name}", **parameters)

    def _analyze(self, *tables: str) -> None:
        for table in tables:
            self._work.connection.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))


# rows of the run that other tables refer to; a reference to a row of the status history keeps its client
_REFERENCED = {
    "clients": sql.SQL(
        "insert into wa2pg_kept (table_name, row_id, client_id, reason, by) "
        "select distinct 'clients', t.id, t.id, 'referenced', %(by)s "
        "from {table} x join public.clients t on {equal} where t.import_run_id = %(run)s"
    ),
    "conversations": sql.SQL(
        "insert into wa2pg_kept (table_name, row_id, client_id, reason, by) "
        "select distinct 'conversations', t.id, t.client_id, 'referenced', %(by)s "
        "from {table} x join public.conversations t on {equal} where t.import_run_id = %(run)s"
    ),
    "messages": sql.SQL(
        "insert into wa2pg_kept (table_name, row_id, client_id, reason, by) "
        "select distinct 'messages', t.id, v.client_id, 'referenced', %(by)s "
        "from {table} x join public.messages t on {equal} join public.conversations v on v.id = t.conversation_id "
        "where t.import_run_id = %(run)s"
    ),
    "client_status_history": sql.SQL(
        "insert into wa2pg_kept (table_name, row_id, client_id, reason, by) "
        "select distinct 'clients', t.client_id, t.client_id, 'referenced', %(by)s "
        "from {table} x join public.client_status_history t on {equal} where t.import_run_id = %(run)s"
    ),
}

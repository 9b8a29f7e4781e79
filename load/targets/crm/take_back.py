"""Taking one load back in the layout `crm`. The SQL is in `undo/`."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from load.targets.crm.work import Import
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step

_SECONDS_BETWEEN_TRIES = 0.5
_SECONDS_TO_WAIT = 60.0


@dataclass(frozen=True)
class Taken:
    """Rows by table."""

    removed: Counter[str]
    restored: Counter[str]
    left: Counter[str]


def lock_tables(work: Import, progress: Progress) -> None:
    """Keep everybody else from writing (not from reading) until the transaction ends, so that nothing is overlooked.

    Raises UserError (6) when others do not end their own work within a minute.
    """
    until = time.monotonic() + _SECONDS_TO_WAIT
    while True:
        try:
            # asked for again and again, not waited for: who waits for a lock makes all who come later wait too
            with work.connection.transaction():
                work.execute("undo/lock_tables")
        except psycopg.errors.LockNotAvailable:
            if time.monotonic() > until:
                raise UserError(
                    "Somebody is writing to these tables all the time, so the load cannot be taken back safely.",
                    hint="run the same command when less is going on: nothing was changed",
                    exit_code=ExitCode.DATABASE,
                ) from None
            progress(Step("waiting for others who write to these tables"))
            time.sleep(_SECONDS_BETWEEN_TRIES)
        else:
            return


def find_kept(work: Import) -> list[tuple[Any, ...]]:
    """Find every row that somebody has built on since; returns client, table, reason, cause, rows and one of them."""
    row = work.execute("undo/find_added_columns").fetchone()
    added = Jsonb((row[0] if row else None) or {})
    work.execute("undo/find_rows")
    work.connection.execute("analyze wa2pg_mine")
    work.execute("undo/create_kept")
    work.execute("undo/keep_changed_rows", added=added)
    work.execute("undo/keep_status")
    work.execute("undo/keep_messages", added=added)
    work.execute("undo/keep_parents")
    _keep_referenced(work)
    work.execute("undo/find_staying")
    while work.execute("undo/keep_numbers").rowcount:
        pass
    work.connection.execute("analyze wa2pg_kept")
    work.connection.execute("analyze wa2pg_staying")
    return work.execute("undo/conflicts").fetchall()


def take_back(work: Import) -> Taken:
    """Delete and restore everything that find_kept did not find."""
    work.execute("undo/find_touched")
    work.connection.execute("analyze wa2pg_touched")
    removed: Counter[str] = Counter()
    removed["messages"] = work.execute("undo/delete_messages").rowcount
    removed["client_status_history"] = work.execute("undo/delete_history").rowcount
    removed["conversations"] = work.execute("undo/delete_conversations").rowcount
    removed["clients"] = work.execute("undo/delete_clients").rowcount
    restored: Counter[str] = Counter()
    restored["messages"] = work.execute("undo/restore_messages").rowcount
    work.execute("undo/park_numbers")
    restored["clients"] = work.execute("undo/restore_clients").rowcount
    restored["conversations"] = work.execute("undo/restore_conversations").rowcount
    # clients first: they look at what their conversations were before those are counted anew
    work.execute("undo/recount_clients")
    work.execute("undo/recount_conversations")
    left: Counter[str] = Counter(dict(work.execute("undo/left").fetchall()))
    work.execute("undo/forget_changes")
    work.execute("undo/forget_rows")
    return Taken(removed, restored, left)


def mark(work: Import, taken: Taken) -> None:
    """Write into the run that it was taken back, and what that did."""
    figures = {"removed": dict(taken.removed), "restored": dict(taken.restored), "left": dict(taken.left)}
    if work.execute("undo/mark", figures=Jsonb(figures)).rowcount != 1:
        raise AssertionError("a run is taken back once")


def _keep_referenced(work: Import) -> None:
    for name, schema, table, target, columns, target_columns, readable in work.execute(
        "undo/find_references"
    ).fetchall():
        if not readable:
            grant = sql.SQL("grant select on {} to {}").format(
                sql.Identifier(schema, table), sql.Identifier(work.connection.info.user)
            )
            raise UserError(
                f"The table {schema}.{table} refers to the rows of {target}, and this user may not read it.",
                hint=f"let its owner run: {grant.as_string(work.connection)}",
                exit_code=ExitCode.DATABASE,
            )
        del name
        equal = sql.SQL(" and ").join(
            sql.SQL("x.{} = t.{}").format(sql.Identifier(column), sql.Identifier(of_target))
            for column, of_target in zip(columns, target_columns, strict=True)
        )
        work.connection.execute(
            _REFERENCED[target].format(table=sql.Identifier(schema, table), equal=equal),
            {"run": work.run, "by": f"{schema}.{table}"},
        )


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

"""`--fast`: the messages' reference to their conversations is checked once for all instead of row by row.

What PostgreSQL does at every row, it is asked to do at every conversation: find it and hold it (for key share), so that
nobody removes it until the load has ended. The rows then go in with the table's triggers switched off for this
transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from load.statements import statement
from load.targets.crm.work import Import
from schemas.errors import ExitCode, UserError
from schemas.translation import _

_PARAMETERS_CAN_BE_GRANTED = 150000


def other_triggers(connection: psycopg.Connection) -> list[str]:
    """Triggers, and constraints that are triggers inside, on inserted messages, besides the layout's own reference."""
    return [name for name, reference in connection.execute(statement("crm", "insert_triggers")) if not reference]


def check_fast(connection: psycopg.Connection) -> None:
    """Raise UserError (6) where the user may not do this, or where more than the reference would be switched off."""
    _refuse_triggers(connection)
    superuser = "(select rolsuper from pg_catalog.pg_roles where rolname = current_user)"
    granted = "has_parameter_privilege('session_replication_role', 'set')"
    grantable = connection.info.server_version >= _PARAMETERS_CAN_BE_GRANTED
    query = f"select current_user, {granted if grantable else superuser}"
    user, allowed = connection.execute(query.encode()).fetchone() or ("", False)
    if not allowed:
        grant = sql.SQL("grant set on parameter session_replication_role to {};").format(sql.Identifier(user))
        raise UserError(
            _("The database user may not switch off the checks that --fast replaces."),
            hint=_("load without --fast, or let a superuser run: {command}", command=grant.as_string(connection))
            if grantable
            else _("load without --fast; before PostgreSQL 15 only a superuser may do that"),
            exit_code=ExitCode.DATABASE,
        )


def _refuse_triggers(connection: psycopg.Connection) -> None:
    others = other_triggers(connection)
    if others:
        raise UserError(
            _("--fast would switch off what this database does with a new message: {names}.", names=", ".join(others)),
            hint=_("load without --fast"),
            exit_code=ExitCode.DATABASE,
        )


@contextmanager
def per_row_checks_off(work: Import) -> Iterator[None]:
    """Check and hold every conversation that is loaded into, then switch the table's triggers off for the block."""
    # nobody gives the table a trigger from here on, and one that it got since check_fast is seen
    work.connection.execute("lock table public.messages in row exclusive mode")
    _refuse_triggers(work.connection)
    chats = work.connection.execute("select count(*) from wa2pg_chats").fetchone()
    held = work.execute("hold_conversations").fetchone()
    if chats != held:
        raise UserError(
            _("Somebody removed conversations while they were being loaded."),
            hint=_("run the same command again: nothing is written twice"),
            exit_code=ExitCode.DATABASE,
        )
    # goes with the transaction, however the block ends
    work.connection.execute("set local session_replication_role = replica")
    yield
    work.connection.execute("set local session_replication_role = origin")

"""SQL by hand: how psql is called without a secret on its command line, and statements without psql."""

import os
import re
from dataclasses import dataclass

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from load.database_errors import connection_error, database_error, describe, reason_to_read
from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _

_READ_ONLY = "-c default_transaction_read_only=on"
_SECONDS_TO_CONNECT = "15"
_NUMBERS = frozenset({20, 21, 23, 26, 700, 701, 1700})  # oids of int8, int2, int4, oid, float4, float8, numeric
# behind comments too
_COPY = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*copy\b.*\b(stdin|stdout)\b", re.IGNORECASE | re.DOTALL)
_TABLES = b"""
select n.nspname as schema, c.relname as "table", pg_catalog.obj_description(c.oid, 'pg_class') as comment
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by 1, 2
"""
_COLUMNS = b"""
select a.attname as "column", pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
       case when a.attnotnull then 'not null' else '' end as "null",
       pg_catalog.col_description(a.attrelid, a.attnum) as comment
from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
where c.relname = %s and c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_catalog.pg_table_is_visible(c.oid)
  and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""


@dataclass(frozen=True)
class Result:
    """What one statement gave: `status` as PostgreSQL says it (`SELECT 3`), the first rows as text, how many there are.

    `columns` is empty for a statement that gives no rows; `numbers` says which columns hold numbers.
    """

    status: str
    columns: list[str]
    numbers: list[bool]
    rows: list[list[str | None]]
    total: int


def shell_conninfo(conninfo: str, *, write: bool) -> str:
    """The address for a session at the keyboard, in which every transaction is read-only unless `write`."""
    try:
        said = conninfo_to_dict(conninfo)
    except psycopg.Error as error:
        raise connection_error(error, conninfo) from None
    if write:
        return conninfo
    # in the address, which wins over the environment and a service file
    options = said.get("options", os.environ.get("PGOPTIONS")) or ""
    return make_conninfo(conninfo, options=f"{options} {_READ_ONLY}".strip())


def check_read_only(connection: psycopg.Connection) -> None:
    """Raise UserError (6) where the session could write: a pooler may drop what the address asks for."""
    row = connection.execute("select current_setting('default_transaction_read_only')").fetchone()
    if not row or row[0] != "on":
        raise UserError(
            _("This connection cannot be kept from changing rows: something between here and the server drops that."),
            hint=_("set DATABASE_URL to the server itself instead of its pooler, or allow changes with --write"),
            exit_code=ExitCode.DATABASE,
        )


def psql_call(program: str, conninfo: str, command: str | None) -> tuple[list[str], dict[str, str]] | None:
    """The words and the environment that start psql; None where the address has a secret that only words could carry.

    Every user of a machine sees the words of its processes, but only their owner sees their environment.
    """
    said = conninfo_to_dict(conninfo)
    environment = os.environ | {"PGCLIENTENCODING": "UTF8"}
    environment.setdefault("PGCONNECT_TIMEOUT", _SECONDS_TO_CONNECT)
    for option in pq.Conninfo.get_defaults():
        # the mark of what must not be shown
        if option.dispchar != b"*" or option.keyword.decode() not in said:
            continue
        if option.envvar is None:
            return None
        environment[option.envvar.decode()] = str(said.pop(option.keyword.decode()))
    # DETAIL and CONTEXT hold what is in rows
    words = [program, "--set=VERBOSITY=terse", "--set=SHOW_CONTEXT=never", f"--dbname={make_conninfo('', **said)}"]
    if command is not None:
        words += ["--no-psqlrc", "--pset=pager=off", f"--command={command}"]
    return words, environment


def run_sql(connection: psycopg.Connection, text: str, rows: int) -> list[Result]:
    """Run statements and give what each gave, with up to so many rows of it.

    Raises UserError: 6 when the connection is gone, else 1; never with a value that is in the database.
    """
    if _COPY.match(text):
        raise _needs_psql()
    if "\0" in text or not _is_unicode(text):
        # libpq would end the statement at the NUL and run what stands before it
        raise UserError(_("This statement is no text (UTF-8)."), hint=_("type it again"))
    return _run(connection, text.encode(), None, rows)


def _is_unicode(text: str) -> bool:
    return not any(0xD800 <= ord(sign) < 0xE000 for sign in text)


def _needs_psql() -> UserError:
    return UserError(_("COPY from and to the terminal needs psql."), hint=_("install psql, then run this again"))


def tables(connection: psycopg.Connection) -> Result:
    """The tables and views that are not PostgreSQL's own."""
    return _run(connection, _TABLES, None, 10_000)[0]


def columns(connection: psycopg.Connection, table: str) -> Result:
    """The columns of a table, with their comments; raises UserError (1) when there is no such table."""
    found = _run(connection, _COLUMNS, [table], 10_000)[0]
    if not found.total:
        raise UserError(_("There is no table of this name."), hint=_("see them with: {command}", command=r"\dt"))
    return found


def _run(connection: psycopg.Connection, text: bytes, values: list[str] | None, rows: int) -> list[Result]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            found = [_result(cursor, rows)]
            while cursor.nextset():
                found.append(_result(cursor, rows))
            return found
    except psycopg.Error as error:
        if error.sqlstate is None and connection.info.transaction_status is pq.TransactionStatus.ACTIVE:
            # a COPY among other statements: the server waits for rows, or for somebody who takes them
            connection.close()
            raise _needs_psql() from None
        raise _sql_error(error) from None


def _result(cursor: psycopg.Cursor[tuple[object, ...]], rows: int) -> Result:
    got = cursor.pgresult
    if got is None:
        return Result("", [], [], [], 0)
    width = got.nfields
    return Result(
        status=cursor.statusmessage or "",
        columns=[(got.fname(column) or b"").decode() for column in range(width)],
        numbers=[got.ftype(column) in _NUMBERS for column in range(width)],
        rows=[[_text(got.get_value(row, column)) for column in range(width)] for row in range(min(rows, got.ntuples))],
        total=got.ntuples,
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def _sql_error(error: psycopg.Error) -> UserError:
    state = error.sqlstate
    if state is None:
        return database_error(error, N_("running this statement"))
    if state == "25006":
        return UserError(
            _("This session is read-only (sqlstate {state}).", state=state),
            hint=_("to change something: {command}", command="wa2pg db shell --write"),
        )
    # these are about the words of the statement itself; one out of a function may be about what is in rows
    if state.startswith("42") and not error.diag.context:
        return UserError(
            _("{message} (sqlstate {state}).", message=error.diag.message_primary or "", state=state),
            hint=_("correct the statement; {command} lists the tables", command=r"\dt"),
        )
    return UserError(
        _("The database did not carry this statement out ({found}).", found=reason_to_read(describe(error))),
        hint=_(
            "what a sqlstate means: {address}", address="https://www.postgresql.org/docs/current/errcodes-appendix.html"
        ),
        exit_code=ExitCode.DATABASE if state.startswith(("08", "57P")) else ExitCode.FAILED,
    )

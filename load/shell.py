"""SQL by hand: how psql is called without a secret on its command line, and statements without psql."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from psycopg import capabilities, generators, pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import error_from_result
from psycopg.pq.abc import PGresult

from load.database_errors import connection_error, database_error, describe, reason_to_read
from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _

_READ_ONLY = "-c default_transaction_read_only=on"
_SECONDS_TO_CONNECT = "15"
_SECONDS_TO_STOP = 5.0
_MOST_LISTED = 10_000
# rows of messages are small; a hundred long ones are not yet much
_ROWS_AT_ONCE = 100
_PART = (pq.ExecStatus.SINGLE_TUPLE, pq.ExecStatus.TUPLES_CHUNK)
_WANTS_COPY = (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH)
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
    try:
        return _streamed(connection, text.encode(), rows)
    except psycopg.Error as error:
        raise _sql_error(error) from None


def _is_unicode(text: str) -> bool:
    return not any(0xD800 <= ord(sign) < 0xE000 for sign in text)


def _needs_psql() -> UserError:
    return UserError(_("COPY from and to the terminal needs psql."), hint=_("install psql, then run this again"))


def tables(connection: psycopg.Connection) -> Result:
    """The tables and views that are not PostgreSQL's own."""
    return _listed(connection, _TABLES)


def columns(connection: psycopg.Connection, table: str) -> Result:
    """The columns of a table, with their comments; raises UserError (1) when there is no such table."""
    found = _listed(connection, _COLUMNS, [table])
    if not found.total:
        raise UserError(_("There is no table of this name."), hint=_("see them with: {command}", command=r"\dt"))
    return found


def _listed(connection: psycopg.Connection, text: bytes, values: list[str] | None = None) -> Result:
    try:
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            got = cursor.pgresult
            return _Parts(_MOST_LISTED).whole(got) if got else Result("", [], [], [], 0)
    except psycopg.Error as error:
        raise _sql_error(error) from None


class _Parts:
    """One statement's rows as they come: the first are kept, the others counted."""

    def __init__(self, rows: int) -> None:
        self._most = rows
        self._rows: list[list[str | None]] = []
        self._total = 0

    def add(self, part: PGresult) -> None:
        """Take some rows."""
        for row in range(min(part.ntuples, self._most - len(self._rows))):
            self._rows.append([_text(part.get_value(row, column)) for column in range(part.nfields)])
        self._total += part.ntuples

    def whole(self, last: PGresult) -> Result:
        """What the statement gave, of which this is the last part."""
        self.add(last)
        return Result(
            status=(last.command_status or b"").decode(),
            columns=[(last.fname(column) or b"").decode() for column in range(last.nfields)],
            numbers=[last.ftype(column) in _NUMBERS for column in range(last.nfields)],
            rows=self._rows,
            total=self._total,
        )


def _streamed(connection: psycopg.Connection, text: bytes, rows: int) -> list[Result]:
    """Run statements as one message and take their rows a few at a time: a whole table may be larger than the memory.

    A cursor on the server would take one statement only, and no other than a query.
    """
    pgconn = connection.pgconn
    found, parts, error = [], _Parts(rows), None
    with connection.lock:
        try:
            pgconn.send_query(text)
            if capabilities.has_stream_chunked():
                pgconn.set_chunked_rows_mode(_ROWS_AT_ONCE)
            else:
                pgconn.set_single_row_mode()
            connection.wait(generators.send(pgconn))
            while (got := connection.wait(generators.fetch(pgconn))) is not None:
                if got.status in _WANTS_COPY:
                    # the server waits for rows, or for somebody who takes them
                    connection.close()
                    raise _needs_psql()
                if got.status in _PART:
                    parts.add(got)
                elif got.status == pq.ExecStatus.FATAL_ERROR:
                    error = error_from_result(got, encoding="utf-8")
                else:
                    found.append(parts.whole(got))
                    parts = _Parts(rows)
        finally:
            if pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
                _give_up(connection)
    if error:
        raise error
    return found


def _give_up(connection: psycopg.Connection) -> None:
    """Stop what the server is doing for us, and pass over what is still on its way."""
    with suppress(psycopg.Error):
        connection.cancel_safe(timeout=_SECONDS_TO_STOP)
        while connection.wait(generators.fetch(connection.pgconn)) is not None:
            pass


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

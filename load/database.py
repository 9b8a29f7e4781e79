"""Connecting to the company's PostgreSQL."""

import os
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from load.database_errors import connection_error
from schemas.errors import ExitCode, UserError
from schemas.translation import _

_SECONDS_TO_CONNECT = 15
# A network that has died says nothing. A server that is to speak is asked after 30 s of silence and given up after 60;
# what we sent and nobody takes is given up after three minutes (a server that waits for another session's row takes
# nothing either). An address can say otherwise.
_DEAD_NETWORK: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 180_000,
}
# PostgreSQL 14 is the oldest that its makers still mend
_OLDEST = 140000


def connect(conninfo: str, *, seconds: int = _SECONDS_TO_CONNECT) -> psycopg.Connection:
    """Connect with a libpq address; "" takes everything from libpq's environment, service and password files.

    The connection is in autocommit: transactions are the callers'. Raises UserError (6), never with the address in it.
    `seconds` is how long each of its machines is waited for where neither the address nor the environment says.
    """
    try:
        said = conninfo_to_dict(conninfo)
        patience = said.get("connect_timeout") or os.environ.get("PGCONNECT_TIMEOUT")
        connection = psycopg.connect(
            conninfo,
            autocommit=True,
            application_name="wa2pg",
            client_encoding="UTF8",
            # PgBouncer in transaction mode does not keep prepared statements
            prepare_threshold=None,
            connect_timeout=patience or seconds,
            **{name: value for name, value in _DEAD_NETWORK.items() if name not in said},
        )
    except psycopg.Error as error:
        raise connection_error(error, conninfo) from None
    try:
        _check_server(connection)
        # psycopg reads times in no other style; a pooler knows this setting and keeps it
        if not (connection.info.parameter_status("DateStyle") or "ISO").startswith("ISO"):
            connection.execute("set datestyle = 'ISO'")
    except UserError:
        connection.close()
        raise
    return connection


def ensure_usual_names(connection: psycopg.Connection) -> None:
    """Temporary tables first, then PostgreSQL's own names, as without a search_path that puts them later.

    For the open transaction. The user's other schemas stay: the company's triggers may need them.
    """
    row = connection.execute("show search_path").fetchone()
    path = str(row[0]).split(",") if row else []
    others = [schema for schema in path if schema.strip().strip('"').lower() not in {"pg_temp", "pg_catalog"}]
    if others != path:
        connection.execute("select pg_catalog.set_config('search_path', %s, true)", [",".join(others)])


def _check_server(connection: psycopg.Connection) -> None:
    if connection.info.server_version < _OLDEST:
        raise UserError(
            _(
                "The database server is PostgreSQL {version}; wa2pg needs 14 or later.",
                version=str(connection.info.server_version // 10000),
            ),
            hint=_("upgrade the server, or set DATABASE_URL to another one"),
            exit_code=ExitCode.DATABASE,
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in {"UTF8", "SQL_ASCII"}:
        raise UserError(
            _("The database's encoding is {encoding}: it cannot hold every language and emoji.", encoding=encoding),
            hint=_("make one that can: {command}", command="createdb --template=template0 --encoding=UTF8 NAME"),
            exit_code=ExitCode.DATABASE,
        )

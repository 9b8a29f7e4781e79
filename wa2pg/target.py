"""Which PostgreSQL a command works on: the one that DATABASE_URL names, else the embedded one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from load.database import connect
from load.embedded import embedded_exists, ensure_database, start_embedded
from load.migrate import migrate
from schemas.errors import ExitCode, UserError
from schemas.translation import _
from wa2pg.invocation import Invocation

COMPANY_DATABASE = "wa2pg"
DEMO_DATABASE = "demo"


@dataclass(frozen=True)
class Target:
    """An open database. `psql` is the line that reaches an embedded one by hand."""

    connection: psycopg.Connection
    psql: str | None


@dataclass(frozen=True)
class ShellAddress:
    """Where a person at the keyboard is let in: libpq's address, and the program psql where there is one."""

    conninfo: str
    psql: str | None


@contextmanager
def open_target(invocation: Invocation) -> Iterator[Target]:
    """The company's database: DATABASE_URL's, or the embedded one, which is started and migrated when needed."""
    address = invocation.settings.database_url
    if address is None:
        with open_embedded(invocation, COMPANY_DATABASE) as target:
            yield target
    else:
        with connect(address.get_secret_value()) as connection:
            yield Target(connection, None)


@contextmanager
def open_embedded(invocation: Invocation, database: str) -> Iterator[Target]:
    """One database of the embedded server, with our tables in it."""
    server = start_embedded(invocation.data().postgres)
    ensure_database(server, database)
    with connect(server.conninfo(database)) as connection:
        migrate(connection)
        yield Target(connection, server.psql_command(database))


def shell_address(invocation: Invocation) -> ShellAddress:
    """The company's database, for psql: DATABASE_URL's, or the embedded one, which is started when it is there."""
    address = invocation.settings.database_url
    if address is not None:
        return ShellAddress(address.get_secret_value(), shutil.which("psql"))
    folder = invocation.data().postgres
    if not embedded_exists(folder):
        raise UserError(
            _("There is no database here yet."),
            hint=_("load into it first (wa2pg load makes it), or set DATABASE_URL"),
            exit_code=ExitCode.DATABASE,
        )
    with open_embedded(invocation, COMPANY_DATABASE):
        server = start_embedded(folder)
    return ShellAddress(server.conninfo(COMPANY_DATABASE), shutil.which("psql") or server.binaries.program("psql"))

"""One real PostgreSQL for the session, a database of its own for each test."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from load.database import connect
from load.embedded import Embedded, ensure_database, remove_embedded, start_embedded
from load.migrate import migrate
from load.organizations import create_organization
from load.report import LoadOptions, LoadReport
from load.run import load
from tests.load.clean_runs import Chat, write_clean_run

ORGANIZATION = uuid.UUID("8ffef617-5216-403e-9633-224a13d70670")
SECRET = "s3cr3t"  # noqa: S105 - opens nothing
_numbers = itertools.count()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    folder = tmp_path_factory.mktemp("server") / "postgres"
    embedded = start_embedded(folder)
    with psycopg.connect(embedded.conninfo("postgres"), autocommit=True) as admin:
        # nobody needs these databases after a power cut
        admin.execute("alter system set fsync = off")
        admin.execute("select pg_reload_conf()")
    yield embedded
    remove_embedded(folder)


@pytest.fixture
def empty_database(server: Embedded) -> str:
    """The conninfo of a database without tables."""
    name = f"test_{next(_numbers)}"
    ensure_database(server, name)
    return server.conninfo(name)


@pytest.fixture
def database(empty_database: str) -> str:
    """The conninfo of a migrated database with one organisation, `soul-kg`."""
    with connect(empty_database) as connection:
        migrate(connection)
        create_organization(connection, "Soul KG", id=ORGANIZATION, slug=None)
    return empty_database


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    with connect(database) as opened:
        yield opened


@pytest.fixture
def locked_role(server: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A role with a password, and the server asking for it."""
    rules = server.folder / "cluster" / "pg_hba.conf"
    before = rules.read_bytes()
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(f"create role locked login password '{SECRET}'".encode())
        rules.write_bytes(b"local all locked scram-sha-256\n" + before)
        admin.execute("select pg_reload_conf()")
        yield "locked"
        rules.write_bytes(before)
        admin.execute("select pg_reload_conf()")
        admin.execute("drop role locked")


Loader = Callable[..., LoadReport]


@pytest.fixture
def load_chats(connection: psycopg.Connection, tmp_path: Path) -> Loader:
    """Writes a clean run of the chats and loads it: load_chats(chats, account=…, **LoadOptions)."""

    def run(chats: list[Chat], *, account: str = "default", **options: Any) -> LoadReport:
        clean = write_clean_run(tmp_path / f"run-{next(_numbers)}", chats, account=account)
        return load(connection, clean, LoadOptions(**({"org": "soul-kg"} | options)))

    return run


TABLES = (
    "organizations",
    "clients",
    "conversations",
    "messages",
    "client_status_history",
    "import_run_changes",
    "import_run_rows",
)


def dump(connection: psycopg.Connection, *, without: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table but the list of runs, in one order; `without` names columns to leave out."""
    found = {}
    for table in TABLES:
        query = f"select to_jsonb(t) - %s::text[] as row from public.{table} t order by 1"  # noqa: S608 - our names
        rows = connection.execute(query.encode(), [list(without)]).fetchall()
        found[table] = [row for (row,) in rows]
    return found


# what differs between two runs that bring the same rows
OF_THE_RUN = ("import_run_id", "created_at", "updated_at", "id")


def one(connection: psycopg.Connection, query: str, *values: Any) -> Any:
    row = connection.execute(query.encode(), values).fetchone()
    return row[0] if row and len(row) == 1 else row

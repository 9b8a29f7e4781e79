"""Loads that cannot go on, die, or meet another one: all of a run is in the database, or nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from load.database import connect
from load.report import LoadOptions, LoadReport
from load.rights import LOAD_RIGHTS
from load.run import load
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.progress import Step
from tests.load.clean_runs import many_chats, write_clean_run
from tests.load.conftest import OF_THE_RUN, dump, one

ORG = LoadOptions("soul-kg")


@pytest.fixture
def clean(tmp_path: Path) -> CleanRunFolder:
    return write_clean_run(tmp_path / "run", many_chats(5))


@pytest.fixture
def importer(connection: psycopg.Connection, database: str) -> Iterator[str]:
    """The conninfo of a role with exactly the documented rights."""
    role = f"importer_{connection.info.dbname}"
    connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
    for table, rights in LOAD_RIGHTS.items():
        grant = sql.SQL("grant {} on {} to {}").format(
            sql.SQL(", ").join(sql.SQL(right) for right in rights), sql.Identifier(table), sql.Identifier(role)
        )
        connection.execute(grant)
    yield make_conninfo(database, user=role)
    connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(role)))
    connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def refusal(connection: psycopg.Connection, clean: CleanRunFolder, options: LoadOptions = ORG) -> UserError:
    with pytest.raises(UserError) as raised:
        load(connection, clean, options)
    assert raised.value.hint
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value


def nothing_is_there(connection: psycopg.Connection) -> bool:
    tables = ("clients", "conversations", "messages", "client_status_history", "import_runs")
    return all(one(connection, f"select count(*) from {table}") == 0 for table in tables)  # noqa: S608 - our names


def test_an_unknown_organization_is_a_configuration_error(
    connection: psycopg.Connection, clean: CleanRunFolder
) -> None:
    error = refusal(connection, clean, LoadOptions("nobody"))
    assert error.exit_code is ExitCode.CONFIGURATION
    assert "wa2pg org create" in (error.hint or "")


def test_a_limit_below_one_is_a_usage_error(connection: psycopg.Connection, clean: CleanRunFolder) -> None:
    assert refusal(connection, clean, LoadOptions("soul-kg", limit=0)).exit_code is ExitCode.USAGE


def test_a_database_without_our_tables_asks_for_the_migration(empty_database: str, clean: CleanRunFolder) -> None:
    with connect(empty_database) as connection:
        error = refusal(connection, clean)
    assert (error.exit_code, error.hint) == (ExitCode.DATABASE, "run: wa2pg db migrate")


def test_the_documented_rights_are_enough(connection: psycopg.Connection, importer: str, tmp_path: Path) -> None:
    with connect(importer) as limited:
        load(limited, write_clean_run(tmp_path / "first", many_chats(3)), ORG)
        richer = [chat.but(status="CLOSED", name="New Name") for chat in many_chats(4, messages=5)]
        options = LoadOptions("soul-kg", skip_duplicates=False)
        report = load(limited, write_clean_run(tmp_path / "second", richer), options)
    assert (report.chats.imported, report.chats.updated) == (1, 3)


def test_rights_that_are_missing_are_named_with_the_grant_that_gives_them(
    connection: psycopg.Connection, importer: str, clean: CleanRunFolder
) -> None:
    role = psycopg.conninfo.conninfo_to_dict(importer)["user"]
    connection.execute(sql.SQL("revoke insert, update on messages from {}").format(sql.Identifier(str(role))))
    with connect(importer) as limited:
        error = refusal(limited, clean)
    assert error.exit_code is ExitCode.DATABASE
    assert f'grant insert, update on public."messages" to "{role}";' in (error.hint or "")
    assert nothing_is_there(connection)
    connection.execute(sql.SQL("revoke select on wa2pg_migrations from {}").format(sql.Identifier(str(role))))
    with connect(importer) as limited:
        error = refusal(limited, clean)
    assert f'grant select on public."wa2pg_migrations" to "{role}";' in (error.hint or "")


def test_a_read_only_database_is_said_to_be_so(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    with connect(make_conninfo(database, options="-c default_transaction_read_only=on")) as replica:
        assert "read-only" in refusal(replica, clean).message


def test_a_statement_timeout_leaves_nothing(connection: psycopg.Connection, database: str, tmp_path: Path) -> None:
    clean = write_clean_run(tmp_path / "big", many_chats(40, messages=200))
    with connect(make_conninfo(database, options="-c statement_timeout=20ms")) as hurried:
        assert "cancelled a statement" in refusal(hurried, clean).message
    assert nothing_is_there(connection)


def test_a_connection_that_is_cut_leaves_nothing_and_says_so(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    def cut(step: Step) -> None:
        if step.name == "loading messages":
            connection.execute("select pg_terminate_backend(%s)", [loading.info.backend_pid])

    loading = connect(database)
    with pytest.raises(UserError) as raised:
        load(loading, clean, ORG, cut)
    loading.close()
    assert raised.value.exit_code is ExitCode.DATABASE
    assert nothing_is_there(connection)


@pytest.mark.parametrize("table", ["clients", "conversations", "messages"])
def test_a_damaged_clean_run_is_said_to_be_so(
    connection: psycopg.Connection, clean: CleanRunFolder, table: str
) -> None:
    path = clean.table(table)
    content = path.read_bytes()
    # one bit in a column's values: Parquet reads on and gives another text
    path.write_bytes(content[:60] + bytes([content[60] ^ 1]) + content[61:])
    error = refusal(connection, clean)
    assert error.exit_code is ExitCode.ARCHIVE
    assert "wa2pg transform --account default" in (error.hint or "")
    assert nothing_is_there(connection)


def test_two_loads_at_once_wait_for_each_other_and_insert_everything_once(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    waited = []

    def run(_number: int) -> LoadReport:
        def watch(step: Step) -> None:
            if step.name.startswith("waiting"):
                waited.append(step)
            if step.name == "loading clients":
                time.sleep(0.2)

        with connect(database) as own:
            return load(own, clean, ORG, watch)

    with ThreadPoolExecutor(3) as threads:
        reports = list(threads.map(run, range(3)))
    assert sorted(report.messages.inserted for report in reports) == [0, 0, 15]
    assert waited
    assert one(connection, "select count(*) from messages") == 15


KILLED_LOAD = """
import os, signal, sys
from pathlib import Path
from load.database import connect
from load.report import LoadOptions
from load.run import load
from schemas.clean_run import CleanRun, CleanRunFolder

folder, conninfo, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
clean = CleanRunFolder(folder, CleanRun.model_validate_json((folder / "run.json").read_bytes()))
steps = []
def die(step):
    steps.append(step)
    if f"{step.name} {step.done > 0}" == moment:
        os.kill(os.getpid(), signal.SIGKILL)
load(connect(conninfo), clean, LoadOptions("soul-kg"), die)
"""


@pytest.mark.parametrize(
    "moment",
    [
        "reading clients False",
        "loading clients False",
        "loading messages False",
        "loading messages True",
        "bringing counts up to date False",
    ],
)
def test_a_load_that_is_killed_leaves_nothing_and_the_next_one_completes_it(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder, moment: str
) -> None:
    checkout = Path(__file__).parents[2]
    words = [sys.executable, "-c", KILLED_LOAD, str(clean.path), database, moment]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(checkout)}
    died = subprocess.run(words, check=False, env=environment, cwd=clean.path, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert nothing_is_there(connection)
    assert load(connection, clean, ORG).messages.inserted == 15
    repaired = dump(connection, without=OF_THE_RUN)
    connection.execute("truncate clients, import_runs cascade")
    load(connection, clean, ORG)
    assert dump(connection, without=OF_THE_RUN) == repaired

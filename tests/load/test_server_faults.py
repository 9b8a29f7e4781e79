"""Servers that die, fill up, or only read: all of a run is in, or nothing, and the sentence says what to do."""

import random
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from load.database import connect
from load.migrate import migrate
from load.organizations import create_organization
from load.report import LoadOptions
from load.run import load
from load.targets.crm import messages as message_step
from load.targets.crm.prepare import BatchSizes
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.progress import Step
from tests.load.clean_runs import many_chats, write_clean_run
from tests.load.conftest import ORGANIZATION, one
from tests.load.servers import Server, free_port, running_server, server_user

ORG = LoadOptions("soul-kg")
CHATS, MESSAGES = 30, 400


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("18", wal_level="replica", max_wal_senders="4") as started:
        yield started


def make_crm(server: Server, name: str, tablespace: str | None = None) -> str:
    with psycopg.connect(server.conninfo(), autocommit=True) as admin:
        where = sql.SQL(" tablespace {}").format(sql.Identifier(tablespace)) if tablespace else sql.SQL("")
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)) + where)
    with connect(server.conninfo(name)) as connection:
        migrate(connection)
        create_organization(connection, "Soul KG", id=ORGANIZATION, slug=None)
    return server.conninfo(name)


@pytest.fixture
def clean(tmp_path: Path) -> CleanRunFolder:
    return write_clean_run(tmp_path / "run", many_chats(CHATS, messages=MESSAGES), row_group=2000)


def counts(conninfo: str) -> tuple[int, ...]:
    with connect(conninfo) as connection:
        tables = ("clients", "conversations", "messages", "client_status_history", "import_runs")
        return tuple(one(connection, f"select count(*) from {table}") for table in tables)  # noqa: S608 - our names


NOTHING = (0, 0, 0, 0, 0)
EVERYTHING = (CHATS, CHATS, CHATS * MESSAGES, CHATS, 1)


def test_a_server_killed_at_ten_random_moments_has_all_of_the_run_or_nothing(
    server: Server, clean: CleanRunFolder
) -> None:
    conninfo = make_crm(server, "killed")
    begin = time.monotonic()
    with connect(conninfo) as connection:
        load(connection, clean, ORG)
        connection.execute("truncate clients, import_runs cascade")
    usual = time.monotonic() - begin
    seed = time.time_ns() % 1_000_000
    moments = random.Random(seed)  # noqa: S311 - says when to kill
    survived = 0
    refusals: list[UserError] = []
    for part in range(10):
        killer = threading.Timer(usual * (part + moments.random()) / 10, server.kill)
        killer.start()
        try:
            with connect(conninfo) as connection:
                load(connection, clean, ORG)
        except UserError as error:
            # not every moment ends a load
            refusals.append(error)
        killer.join()
        server.start()
        found = counts(conninfo)
        assert found in {NOTHING, EVERYTHING}, f"seed {seed}, part {part}"
        survived += found == NOTHING
        with connect(conninfo) as connection:
            connection.execute("truncate clients, import_runs cascade")
    assert all(error.exit_code is ExitCode.DATABASE and error.hint for error in refusals)
    assert survived, f"no moment fell into a load (seed {seed})"
    with connect(conninfo) as connection:
        load(connection, clean, ORG)
    assert counts(conninfo) == EVERYTHING


def test_a_standby_is_said_to_be_read_only(server: Server, clean: CleanRunFolder) -> None:
    primary = make_crm(server, "copied")
    folder = server.data.parent / "standby"
    user = server_user()
    words = [str(server.programs / "pg_basebackup"), "-d", server.conninfo(), "-D", str(folder), "-R", "-c", "fast"]
    done = subprocess.run(
        words,
        check=False,
        capture_output=True,
        cwd=server.data.parent,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    assert done.returncode == 0, done.stderr.decode()
    standby = Server(server.programs, folder, free_port())
    standby.start()
    try:
        with connect(standby.conninfo("copied")) as connection:
            assert one(connection, "select pg_is_in_recovery()")
            with pytest.raises(UserError) as raised:
                load(connection, clean, ORG)
    finally:
        standby.stop()
    assert "The database is read-only (a replica, or set so)" in raised.value.message
    assert raised.value.hint == "set DATABASE_URL to the primary server"
    assert counts(primary) == NOTHING


@pytest.mark.parametrize("fast", [False, True])
def test_a_full_disk_leaves_nothing_and_asks_for_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fast: bool
) -> None:
    user = server_user()
    if user is None:
        pytest.skip("only root may mount a small disk for the server")
    with running_server("18") as server:
        server.stop()
        small = server.data.parent / "small"
        small.mkdir()
        mount = f"mount -t tmpfs -o size=20m,mode=700,uid={user.uid},gid={user.gid} none {small}"
        drop = f"setpriv --reuid {user.uid} --regid {user.gid} --clear-groups"
        server.within = ("unshare", "-m", "sh", "-c", f'{mount} && exec {drop} "$@"', "sh")
        server.start()
        with psycopg.connect(server.conninfo(), autocommit=True) as admin:
            admin.execute(sql.SQL("create tablespace small location {}").format(str(small)))
        conninfo = make_crm(server, "filled", "small")
        clean = write_clean_run(tmp_path / "run", many_chats(30, messages=1500))
        monkeypatch.setattr(message_step, "SIZES", BatchSizes(direct=1))
        steps: list[Step] = []
        with connect(conninfo) as connection, pytest.raises(UserError) as raised:
            load(connection, clean, replace(ORG, fast=fast), steps.append)
        assert counts(conninfo) == NOTHING
        with connect(conninfo) as connection:
            assert one(connection, "select count(*) from pg_index where indrelid = 'messages'::regclass") == 3
        # with --fast every row was in, and the indexes had no room
        assert (steps[-1].done == steps[-1].total) is fast, steps[-1]
    assert raised.value.exit_code is ExitCode.DATABASE
    assert raised.value.message.startswith("The database server's disk is full")
    assert (raised.value.hint or "").startswith("make room on the server")


def test_a_lock_is_waited_for_with_a_message_and_not_for_ever(server: Server, clean: CleanRunFolder) -> None:
    conninfo = make_crm(server, "locked")
    steps: list[Step] = []
    with connect(conninfo) as other, connect(conninfo) as connection:
        with other.transaction():
            other.execute("lock table messages in access exclusive mode")
            with pytest.raises(UserError) as raised:
                load(connection, clean, LoadOptions("soul-kg", lock_timeout=7), steps.append)
        assert raised.value.message.startswith("Another session of the database held a lock too long")
        assert "--lock-timeout SECONDS" in (raised.value.hint or "")
        assert Step("waiting for a lock that another session of the database holds") in steps
        assert counts(conninfo) == NOTHING
        holding = threading.Event()

        def hold() -> None:
            with other.transaction():
                other.execute("lock table clients in exclusive mode")
                holding.set()
                time.sleep(1)

        holder = threading.Thread(target=hold)
        holder.start()
        holding.wait()
        load(connection, clean, ORG)
        holder.join()
    assert counts(conninfo) == EVERYTHING


def test_another_load_is_waited_for_no_longer_than_asked(server: Server, clean: CleanRunFolder) -> None:
    conninfo = make_crm(server, "turn")
    told = []
    with connect(conninfo) as connection, connect(conninfo) as second:

        def try_another(step: Step) -> None:
            if step.name == "reading clients":
                with pytest.raises(UserError) as raised:
                    load(second, clean, LoadOptions("soul-kg", lock_timeout=1))
                told.append(raised.value.message)

        load(connection, clean, ORG, try_another)
    assert told == ["Another load of this organisation is still running after 1 seconds."]
    assert counts(conninfo) == EVERYTHING

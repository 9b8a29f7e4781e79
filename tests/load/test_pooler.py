"""PgBouncer in transaction mode between a load and its server: nothing of a load outlives its transaction."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from load.database import connect
from load.report import LoadOptions, LoadReport
from load.run import load
from load.shell import check_read_only, shell_conninfo
from schemas.errors import UserError
from tests.load.clean_runs import many_chats, write_clean_run
from tests.load.conftest import one
from tests.load.servers import Server, free_port, running_server, scratch_folder, server_user
from tests.load.test_server_faults import make_crm

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("18") as started:
        yield started


@pytest.fixture
def pooled(server: Server) -> Iterator[str]:
    """The address of a migrated database through the pooler, which has two connections of the server."""
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed (.ci/run installs it)")
    if not server_has(server, "pooled"):
        make_crm(server, "pooled")
    folder, port, user = scratch_folder(), free_port(), server_user()
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        f"""
        [databases]
        pooled = host={server.data.parent} port={server.port} user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = 2
        logfile = {folder}/pgbouncer.log
        """.replace("        ", "")
    )
    configuration.chmod(0o644)
    process = subprocess.Popen(
        [PGBOUNCER, "-q", str(configuration)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )
    address = f"postgresql://postgres@127.0.0.1:{port}/pooled"
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                psycopg.connect(address).close()
                break
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (folder / "pgbouncer.log").read_text()
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def server_has(server: Server, name: str) -> bool:
    with psycopg.connect(server.conninfo()) as admin:
        return bool(admin.execute("select true from pg_database where datname = %s", [name]).fetchone())


def test_loads_go_through_a_pooler_in_transaction_mode(server: Server, pooled: str, tmp_path: Path) -> None:
    clean = write_clean_run(tmp_path / "run", many_chats(20, messages=50), row_group=300)

    def run(_number: int) -> LoadReport:
        with connect(pooled) as connection:
            return load(connection, clean, LoadOptions("soul-kg", full=True))

    with connect(pooled) as connection:
        assert load(connection, clean, LoadOptions("soul-kg", dry_run=True)).messages.inserted == 1000
    # more loads than the pooler has connections
    with ThreadPoolExecutor(3) as threads:
        reports = list(threads.map(run, range(3)))
    assert sorted(report.messages.inserted for report in reports) == [0, 0, 1000]
    assert run(0).messages.already_there == 1000
    richer = write_clean_run(tmp_path / "richer", many_chats(20, messages=60))
    with connect(pooled) as connection:
        assert load(connection, richer, LoadOptions("soul-kg", fast=True)).messages.inserted == 200
    # the server's sessions, which others get next, are as they were
    with psycopg.connect(pooled, autocommit=True, prepare_threshold=None) as next_one:
        for name, usual in (("lock_timeout", "0"), ("session_replication_role", "origin")):
            assert one(next_one, f"select current_setting('{name}')") == usual
        assert one(next_one, "select count(*) from pg_class where relpersistence = 't'") == 0
        assert one(next_one, "select count(*) from pg_locks where locktype = 'advisory'") == 0


def test_a_pooler_cannot_promise_that_nothing_is_changed(pooled: str) -> None:
    with pytest.raises(UserError, match="pooler"), connect(shell_conninfo(pooled, write=False)) as connection:
        check_read_only(connection)
    with connect(shell_conninfo(pooled, write=True)) as connection:
        assert one(connection, "select 1") == 1

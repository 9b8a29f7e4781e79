"""The embedded PostgreSQL, used when no DATABASE_URL is set: made, started, found again and stopped.

It listens on a Unix socket in a private folder only. It outlives the process that started it, so that people can
look into it with psql; `wa2pg db stop` stops it.
"""

import fcntl
import os
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from load.postgres_binaries import MAJOR, Binaries, copy_for_others, find_binaries, reachable_by_others, version
from load.server_place import PORT, ROOT_HOME, Place, find_place, hold_place
from schemas.errors import ExitCode, UserError
from schemas.files import PRIVATE_FILE
from schemas.translation import _

SUPERUSER = "postgres"
_SECONDS_TO_START = 60
# the processes of a server that was killed notice it and end, each in its time; until then none can start
_SECONDS_FOR_ORPHANS = 15
_SETTINGS = {
    "listen_addresses": "",
    # relative to the data directory: the home, whatever characters its path has
    "unix_socket_directories": "..",
    "unix_socket_permissions": "0700",
    "max_connections": "20",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    # parallel queries need shared memory that containers are short of
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    # chat text must not reach the server's log: neither statements nor the values in DETAIL
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Embedded:
    """A running embedded server. `folder` is where its files are."""

    folder: Path
    sockets: Path
    binaries: Binaries

    def conninfo(self, database: str) -> str:
        """What libpq needs to reach one of its databases.

        Every part is said, also the empty ones: PGHOSTADDR and its like in the environment lead to another server.
        """
        return make_conninfo(
            host=str(self.sockets), hostaddr="", port=PORT, user=SUPERUSER, dbname=database, options=""
        )

    def psql_command(self, database: str) -> str:
        """A line to paste into a shell that opens the database."""
        psql = "psql" if shutil.which("psql") else self.binaries.program("psql")
        words = [psql, "-h", str(self.sockets), "-U", SUPERUSER]
        if os.environ.get("PGPORT"):
            words += ["-p", str(PORT)]
        return shlex.join([*words, "-d", database])


def start_embedded(folder: Path) -> Embedded:
    """Start the server that belongs to `folder`, or find it running; the first time its cluster is made.

    Two processes may do this at once. Raises UserError (6) when it cannot be made or started.
    """
    with hold_place(folder) as place:
        embedded = Embedded(place.home, place.sockets, _usable_binaries(place))
        if not place.cluster.exists():
            _initialise(place, embedded.binaries)
        found = (place.cluster / "PG_VERSION").read_text("utf-8").strip()
        if found != MAJOR:
            raise UserError(
                _(
                    "The embedded database was made by PostgreSQL {found}; this wa2pg brings {version}.",
                    found=found,
                    version=MAJOR,
                ),
                hint=_(
                    "move {folder} away and load again (everything in it can be loaded from the archive), "
                    "or run the version of wa2pg that made it",
                    folder=place.home,
                ),
                exit_code=ExitCode.DATABASE,
            )
        if _server_process(place) is None:
            left = place.cluster / "postmaster.pid"
            died = left.exists()
            # PostgreSQL takes a number reused by any process of this user for a living server
            left.unlink(missing_ok=True)
            _start(place, embedded.binaries, patience=_SECONDS_FOR_ORPHANS if died else 0)
        _wait_until_answering(embedded, place)
    return embedded


def embedded_exists(folder: Path) -> bool:
    """Whether the server that belongs to `folder` has been made."""
    return find_place(folder).cluster.exists()


def find_running(folder: Path) -> Embedded | None:
    """The server that belongs to `folder` if it runs; nothing is started or made by asking."""
    place = find_place(folder)
    if not place.cluster.exists() or _server_process(place) is None:
        return None
    return Embedded(place.home, place.sockets, find_binaries())


def stop_embedded(folder: Path) -> bool:
    """Stop the server that belongs to `folder`; False when none was running."""
    place = find_place(folder)
    if not place.cluster.exists():
        return False
    with hold_place(folder):
        if _server_process(place) is None:
            return False
        done = _run(place, [_usable_binaries(place).program("pg_ctl"), "stop", "-w", "-m", "fast"])
    if done:
        raise UserError(
            _("The embedded database did not stop."),
            hint=_("see the end of {file}", file=place.log),
            exit_code=ExitCode.DATABASE,
        )
    return True


def remove_embedded(folder: Path) -> None:
    """Stop the server that belongs to `folder` and remove everything of it, wherever that lives."""
    place = find_place(folder)
    stop_embedded(folder)
    for left in (place.home, place.sockets):
        shutil.rmtree(left, ignore_errors=True)
    place.lock.unlink(missing_ok=True)


def ensure_database(embedded: Embedded, name: str) -> None:
    """Make the database when it is missing."""
    with psycopg.connect(embedded.conninfo("postgres"), autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return
        statement = sql.SQL("create database {} template template0 encoding 'UTF8'").format(sql.Identifier(name))
        try:
            connection.execute(statement)
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process made it in between


def _usable_binaries(place: Place) -> Binaries:
    binaries = find_binaries()
    if place.user is None or reachable_by_others(binaries):
        return binaries
    descriptor = os.open(ROOT_HOME / ".copy.lock", os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return copy_for_others(binaries, ROOT_HOME / f"postgres-{version(binaries)}")
    finally:
        os.close(descriptor)


def _run(place: Place, words: list[str]) -> int:
    # the data directory goes by environment: pg_ctl puts -D through a shell.
    # No pipe: the server would keep it open, and whoever reads our output would wait for ever
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGDATA": str(place.cluster)}
    other = place.user
    return subprocess.run(  # noqa: S603 - the wheel's own programs
        words,
        check=False,
        cwd=place.home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=other.uid if other else None,
        group=other.gid if other else None,
        extra_groups=[] if other else None,
    ).returncode


def _initialise(place: Place, binaries: Binaries) -> None:
    # made beside and renamed: a break leaves no half cluster
    fresh = place.home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    words = [binaries.program("initdb"), "--pgdata", "cluster.new", "--username", SUPERUSER, "--auth", "trust"]
    words += ["--encoding", "UTF8", "--no-locale", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    words += [part for name, value in _SETTINGS.items() for part in ("--set", f"{name}={value}")]
    if _run(place, words):
        raise UserError(
            _("The embedded database could not be made."),
            hint=_("check the free space and the rights of {folder}, or set DATABASE_URL", folder=place.home),
            exit_code=ExitCode.DATABASE,
        )
    fresh.rename(place.cluster)


def _start(place: Place, binaries: Binaries, patience: float) -> None:
    words = [binaries.program("pg_ctl"), "start", "-w", "-t", str(_SECONDS_TO_START), "-l", place.log.name]
    if place.sockets != place.home:
        words += ["-o", f"-k {place.sockets}"]
    deadline = time.monotonic() + patience
    while _run(place, words):
        if time.monotonic() > deadline:
            raise UserError(
                _("The embedded database did not start."),
                hint=_("see the end of {file}", file=place.log),
                exit_code=ExitCode.DATABASE,
            )
        time.sleep(0.2)


def _server_process(place: Place) -> int | None:
    """The process of this cluster's server, when there is one.

    postmaster.pid alone does not tell: after a power cut or kill -9 its number may belong to anybody.
    """
    try:
        pid = int((place.cluster / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    if Path("/proc/self").exists():
        try:
            ours = Path(f"/proc/{pid}/cwd").resolve() == place.cluster.resolve()
        except OSError:
            ours = False
        return pid if ours else None
    listed = subprocess.run(["/bin/ps", "-o", "comm=", "-p", str(pid)], check=False, capture_output=True)  # noqa: S603
    return pid if b"postgres" in listed.stdout else None


def _wait_until_answering(embedded: Embedded, place: Place) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            psycopg.connect(embedded.conninfo("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise UserError(
                    _("The embedded database does not answer."),
                    hint=_("see the end of {file}", file=place.log),
                    exit_code=ExitCode.DATABASE,
                ) from None
            time.sleep(0.1)
        else:
            return

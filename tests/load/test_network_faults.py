"""Networks that break in each of their ways, TLS, passwords and a pooler: the real things on loopback."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from load.database import connect
from load.report import LoadOptions
from load.run import load
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.progress import Step
from tests.load.clean_runs import many_chats, write_clean_run
from tests.load.servers import Server, running_server
from tests.load.test_server_faults import NOTHING, counts, make_crm

ORG = LoadOptions("soul-kg")
# an address may say how patient to be; the defaults are minutes
IMPATIENT = {
    "connect_timeout": "5",
    "keepalives_idle": "1",
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "tcp_user_timeout": "3000",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server("18") as started:
        yield started


@pytest.fixture
def clean(tmp_path: Path) -> CleanRunFolder:
    return write_clean_run(tmp_path / "run", many_chats(30, messages=400), row_group=2000)


WAITING = "waiting for a lock that another session of the database holds"


class Proxy:
    """Passes bytes between a client and the server until it is told to do worse."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._hanging = threading.Event()
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                # a small window, as over a distance: what is not taken is noticed soon
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
                upstream = socket.create_connection(("127.0.0.1", self._server_port))
                self._pairs.append((client, upstream))
                for source, sink in ((client, upstream), (upstream, client)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(8192):
                passed += len(data) if self._hanging.is_set() else 0
                # in the middle of what a client sends, so that he notices that nobody takes it
                while self._hanging.is_set() and passed > 100_000:
                    time.sleep(0.05)
                sink.sendall(data)

    def drop(self) -> None:
        """Both sides are reset."""
        for pair in self._pairs:
            for side in pair:
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                side.close()

    def half_close(self) -> None:
        """The client is told that nothing more will come; what it sends is still taken."""
        for client, _ in self._pairs:
            client.shutdown(socket.SHUT_WR)

    def hang(self) -> None:
        """Soon nothing is taken any more, and nothing is closed."""
        self._hanging.set()

    def close(self) -> None:
        self._listening.close()
        for pair in self._pairs:
            for side in pair:
                side.close()
        self._hanging.clear()


@pytest.mark.parametrize("way", ["drop", "half_close", "hang"])
def test_a_network_that_breaks_leaves_nothing_and_ends_the_load_in_time(
    server: Server, clean: CleanRunFolder, way: str
) -> None:
    conninfo = make_crm(server, f"net_{way}")
    begin = time.monotonic()
    with closing(Proxy(server.port)) as proxy:

        def break_it(step: Step) -> None:
            if step.name == "loading messages" and step.done == 0:
                getattr(proxy, way)()

        address = f"host=127.0.0.1 port={proxy.port} user=postgres dbname=net_{way} " + " ".join(
            f"{name}={value}" for name, value in IMPATIENT.items()
        )
        loading = connect(address)
        with pytest.raises(UserError) as raised:
            load(loading, clean, ORG, break_it)
        loading.close()
    assert time.monotonic() - begin < 40
    assert raised.value.exit_code is ExitCode.DATABASE
    assert raised.value.message.startswith("The connection to the database broke")
    assert (raised.value.hint or "").startswith("check the network, then run the same command again")
    assert counts(conninfo) == NOTHING


DEAD_NETWORK = """
import fcntl, json, socket, struct, sys, threading, time
from pathlib import Path

def loopback(up):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1 if up else 0))

def pass_on(source, sink):
    while data := source.recv(65536):
        sink.sendall(data)

def relay(listening, path):
    while True:
        client, _ = listening.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(path)
        for ends in ((client, server), (server, client)):
            threading.Thread(target=pass_on, args=ends, daemon=True).start()

loopback(True)
folder, path, database, moment, patience = sys.argv[1:6]
listening = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=relay, args=(listening, path), daemon=True).start()

from load.database import connect
from load.report import LoadOptions
from load.run import load
from schemas.clean_run import CleanRun, CleanRunFolder
from schemas.errors import UserError

clean = CleanRunFolder(Path(folder), CleanRun.model_validate_json((Path(folder) / "run.json").read_bytes()))
died = []
def die(step):
    if step.name == moment and not died:
        loopback(False)
        died.append(time.monotonic())
address = f"host=127.0.0.1 port={listening.getsockname()[1]} user=postgres dbname={database} {patience}"
try:
    load(connect(address), clean, LoadOptions("soul-kg"), die)
except UserError as error:
    print(json.dumps({"message": error.message, "seconds": time.monotonic() - died[0]}), flush=True)
import os
os._exit(0)
"""


@pytest.mark.parametrize(
    "moment", ["loading messages", "waiting for a lock that another session of the database holds"]
)
def test_a_network_that_dies_silently_ends_the_load_in_time(server: Server, clean: CleanRunFolder, moment: str) -> None:
    name = "dead_" + ("sending" if moment.startswith("loading") else "waiting")
    conninfo = make_crm(server, name)
    sockets = server.data.parent / f".s.PGSQL.{server.port}"
    patience = " ".join(f"{name}={value}" for name, value in IMPATIENT.items())
    words = ["unshare", "-n" if os.geteuid() == 0 else "-rn", sys.executable, "-c", DEAD_NETWORK]
    words += [str(clean.path), str(sockets), name, moment, patience]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    with connect(conninfo) as other, other.transaction():
        if name == "dead_waiting":
            other.execute("lock table clients in access exclusive mode")
        done = subprocess.run(words, check=False, env=environment, cwd=clean.path, capture_output=True, timeout=100)
    assert done.returncode == 0, done.stderr.decode()
    said = json.loads(done.stdout)
    assert said["message"].startswith("The connection to the database broke")
    assert said["seconds"] < 30
    with connect(conninfo) as connection:
        # the server's own side of the dead connection may linger; what it holds is not in the tables
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()")
        time.sleep(0.5)
    assert counts(conninfo) == NOTHING


def test_the_defaults_for_a_dead_network_are_minutes_and_an_address_can_say_otherwise(server: Server) -> None:
    def said(**more: str) -> dict[str, str]:
        with connect(server.url("postgres", **more)) as connection:
            options = connection.pgconn.info
            return {o.keyword.decode(): (o.val or b"").decode() for o in options}

    assert {said()[name] for name in ("keepalives", "keepalives_count", "tcp_user_timeout")} == {"1", "3", "180000"}
    assert said(keepalives_idle="7", tcp_user_timeout="5000")["keepalives_idle"] == "7"
    assert said(tcp_user_timeout="5000")["tcp_user_timeout"] == "5000"


AWKWARD = "p@ss/w:rd#%?& =+;'\"\\`$()[]{}<>|~^!*,ü€Ж🐘"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server that wants TLS and a password, and the certificate it shows; the embedded one is built without TLS."""
    with running_server("15") as started:
        certificate = _certificate(started, tmp_path_factory.mktemp("tls"))
        with psycopg.connect(started.conninfo(), autocommit=True) as admin:
            for name, value in (("ssl_cert_file", "server.crt"), ("ssl_key_file", "server.key"), ("ssl", "on")):
                admin.execute(f"alter system set {name} = '{value}'".encode())
            admin.execute(b"create role importer login superuser password " + _literal(AWKWARD))
        (started.data / "pg_hba.conf").write_text(
            "local all postgres trust\nlocal all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
        )
        started.stop()
        started.start()
        yield started, certificate


def _literal(text: str) -> bytes:
    return psycopg.sql.Literal(text).as_string().encode()


def _certificate(server: Server, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    owner = server.data.stat()
    for path, content in ((server.data / "server.crt", public), (server.data / "server.key", private)):
        path.write_bytes(content)
        path.chmod(0o600)
        os.chown(path, owner.st_uid, owner.st_gid)
    (folder / "root.crt").write_bytes(public)
    return folder / "root.crt"


def _address(server: Server, password: str = AWKWARD, **more: str) -> str:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in more.items())
    return f"postgresql://importer:{quote(password, safe='')}@localhost:{server.port}/postgres?{query}"


@pytest.mark.parametrize("mode", ["prefer", "require", "verify-full"])
def test_a_server_that_wants_tls_is_reached_with_it(guarded: tuple[Server, Path], mode: str) -> None:
    server, certificate = guarded
    with connect(_address(server, sslmode=mode, sslrootcert=str(certificate), hostaddr="127.0.0.1")) as connection:
        row = connection.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
    assert row == (True,)


def test_what_is_wrong_with_tls_is_said(guarded: tuple[Server, Path], tmp_path: Path) -> None:
    server, _ = guarded

    def refusal(**more: str) -> UserError:
        with pytest.raises(UserError) as raised:
            connect(_address(server, hostaddr="127.0.0.1", **more))
        assert raised.value.exit_code is ExitCode.DATABASE
        return raised.value

    without = refusal(sslmode="disable")
    assert "does not let this user in from here" in without.message
    assert "?sslmode=require" in (without.hint or "")
    nobody = tmp_path / "nobody.crt"
    unknown = refusal(sslmode="verify-full", sslrootcert=str(nobody))
    assert "certificate" in unknown.message
    assert "sslrootcert=" in (unknown.hint or "")


def test_a_password_may_have_every_awkward_sign(
    guarded: tuple[Server, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = guarded
    connect(_address(server, hostaddr="127.0.0.1")).close()
    passwords = tmp_path / "pgpass"
    escaped = AWKWARD.replace("\\", "\\\\").replace(":", "\\:")
    passwords.write_text(f"localhost:{server.port}:*:importer:{escaped}\n", "utf-8")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    connect(f"host=localhost hostaddr=127.0.0.1 port={server.port} user=importer dbname=postgres").close()
    with pytest.raises(UserError) as raised:
        connect(_address(server, AWKWARD + "x", hostaddr="127.0.0.1"))
    assert "does not accept this user and password" in raised.value.message
    assert AWKWARD not in f"{raised.value.message} {raised.value.hint}"

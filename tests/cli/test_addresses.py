"""Addresses that are not host and port in numbers: IPv6, a service file; and two `wa2pg init` in one folder."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from dotenv import dotenv_values

from extract.whatsapp.sample import SAMPLE_OWN_PHONE, write_sample
from load.embedded import remove_embedded
from tests.cli.conftest import ROOT, Terminal
from tests.load.conftest import SECRET
from tests.load.servers import Server, running_server


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that listens on ::1 alone, and there wants a password of the role `locked`."""
    if not _has_ipv6():
        pytest.skip("this machine has no ::1")
    with running_server("18", listen_addresses="::1") as running:
        rules = running.data / "pg_hba.conf"
        rules.write_text("host all locked ::1/128 scram-sha-256\n" + rules.read_text())
        with psycopg.connect(running.conninfo(), autocommit=True) as admin:
            admin.execute(f"create role locked login superuser password '{SECRET}'".encode())
            admin.execute("select pg_reload_conf()")
        yield running


@pytest.fixture
def crm(server: Server) -> Iterator[str]:
    """A new database there, by name."""
    with psycopg.connect(server.conninfo(), autocommit=True) as admin:
        admin.execute("create database crm")
        yield "crm"
        admin.execute("drop database crm with (force)")


@pytest.fixture
def services(server: Server, terminal: Terminal, crm: str) -> Terminal:
    """A terminal of somebody with a service file."""
    common = f"host=::1\nport={server.port}\ndbname={crm}\n"
    (terminal.folder / ".pg_service.conf").write_text(
        f"[crm]\n{common}user=postgres\n[locked]\n{common}user=locked\n[stopped]\nhost=::1\nport=1\n"
    )
    terminal.environment["HOME"] = str(terminal.folder)
    return terminal


@pytest.mark.parametrize("form", ["postgresql://postgres@[::1]:{}/crm", "host=::1 port={} dbname=crm user=postgres"])
def test_an_ipv6_host_is_loaded_into(terminal: Terminal, server: Server, crm: str, form: str) -> None:
    _load_into(terminal, form.format(server.port))


@pytest.mark.parametrize("address", ["service=crm", "postgresql:///?service=crm"])
def test_a_service_is_loaded_into(services: Terminal, address: str) -> None:
    _load_into(services, address)
    deleted = services.run("db", "shell", "--no-psql", "-c", "delete from clients", DATABASE_URL=address)
    assert (deleted.code, "read-only" in deleted.err) == (1, True)


def _load_into(terminal: Terminal, address: str) -> None:
    terminal.environment["DATABASE_URL"] = address
    (terminal.folder / "in").mkdir()
    write_sample(terminal.folder / "in")
    for words in (("db", "migrate"), ("org", "create", "Silk Road")):
        done = terminal.run(*words)
        assert done.code == 0, done.err
    took = ("import", "--replay", "in", "--own", SAMPLE_OWN_PHONE, "--as-of", "2026-03-01", "--org", "silk-road")
    done = terminal.run(*took, "--json")
    assert (done.code, done.json["load"]["chats"]["imported"]) == (0, 48), done.err
    checks = {check["name"]: check["health"] for check in terminal.run("doctor", "--json").json["checks"]}
    assert (checks["database"], checks["tables"], checks["organisation"]) == ("ok", "ok", "ok")
    counted = terminal.run("db", "shell", "--no-psql", "-c", "select count(*) from clients")
    assert "48" in counted.out


@pytest.mark.parametrize(
    "form", ["postgresql://locked@[::1]:{}/crm", "service=locked", "postgresql:///?service=locked"]
)
def test_init_asks_for_the_password_and_writes_an_address_that_is_let_in(
    services: Terminal, server: Server, form: str
) -> None:
    code, said = _init(services, "", form.format(server.port), SECRET, "", "", "")

    assert (code, SECRET in said) == (0, False), said
    assert SECRET in (dotenv_values(services.folder / ".env")["DATABASE_URL"] or "")
    reached = services.run("db", "shell", "--no-psql", "-c", "select current_user, current_database()")
    assert reached.out.splitlines()[-2].split() == ["locked", "|", "crm"]


def _init(terminal: Terminal, *answers: str) -> tuple[int, str]:
    program = _begin_init(terminal)
    out, err = program.communicate("".join(f"{answer}\n" for answer in answers), timeout=60)
    return program.returncode, out + err


def _begin_init(terminal: Terminal) -> subprocess.Popen[str]:
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    return subprocess.Popen(
        [sys.executable, "-m", "wa2pg", "init"],
        cwd=terminal.folder,
        env={**known, **terminal.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("address", "english", "russian"),
    [
        ("postgresql://me@[::1]:1/crm", "database server ::1 cannot", "::1 недоступен"),
        ("postgresql://me@::1:5432/crm", "in brackets: postgresql://", "в скобках: postgresql://"),
        (f"postgresql://me:{SECRET}/{SECRET}@[::1]:1/crm", "is written %2F", "пишется %2F"),
        ("service=nowhere", "PGSERVICEFILE", "PGSERVICEFILE"),
        ("postgresql:///?service=nowhere", "in no service file", "ни в одном файле служб"),
        ("service=stopped", "cannot be reached", "недоступен"),
    ],
)
def test_what_is_wrong_with_the_address_is_told(services: Terminal, address: str, english: str, russian: str) -> None:
    for language, told in (("en", english), ("ru", russian)):
        done = services.run("doctor", DATABASE_URL=address, WA2PG_LANG=language)
        shown = " ".join(done.out.split())
        assert (done.code, told in shown, SECRET in shown) == (1, True, False), shown


@pytest.mark.parametrize("content", ["what\n", "[crm]\nwhat\n", None])
def test_a_service_file_that_cannot_be_read_is_told(services: Terminal, content: str | None) -> None:
    file = services.folder / ".pg_service.conf"
    if content is None:
        services.environment["PGSERVICEFILE"] = "/nowhere/services"
    else:
        file.write_text(content)
    done = services.run("org", "list", DATABASE_URL="service=crm")
    assert (done.code, "service file" in done.err) == (6, True), done.err


@pytest.fixture
def folder_with_settings(tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / ".env").write_text("WA2PG_REGION=KG\n")
    yield Terminal(tmp_path)
    remove_embedded(tmp_path / "data/postgres")


def _asking(terminal: Terminal, programs: int) -> list[subprocess.Popen[str]]:
    """Programs that have read the settings and wait for the first answer."""
    begun = [_begin_init(terminal) for _ in range(programs)]
    for program in begun:
        assert program.stderr
        said = b""
        while b"[1]:" not in said:
            piece = os.read(program.stderr.fileno(), 4096)
            assert piece, said
            said += piece
    return begun


def test_of_several_inits_at_once_one_writes_and_the_others_say_so(folder_with_settings: Terminal) -> None:
    folder = folder_with_settings.folder
    programs = _asking(folder_with_settings, 4)
    for number, program in enumerate(programs):
        assert program.stdin
        program.stdin.write(f"\n\n\naccount{number}\n\n")
        program.stdin.flush()
    ended = [(program.communicate(timeout=60), program.returncode) for program in programs]

    wrote = [number for number, (_said, code) in enumerate(ended) if code == 0]
    assert len(wrote) == 1, ended
    refusals = [err for (_out, err), code in ended if code == 1]
    assert all("was changed by something else meanwhile" in err for err in refusals)
    assert len(refusals) == 3
    assert dotenv_values(folder / ".env") == {
        "WA2PG_REGION": "KG",
        "WA2PG_LANG": "en",
        "WA2PG_ACCOUNT": f"account{wrote[0]}",
    }
    # what was there before anybody answered
    assert (folder / ".env.before-init").read_text() == "WA2PG_REGION=KG\n"


def test_several_inits_at_once_with_the_same_answers_agree(folder_with_settings: Terminal) -> None:
    programs = _asking(folder_with_settings, 3)
    for program in programs:
        assert program.stdin
        # each makes the embedded database and the organisation
        program.stdin.write("\n\nSilk Road\ny\n\n\n")
        program.stdin.flush()
    ended = [(program.communicate(timeout=120), program.returncode) for program in programs]

    assert [code for _said, code in ended] == [0, 0, 0], ended
    assert sum("Written to .env" in out for (out, _err), _code in ended) == 1
    assert sum("Nothing to change in .env" in out for (out, _err), _code in ended) == 2
    listed = folder_with_settings.run("org", "list", "--json")
    assert [found["slug"] for found in listed.json["organizations"]] == ["silk-road"]
    assert (folder_with_settings.folder / ".env.before-init").read_text() == "WA2PG_REGION=KG\n"

"""`make demo`: the whole pipeline on the sample, twice, beside everything that is the company's own."""

import json
import re
import socket
import threading
from pathlib import Path

import psycopg
import pytest

from extract.whatsapp.sample import EXPECTED, write_sample
from load.embedded import start_embedded
from schemas.translation import LANGUAGES
from tests.cli.conftest import Terminal
from tools.guides import guide


def test_the_demo_loads_every_client_of_the_sample(demo: Terminal) -> None:
    first = json.loads(demo.environment["FIRST"])

    assert (first["ok"], first["exit_code"], first["account"]) == (True, 0, "demo")
    assert first["load"]["chats"]["imported"] == EXPECTED.client_count
    assert first["transform"]["people_without_number"]["people"] == EXPECTED.people_without_number


def test_a_second_run_inserts_nothing_and_changes_nothing(demo: Terminal) -> None:
    again = demo.run("demo", "--json").json

    assert again["extract"]["snapshot"] is None
    assert again["load"]["chats"]["imported"] == again["load"]["chats"]["updated"] == 0
    assert again["load"]["messages"]["inserted"] == again["load"]["messages"]["updated"] == 0


def test_the_database_holds_every_client_once_with_what_the_sample_intends(demo: Terminal) -> None:
    server = start_embedded(demo.data / "postgres")
    with psycopg.connect(server.conninfo("demo")) as connection:
        rows = connection.execute("select phone, name, name_source from clients order by phone").fetchall()

    expected = sorted((client.phone, client.name, client.name_from) for client in EXPECTED.clients)
    assert rows == expected


def test_the_report_for_people_fits_80_columns(demo: Terminal) -> None:
    report = demo.run("demo", "--progress", "none", COLUMNS="80")

    assert "clients" in report.out
    # the line to paste into a shell is never folded
    assert [line for line in report.out.splitlines() if len(line) > 80 and "psql" not in line] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_goes_on_as_the_guide_does(demo: Terminal, language: str) -> None:
    told = demo.run("demo", "--progress", "none", WA2PG_LANG=language).out.splitlines()[-1]
    steps = re.findall(r"^### .*`wa2pg (\w+)`$", guide(language).read_text("utf-8"), re.MULTILINE)

    assert told.endswith(f"wa2pg {steps[0]}"), told


def test_a_filled_env_and_a_foreign_database_are_not_touched(terminal: Terminal) -> None:
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)
        port = listener.getsockname()[1]

        def answer() -> None:
            try:
                calls.append(listener.accept())
            except OSError:
                return

        threading.Thread(target=answer, daemon=True).start()
        address = f"postgresql://crm:secret@127.0.0.1:{port}/crm"
        env = terminal.folder / ".env"
        env.write_text(f"DATABASE_URL={address}\nWA2PG_ACCOUNT=office\nWA2PG_ORG=my-company\nWA2PG_REGION=RU\n")
        before = env.read_bytes()
        done = terminal.run("demo", "--progress", "none", DATABASE_URL=address)

    assert done.code == 0, done.err
    assert calls == []
    assert env.read_bytes() == before
    assert sorted(path.name for path in (terminal.data / "archive").iterdir()) == ["demo"]
    assert "secret" not in done.out + done.err


def test_the_samples_account_is_no_companys(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_sample(folder)
    refused = terminal.run("extract", "--account", "demo", "--replay", str(folder))

    assert refused.code == 2
    assert "sample's" in refused.err

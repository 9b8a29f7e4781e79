"""`wa2pg init`: answers line by line, real databases, and a terminal."""

import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dotenv import dotenv_values
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from load.database import connect
from load.embedded import Embedded
from load.first_look import with_password
from schemas.settings import Settings
from schemas.translation import use_language
from tests.cli.conftest import ROOT, Outcome
from tests.load.conftest import SECRET
from tests.load.soul_kg.conftest import TABLES_SQL
from wa2pg.env_file import BACKUP
from wa2pg.start import run

NOWHERE = f"postgresql://me:{SECRET}@127.0.0.1:1/crm"


Init = Callable[..., Outcome]


@pytest.fixture
def init(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Init]:
    """init(language, database, organisation, …) with the answers as lines; the input ends after them."""
    monkeypatch.setenv("LANGUAGE", "")

    def answer(*lines: str, words: tuple[str, ...] = ()) -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        code = run(["init", *words])
        return Outcome(code, *capsys.readouterr())

    yield answer
    use_language("en")


def env() -> dict[str, str | None]:
    return dict(dotenv_values(".env"))


def url(conninfo: str) -> str:
    """The address as a company writes it."""
    parts = conninfo_to_dict(conninfo)
    return f"postgresql://{parts['user']}@/{parts['dbname']}?host={parts['host']}&port={parts['port']}"


def organizations(conninfo: str) -> list[str]:
    with psycopg.connect(conninfo) as connection:
        return [name for (name,) in connection.execute("select slug from organizations order by slug").fetchall()]


def test_enter_all_the_way_is_the_embedded_database_and_no_language_model(init: Init) -> None:
    done = init("", "", "", "", "")

    assert done.code == 0, done.err
    assert env() == {"WA2PG_LANG": "en", "WA2PG_ACCOUNT": "default"}
    assert Path(".env").stat().st_mode & 0o777 == 0o600
    assert done.out.endswith("wa2pg doctor\n  " + done.out.rsplit("\n  ", 1)[1])
    assert [line.rsplit("wa2pg ")[-1] for line in done.out.splitlines()[-2:]] == ["doctor", "extract"]
    # nothing but the file was made
    assert [path.name for path in Path().iterdir()] == [".env"]


def test_what_was_answered_is_what_the_settings_say(init: Init, database: str) -> None:
    done = init("1", url(database), "1", "office", "1")

    assert done.code == 0, done.err
    found = Settings()
    assert found.database_url is not None
    assert (found.database_url.get_secret_value(), found.org) == (url(database), "soul-kg")
    assert (found.account, found.spoken) == ("office", "en")
    assert "layout crm" in done.err


@pytest.mark.parametrize("typed", ["1", "soul-kg", "SOUL  kg", "", "8ffef617-5216-403e-9633-224a13d70670"])
def test_an_organisation_that_is_there_is_named_in_any_way(init: Init, database: str, typed: str) -> None:
    assert init("", database, typed, "", "").code == 0
    assert env()["WA2PG_ORG"] == "soul-kg"


def test_a_new_organisation_is_made_after_a_yes(init: Init, database: str) -> None:
    refused = init("", database, "Silk Road Tours", "n", "1", "", "")
    assert (refused.code, organizations(database)) == (0, ["soul-kg"])

    made = init("", database, "Silk Road Tours", "y", "", "")
    assert (made.code, organizations(database)) == (0, ["silk-road-tours", "soul-kg"])
    assert env()["WA2PG_ORG"] == "silk-road-tours"


def test_a_yes_is_said_in_the_language_that_is_spoken(init: Init, database: str) -> None:
    done = init("ru", database, "Silk Road Tours", "конечно", "да", "", "")

    assert done.code == 0, done.err
    assert "Введите да или нет." in done.err
    assert organizations(database) == ["silk-road-tours", "soul-kg"]


def test_a_name_that_another_organisation_has_is_asked_again(init: Init, database: str) -> None:
    done = init("", database, "soul/kg", "y", "1", "", "")

    assert done.code == 0, done.err
    assert "Another organisation has" in done.err
    assert organizations(database) == ["soul-kg"]


def test_a_database_without_tables_notes_the_name_and_says_what_comes_first(init: Init, empty_database: str) -> None:
    done = init("", empty_database, "Silk Road Tours", "", "")

    assert done.code == 0, done.err
    assert env()["WA2PG_ORG"] == "silk-road-tours"
    steps = [line.rpartition("wa2pg ")[2] for line in done.out.splitlines()[-4:]]
    assert steps == ["db migrate", "org create 'Silk Road Tours'", "doctor", "extract"]
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("select to_regclass('public.organizations')").fetchone() == (None,)


@pytest.fixture
def crms(empty_database: str) -> str:
    with connect(empty_database) as connection:
        connection.execute(TABLES_SQL)
    return empty_database


def test_organisations_of_the_soul_kg_crm_are_chosen_and_never_made(init: Init, crms: str) -> None:
    none = init("", crms, "", "")
    assert none.code == 0, none.err
    assert "layout soul_kg" in none.err
    assert "no organisation yet" in none.err
    assert "WA2PG_ORG" not in env()
    with connect(crms) as connection:
        for key, slug in (("a", "one"), ("b", "two")):
            connection.execute(
                'insert into organizations (id, name, slug, "updatedAt") values (%s, %s, %s, now())', [key, slug, slug]
            )
    done = init("", crms, "Silk Road Tours", "2", "", "")
    assert (done.code, env()["WA2PG_ORG"]) == (0, "two"), done.err
    assert "only the CRM makes new ones" in done.err
    assert organizations(crms) == ["one", "two"]


def test_an_organisation_of_env_that_is_not_in_the_database(init: Init, database: str) -> None:
    Path(".env").write_text("WA2PG_ORG=hunza\n")
    done = init("", database, "1", "", "")

    assert "not in this database" in done.err
    assert env()["WA2PG_ORG"] == "soul-kg"


def test_the_only_organisation_is_offered_where_that_of_env_is_not_there(init: Init, database: str) -> None:
    Path(".env").write_text("WA2PG_ORG=hunza\n")
    done = init("ru", database, "", "", "")

    assert env()["WA2PG_ORG"] == "soul-kg"
    assert "  база данных: доступна" in done.err
    assert "  часы сервера: совпадают" in done.err


def test_tables_of_another_program_are_refused(init: Init, empty_database: str, database: str) -> None:
    with connect(empty_database) as connection:
        connection.execute("drop table if exists wa2pg_migrations")
        connection.execute("drop schema public cascade; create schema public; create table clients (x int)")
    done = init("", empty_database, empty_database, "n")

    assert done.code == 1
    assert done.err.count("tables of another program") == 2


def test_an_address_that_leads_nowhere_is_kept_after_a_second_failure_and_a_yes(init: Init) -> None:
    done = init("", NOWHERE, "", "y", "Silk Road Tours", "", "")

    assert done.code == 0, done.err
    assert env()["DATABASE_URL"] == NOWHERE
    assert done.err.count("cannot be reached") == 2
    assert SECRET not in done.said


@pytest.mark.parametrize("address", ["localhost", "mysql://me@host/crm", "postgresql://me@127.0.0.1:99999999/x", "%"])
def test_an_address_that_is_none_is_asked_again(init: Init, database: str, address: str) -> None:
    done = init("", address, database, "1", "", "")

    assert done.code == 0, done.err
    assert "error: " in done.err
    assert env()["DATABASE_URL"] == database


def test_a_password_is_asked_where_the_server_wants_one(init: Init, server: Embedded, locked_role: str) -> None:
    address = f"postgresql://{locked_role}@/postgres?host={server.sockets}"
    wrong = init("", address, "wrong", "", "also wrong", "n")
    assert wrong.code == 1
    assert wrong.err.count("does not accept this user and password") == 2
    assert not Path(".env").exists()

    right = init("", address, SECRET, "Silk Road Tours", "", "")
    assert right.code == 0, right.err
    assert env()["DATABASE_URL"] == f"postgresql://{locked_role}:{SECRET}@/postgres?host={server.sockets}"
    assert SECRET not in right.said


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("postgresql://me@host:5432/crm", "postgresql://me:p%40%2F%3A%23%20%27@host:5432/crm"),
        ("postgres://me:@host/crm?sslmode=require", "postgres://me:p%40%2F%3A%23%20%27@host/crm?sslmode=require"),
        ("postgresql:///crm?host=a%40b", "postgresql://:p%40%2F%3A%23%20%27@/crm?host=a%40b"),
        ("user=me host=a", "user=me host=a password='p@/:# \\''"),
    ],
)
def test_a_password_comes_into_an_address_whole(address: str, whole: str) -> None:
    made = with_password(address, "p@/:# '")

    assert made == whole
    parts = conninfo_to_dict(made)
    assert parts.pop("password") == "p@/:# '"
    assert parts == {name: value for name, value in conninfo_to_dict(address).items() if name != "password"}


@pytest.mark.parametrize("password", ["a\u00a0b", "é\u202eabc", " lead and trail "])
def test_a_password_of_any_letters_can_be_typed(init: Init, server: Embedded, locked_role: str, password: str) -> None:
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("alter role locked password {}").format(password))
        try:
            address = url(server.conninfo("postgres")).replace("postgres@", f"{locked_role}@")
            done = init("", address, password, "", "", "", "")
            found = Settings().database_url
            assert found is not None, done.err
            with psycopg.connect(found.get_secret_value()) as connection:
                assert connection.info.user == locked_role
        finally:
            admin.execute(sql.SQL("alter role locked password {}").format(SECRET))


def test_an_env_that_is_there_gives_the_defaults_and_keeps_its_other_lines(init: Init, database: str) -> None:
    before = f"# ours\nWA2PG_ACCOUNT=office\nDATABASE_URL='{url(database)}'\nOTHER=1 # not wa2pg's\nWA2PG_ORG=soul-kg\n"
    Path(".env").write_text(before)
    done = init("", "", "", "", "")

    assert done.code == 0, done.err
    assert Path(".env").read_text() == before + "WA2PG_LANG=en\n"
    assert Path(BACKUP).read_text() == before
    assert "kept" in done.out
    assert url(database) not in done.said

    Path(BACKUP).unlink()
    again = init("", "", "", "", "")
    assert (again.code, Path(BACKUP).exists()) == (0, False)
    assert "Nothing to change" in again.out


def test_an_address_is_given_up_for_the_embedded_database(init: Init) -> None:
    Path(".env").write_text(f"DATABASE_URL={NOWHERE}\n")
    done = init("", "-", "", "", "")

    assert done.code == 0, done.err
    assert Settings().database_url is None
    assert SECRET in Path(BACKUP).read_text()
    assert SECRET not in Path(".env").read_text() + done.said


@pytest.mark.parametrize("name", ["demo", "Not Good", "офис"])
def test_an_account_name_that_cannot_be_is_asked_again(init: Init, name: str) -> None:
    done = init("", "", "", name, "office", "")

    assert (done.code, env()["WA2PG_ACCOUNT"]) == (0, "office")
    assert "error: " in done.err


@pytest.mark.parametrize(
    "broken", ["WA2PG_LANG=tlh\n", "WA2PG_ACCOUNT=Not Good\n", "WA2PG_REGION=Kyrgyzstan\nWA2PG_LANG=xx\n"]
)
def test_settings_that_stop_every_other_command_do_not_stop_this_one(init: Init, broken: str) -> None:
    Path(".env").write_text(broken)
    assert init("", "", "", "", "").code == 0
    if "REGION" not in broken:
        assert (Settings().account, Settings().spoken) == ("default", "en")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00binary", b"A=1\n" * 400_000])
def test_what_is_no_settings_file_is_refused_before_any_question(init: Init, content: bytes) -> None:
    Path(".env").write_bytes(content)
    done = init()

    assert done.code == 3
    assert "Five questions" not in done.err
    assert Path(".env").read_bytes() == content


def test_the_language_that_is_chosen_is_spoken_at_once(init: Init) -> None:
    done = init("ru", "", "", "", "")

    assert done.code == 0
    assert env()["WA2PG_LANG"] == "ru"
    assert "Five questions" in done.err
    assert "2 из 5: База данных" in done.err
    assert "Записано в .env" in done.out
    english = [line for line in done.err.splitlines()[8:] if line.isascii() and any(map(str.isalpha, line))]
    assert not english


def test_the_environment_that_beats_env_is_named(init: Init, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    monkeypatch.setenv("WA2PG_ACCOUNT", "office")
    done = init("", database, "1", "office", "")

    assert done.code == 0
    warnings = [line for line in done.err.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert "unset DATABASE_URL" in warnings[0]
    assert SECRET not in done.said


@pytest.mark.parametrize("answered", range(5))
def test_an_input_that_ends_early_writes_nothing(init: Init, answered: int) -> None:
    done = init(*[""] * answered)

    assert done.code == 1
    assert ".env was not written" in done.err
    assert not Path(".env").exists()


def test_signs_that_no_line_has_are_asked_again(init: Init) -> None:
    done = init("", "", "", "off\x1b[31mice", "office", "")

    assert (done.code, env()["WA2PG_ACCOUNT"]) == (0, "office")
    assert "\x1b" not in done.said


def test_the_report_as_json_holds_no_secret(init: Init) -> None:
    done = init("", NOWHERE, "", "y", "", "", "", words=("--json",))
    told: dict[str, Any] = json.loads(done.out)

    assert done.code == 0
    assert (told["written"], told["changed"]) == (True, ["WA2PG_LANG", "DATABASE_URL", "WA2PG_ACCOUNT"])
    assert told["next"].endswith("wa2pg doctor")
    assert SECRET not in done.said


class Session:
    """`wa2pg init` at a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self._ours, theirs = pty.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            # the terminal becomes the program's own, so that Ctrl-C reaches it
            ["setsid", "--ctty", "--wait", sys.executable, "-m", "wa2pg", "init"],
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)

    def wait_for(self, words: str) -> None:
        until = time.monotonic() + 60
        while words not in self.shown:
            assert time.monotonic() < until, self.shown
            self._read()

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def interrupt(self) -> int:
        """Press Ctrl-C until the program has ended: one that comes just before it waits is seen only with the next."""
        for _press in range(10):
            self.type("\x03")
            while select.select([self._ours], [], [], 5)[0]:
                if not self._read():
                    return self.end()
        raise AssertionError(self.shown)

    def end(self) -> int:
        while self._read():
            pass
        os.close(self._ours)
        return self.process.wait(60)

    def _read(self) -> bool:
        try:
            piece = os.read(self._ours, 4096)
        except OSError:
            return False
        self.shown += piece.decode(errors="replace")
        return bool(piece)


PROMPTS = ("Language of this program [1]:", "Address", "Name of your organisation", "Name of the account", "model [1]:")


@pytest.mark.parametrize("question", range(len(PROMPTS)))
def test_ctrl_c_at_any_question_writes_nothing(tmp_path: Path, question: int) -> None:
    session = Session(tmp_path)
    for prompt in PROMPTS[:question]:
        session.wait_for(prompt)
        session.type("\n")
    session.wait_for(PROMPTS[question])

    assert session.interrupt() == 130
    assert "Stopped: .env was not written." in session.shown
    assert "error:" not in session.shown
    assert list(tmp_path.iterdir()) == []


def test_a_password_is_not_shown_while_it_is_typed(tmp_path: Path, server: Embedded, locked_role: str) -> None:
    session = Session(tmp_path)
    session.wait_for("Language of this program [1]:")
    session.type("\n")
    session.wait_for("Address")
    session.type(f"postgresql://{locked_role}@/postgres?host={server.sockets}\n")
    session.wait_for("not shown)")
    time.sleep(0.3)  # the terminal's echo is off a moment after the question
    session.type(f"{SECRET}\n")
    for prompt in PROMPTS[2:]:
        session.wait_for(prompt)
        session.type("\n")

    assert session.end() == 0, session.shown
    assert SECRET not in session.shown
    assert SECRET in (tmp_path / ".env").read_text()

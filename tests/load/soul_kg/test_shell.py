"""`wa2pg db shell`: SQL by hand with psql and without, in both layouts; nothing changes unless that was asked for."""

import os
import pty
import select
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from load.embedded import remove_embedded
from load.postgres_binaries import find_binaries
from tests.cli.conftest import ROOT, Outcome, Terminal
from tests.load.conftest import ORGANIZATION, one

PSQL = find_binaries().program("psql")
ADDED = {
    "database": "insert into clients (id, organization_id, phone, status, name) "
    "values (gen_random_uuid(), '{org}', '+996555123456', 'SOLD', 'Айгүл')",
    "soul_kg": 'insert into clients (id, "organizationId", phone, "firstName", "updatedAt") '
    "values ('c1', '{org}', '+996555123456', 'Айгүл', now())",
}
OF_CLIENT = {
    "database": "select organization_id, phone, name from clients",
    "soul_kg": 'select "organizationId", phone, "firstName" from clients',
}


class Shell:
    """The command on one database, with psql in PATH or without any."""

    def __init__(self, folder: Path, address: str, how: str) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.words_file = folder / "words"
        if how == "psql":
            # what psql is started with is seen as everybody on the machine sees it
            program = self.bin / "psql"
            program.write_text(
                f'#!/bin/sh\nprintf \'%s\\n\' "$0" "$@" > {shlex.quote(str(self.words_file))}\n'
                f'exec {shlex.quote(PSQL)} "$@"\n'
            )
            program.chmod(0o755)
        self.environment = {"DATABASE_URL": address, "PATH": str(self.bin), "LC_ALL": "C.UTF-8"}
        self.folder = folder

    def run(self, *words: str, typed: str = "") -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "wa2pg", "db", "shell", *words],
            cwd=self.folder,
            env={"PYTHONPATH": str(ROOT), **self.environment},
            input=typed,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture(params=["database", "soul_kg"])
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["psql", "prompt"])
def shell(request: pytest.FixtureRequest, layout: str, tmp_path: Path) -> Shell:
    return Shell(tmp_path, request.getfixturevalue(layout), request.param)


@pytest.fixture
def prompt(database: str, tmp_path: Path) -> Shell:
    return Shell(tmp_path, database, "prompt")


def test_a_table_is_changed_only_with_write(shell: Shell, layout: str) -> None:
    statement = ADDED[layout].format(org=ORGANIZATION)
    refused = shell.run("-c", statement)
    assert (refused.code, refused.out) == (1, "")
    assert "read-only" in refused.err
    assert "Айгүл" not in refused.err
    assert shell.run("--write", "-c", statement).out.strip() == "INSERT 0 1"
    shown = shell.run("-c", OF_CLIENT[layout])
    assert shown.code == 0
    assert [word.strip() for word in shown.out.splitlines()[2].split("|")] == [
        str(ORGANIZATION),
        "+996555123456",
        "Айгүл",
    ]
    assert "(1 row)" in shown.out


def test_what_is_typed_is_run_line_by_line(shell: Shell) -> None:
    done = shell.run(typed="select count(*)\nfrom organizations; select 'a;b';\n\\dt\n\\q\nselect 7;\n")
    assert done.code == 0, done.err
    assert "a;b" in done.out
    assert "client_status_history" in done.out
    assert "7" not in done.out.split("client_status_history")[1].split("rows)")[1]


def test_no_value_of_a_row_is_told(shell: Shell, layout: str) -> None:
    statement = ADDED[layout].format(org=ORGANIZATION)
    assert shell.run("--write", "-c", statement).code == 0
    again = shell.run("--write", "-c", statement)
    assert again.code == 1
    assert "clients_" in again.err
    assert "996555123456" not in again.err


@pytest.mark.parametrize("secret", ["geheim", "mit ' und \\"])
def test_the_password_is_on_no_command_line(database: str, tmp_path: Path, secret: str) -> None:
    shell = Shell(tmp_path, make_conninfo(database, password=secret), "psql")
    assert shell.run("-c", "select 1").code == 0
    words = shell.words_file.read_text()
    assert "dbname=" in words
    assert secret not in words
    assert "password=" not in words


def test_a_secret_that_only_a_command_line_could_carry_is_not_given_to_psql(database: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path, make_conninfo(database, sslpassword="geheim"), "psql")
    assert "(1 row)" in shell.run("-c", "select 1").out
    assert not shell.words_file.exists()


def test_psql_ends_as_it_ends(database: str, tmp_path: Path) -> None:
    shell = Shell(tmp_path, database, "psql")
    assert shell.run(typed="\\set ON_ERROR_STOP on\nselect nothing;\n").code == 3
    assert shell.words_file.exists()
    shell.words_file.unlink()
    assert shell.run("--no-psql", "-c", "select 1").code == 0
    assert not shell.words_file.exists()


def test_a_mistake_is_told_in_the_servers_words_and_the_rest_goes_on(prompt: Shell) -> None:
    done = prompt.run(typed="select nothing from organizations;\nselect 'not a number'::int;\nselect 42;\n")
    assert done.code == 1
    assert 'column "nothing" does not exist (sqlstate 42703)' in done.err
    assert "sqlstate 22P02" in done.err
    assert "not a number" not in done.err
    assert "42" in done.out
    assert "psql" in prompt.run("-c", "copy clients to stdout").err


def test_a_function_that_quotes_a_row_is_not_quoted(prompt: Shell) -> None:
    body = "do $$ begin raise undefined_column using message = 'Айгүл wrote'; end $$"
    done = prompt.run("-c", body)
    assert done.code == 1
    assert "Айгүл" not in done.err
    assert "sqlstate 42703" in done.err


def test_of_many_rows_the_first_are_shown(prompt: Shell) -> None:
    done = prompt.run("-c", "select generate_series(1, 1234) as n")
    assert len(done.out.splitlines()) == 103
    assert "(1,234 rows)" in done.out
    assert "Only the first 100 rows are shown" in done.err


_PEAK = "import resource, sys; from wa2pg.start import run; code = run(sys.argv[1:]); "
_PEAK += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr); sys.exit(code)"


def _peak(prompt: Shell, statement: str) -> tuple[list[str], int]:
    """What a statement shows, and how many megabytes the program took at most."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, "db", "shell", "--no-psql", "-c", statement],
        cwd=prompt.folder,
        env={"PYTHONPATH": str(ROOT), **prompt.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines(), int(done.stderr.split()[-1])


def test_a_result_that_is_larger_than_the_memory_should_be_is_passed_through(prompt: Shell) -> None:
    rows = "select n, repeat('x', 1000) from generate_series(1, {}) as n; select 'after'"
    few, little = _peak(prompt, rows.format(200))
    many, much = _peak(prompt, rows.format(300_000))

    assert "(200 rows)" in few
    assert "(300,000 rows)" in many
    assert [line for line in many if "(300" not in line] == [line for line in few if "(200" not in line]
    assert any("after" in line for line in many)
    # 300 MB came by
    assert much < little + 30


@pytest.mark.parametrize(("language", "told"), [("en", "and: offset 100"), ("ru", "и: offset 100")])
def test_the_rows_that_are_not_shown_are_got_at_as_it_is_told(prompt: Shell, language: str, told: str) -> None:
    prompt.environment["WA2PG_LANG"] = language
    statement = "select n as number from generate_series(1, 150) as n"
    shown = prompt.run("-c", statement)
    assert told in shown.err
    rest = prompt.run("-c", f"{statement} order by n offset 100")

    rows = [int(line) for done in (shown, rest) for line in done.out.splitlines() if line.strip().isdigit()]
    assert (rows, rest.err) == (list(range(1, 151)), "")


def test_statements_that_are_given_together_are_carried_out_together(prompt: Shell, database: str) -> None:
    added = "insert into organizations (id, name, slug) select gen_random_uuid(), n::text, 'o-' || n"
    added += " from generate_series(1, 500) as n returning name"
    mistake = "select 1 / (n - 300) from generate_series(1, 500) as n"
    failed = prompt.run("--write", "-c", "; ".join([added, mistake]))
    assert (failed.code, failed.out, "sqlstate 22012" in failed.err) == (1, "", True), failed.err
    with psycopg.connect(database) as looking:
        assert one(looking, "select count(*) from organizations") == 1

    done = prompt.run("--write", "-c", "; ".join([added, "", "select count(*) as all_of_them from organizations"]))
    assert (done.code, "(500 rows)" in done.out) == (0, True)
    assert "501" in done.out.split("all_of_them")[1]


def test_after_a_mistake_in_the_middle_of_many_rows_the_next_statement_runs(prompt: Shell) -> None:
    typed = "select 1 / (n - 50000) from generate_series(1, 60000) as n;\nselect 'still ' || 'here';\n"
    done = prompt.run(typed=typed)
    assert (done.code, "sqlstate 22012" in done.err, "still here" in done.out) == (1, True, True)


def test_what_would_move_the_cursor_is_not_printed(prompt: Shell) -> None:
    assert "\x1b" not in prompt.run("-c", "select E'\\x1b[2J' as a, null as b").out


def test_columns_are_listed_with_their_comments(prompt: Shell) -> None:
    assert "E.164" in prompt.run("-c", "\\d clients").out
    assert prompt.run("-c", "\\d nothing").code == 1
    assert prompt.run("-c", "\\x").code == 1
    assert "\\dt" in prompt.run("-c", "\\?").out


def test_an_address_that_leads_nowhere_is_told_as_ever(tmp_path: Path) -> None:
    for address in ("postgresql://u:geheim@127.0.0.1:1/x", "postgresql://[", "nonsense"):
        folder = tmp_path / str(len(address))
        folder.mkdir()
        done = Shell(folder, address, "psql").run("-c", "select 1")
        assert done.code == 6
        assert "geheim" not in done.err


@pytest.mark.parametrize(
    "statement", ["/* a */ copy organizations to stdout", "select 1; copy organizations to stdout; select 2"]
)
def test_a_copy_that_is_hidden_is_told_too(prompt: Shell, statement: str) -> None:
    refused = prompt.run("-c", statement)

    assert (refused.code, "needs psql" in refused.err) == (1, True), refused.err
    assert "mistake of wa2pg" not in refused.err
    assert "psycopg" not in refused.err


def test_what_is_no_text_is_not_run(prompt: Shell, database: str) -> None:
    # libpq would end the statement at the NUL, before its where
    refused = prompt.run("--write", typed="delete from organizations \0 where false;\nselect '\udcff';\n")

    assert (refused.code, refused.err.count("no text")) == (1, 2), refused.err
    with psycopg.connect(database) as looking:
        assert one(looking, "select count(*) from organizations") == 1


def test_a_commented_out_block_does_not_run(prompt: Shell, database: str) -> None:
    typed = "/* /* inner */\nselect 1;\ndelete from organizations;\n*/\nselect 'a' || 'b';\n"
    done = prompt.run("--write", typed=typed)

    assert (done.code, "ab" in done.out) == (0, True), done.err
    with psycopg.connect(database) as looking:
        assert one(looking, "select count(*) from organizations") == 1


def test_a_name_in_an_error_moves_no_cursor(prompt: Shell) -> None:
    refused = prompt.run("-c", 'select "\x1b[31mred"')

    assert (refused.code, "\x1b" in refused.err, "red" in refused.err) == (1, False, True)


def test_a_person_types_and_gives_up(prompt: Shell, database: str) -> None:
    person, screen = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wa2pg", "db", "shell", "--write"],
        cwd=prompt.folder,
        env={"PYTHONPATH": str(ROOT), "TERM": "dumb", **prompt.environment},
        stdin=screen,
        stdout=screen,
        stderr=screen,
    )
    os.close(screen)
    said = _until(person, "=> ")
    assert "kept at once" in said
    os.write(person, b"select 1\n")
    _until(person, "-> ")
    process.send_signal(signal.SIGINT)
    _until(person, "=> ")
    os.write(person, b"begin;\n")
    _until(person, "=*> ")
    os.write(person, b"update organizations set name = 'Other'; rollback;\n")
    _until(person, "=> ")
    os.write(person, b"select pg_sleep(60);\n")
    _until_server_waits(database, "PgSleep")
    process.send_signal(signal.SIGINT)
    assert "stopped" in _until(person, "=> ")
    # while rows are on their way
    os.write(person, b"select repeat('x', 1000) from generate_series(1, 100000000);\n")
    _until_server_waits(database, "ClientWrite")
    process.send_signal(signal.SIGINT)
    assert "stopped" in _until(person, "=> ")
    os.write(person, b"select 'still ' || 'here';\n")
    assert "still here" in _until(person, "=> ")
    os.write(person, b"\\q\n")
    assert process.wait(20) == 0
    os.close(person)
    with psycopg.connect(database) as looking:
        assert one(looking, "select name from organizations") == "Soul KG"


def _until_server_waits(database: str, event: str) -> None:
    with psycopg.connect(database, autocommit=True) as looking:
        until = time.monotonic() + 30
        while not looking.execute("select true from pg_stat_activity where wait_event = %s", [event]).fetchone():
            assert time.monotonic() < until
            time.sleep(0.01)


def _until(terminal: int, awaited: str) -> str:
    said = b""
    while awaited not in said.decode("utf-8", "replace"):
        assert select.select([terminal], [], [], 30)[0], said
        said += os.read(terminal, 4096)
    # a person types when the prompt stands there, and the terminal is set for typing
    time.sleep(0.3)
    return said.decode("utf-8", "replace")


def test_the_embedded_database_is_started_when_it_is_there(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, {"PATH": str(tmp_path)})
    try:
        nothing = terminal.run("db", "shell", "-c", "select 1")
        assert (nothing.code, nothing.out) == (6, "")
        assert "no database here yet" in nothing.err
        assert terminal.run("org", "create", "Silk Road").code == 0
        assert terminal.run("db", "stop").code == 0
        # the wheel's own psql
        found = terminal.run("db", "shell", "-c", "select slug from organizations")
        assert (found.code, found.err) == (0, "")
        assert " slug" in found.out
        assert "silk-road" in found.out
        assert terminal.run("db", "shell", "-c", "delete from organizations").code == 1
        assert terminal.run("db", "shell", "--write", "-c", "delete from organizations").out == "DELETE 1\n"
    finally:
        remove_embedded(tmp_path / "data/postgres")

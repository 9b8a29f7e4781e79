"""Connections that fail, and what is said about them."""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from load.database import connect
from load.database_errors import connection_error
from load.embedded import Embedded
from load.server_place import find_place
from schemas.errors import ExitCode, UserError
from tests.load.conftest import SECRET


def refusal(conninfo: str) -> UserError:
    with pytest.raises(UserError) as raised:
        connect(conninfo)
    error = raised.value
    assert error.exit_code is ExitCode.DATABASE
    assert error.hint
    assert SECRET not in f"{error.message} {error.hint}"
    # nothing below it in a traceback either
    assert error.__suppress_context__ or error.__context__ is None
    return error


def test_the_right_password_connects_as_wa2pg(server: Embedded, locked_role: str) -> None:
    with connect(make_conninfo(server.conninfo("postgres"), user=locked_role, password=SECRET)) as connection:
        assert connection.autocommit
        row = connection.execute("select current_user::text, current_setting('application_name')").fetchone()
        assert row == ("locked", "wa2pg")


def test_a_wrong_password_is_said_to_be_wrong_without_showing_it(server: Embedded, locked_role: str) -> None:
    wrong = refusal(make_conninfo(server.conninfo("postgres"), user=locked_role, password=SECRET + "x"))
    assert "does not accept this user and password" in wrong.message
    missing = refusal(make_conninfo(server.conninfo("postgres"), user=locked_role, passfile="/nonexistent"))
    assert "does not accept this user and password" in missing.message


def test_a_password_file_is_honoured(
    server: Embedded, locked_role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"*:*:*:locked:{SECRET}\n")
    passwords.chmod(0o600)
    services = tmp_path / "services"
    services.write_text(f"[crm]\nhost={server.sockets}\ndbname=postgres\nuser=locked\n")
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    monkeypatch.setenv("PGSERVICE", "crm")
    with connect("") as connection:
        assert connection.info.user == "locked"


def test_a_server_that_does_not_answer_is_named_by_its_host() -> None:
    assert refusal(f"postgresql://me:{SECRET}@127.0.0.1:1/crm").message == (
        "The database server 127.0.0.1 cannot be reached."
    )


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://me:p@{SECRET}@127.0.0.1:1/crm",
        f"postgresql://me:p/{SECRET}@127.0.0.1:1/crm",
        f"postgresql://me:{SECRET}/p@127.0.0.1:1/crm",
        f"postgresql://me:{SECRET}@127.0.0.1:1/crm?schema=public",
        f"postgresql://me:{SECRET}%zz@127.0.0.1:1/crm",
        f"mysql://me:{SECRET}@127.0.0.1:1/crm",
        f"host=127.0.0.1 port=1 password='{SECRET}",
        f"{SECRET}",
    ],
)
def test_a_mistyped_address_shows_no_piece_of_itself(address: str) -> None:
    refusal(address)


def test_an_address_made_for_another_tool_gets_its_own_hint(server: Embedded) -> None:
    error = refusal("postgresql://me@127.0.0.1:1/crm?schema=public")
    assert "parameter" in error.message
    assert "?schema=public" in (error.hint or "")


def test_a_database_or_a_user_that_is_not_there_is_told_apart(server: Embedded) -> None:
    assert "no database of this name" in refusal(server.conninfo("nowhere")).message
    assert "no user of this name" in refusal(make_conninfo(server.conninfo("postgres"), user="nobody1")).message


def test_a_database_that_cannot_hold_every_language_is_refused(server: Embedded) -> None:
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as admin:
        admin.execute("create database latin template template0 encoding 'LATIN1' locale_provider libc locale 'C'")
    assert "encoding is LATIN1" in refusal(server.conninfo("latin")).message


def test_the_environment_cannot_lead_the_embedded_database_elsewhere(
    server: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("PGHOSTADDR", "127.0.0.9"), ("PGPORT", "1"), ("PGUSER", "x"), ("PGOPTIONS", "-c a.b=c")):
        monkeypatch.setenv(name, value)
    with connect(server.conninfo("postgres")) as connection:
        row = connection.execute("select current_setting('data_directory')").fetchone()
    assert row == (str(server.folder / "cluster"),)


def test_the_place_of_the_server_is_told_by_the_folder_alone(tmp_path: Path) -> None:
    assert find_place(tmp_path / "a" / ".." / "b") == find_place(tmp_path / "b")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('FATAL:  password authentication failed for user "a"', "does not accept this user and password"),
        (
            'ВАЖНО:  пользователь "a" не прошёл проверку подлинности (по паролю)',
            "does not accept this user and password",
        ),
        ('ВАЖНО:  база данных "crm" не существует', "has no database of this name"),
        ('ВАЖНО:  роль "a" не существует', "has no user of this name"),
        ('ВАЖНО:  в pg_hba.conf нет записи для компьютера "10.0.0.1"', "does not let this user in"),
        ('FATAL:  pg_hba.conf rejects connection for host "10.0.0.1", user "a"', "does not let this user in"),
        ("FATAL:  sorry, too many clients already", "takes no more connections"),
        ("ВАЖНО:  извините, уже слишком много клиентов", "takes no more connections"),
        ("FATAL:  the database system is starting up", "is starting or shutting down"),
        ("ВАЖНО:  система баз данных останавливается", "is starting or shutting down"),
        ("connection refused", "cannot be reached"),
    ],
)
def test_a_server_is_understood_in_english_and_russian(words: str, said: str) -> None:
    assert said in connection_error(psycopg.OperationalError(words), "host=db").message

"""`wa2pg doctor`: a sound set-up, and broken ones whose line names a cure that works."""

import shutil
import sqlite3
from pathlib import Path

import psycopg
import pytest

from extract.health import check_neonize, whatsapp_client_date
from extract.whatsapp.sample import SAMPLE_OWN_PHONE
from load.embedded import Embedded, ensure_database, start_embedded
from schemas.health import Health
from tests.cli.conftest import Outcome, Terminal
from transform.health import check_language_model
from transform.language.model import MODEL


@pytest.fixture
def ready(terminal: Terminal, cleaned_sample: Path) -> Terminal:
    """A set-up that has been through extract and transform."""
    shutil.copytree(cleaned_sample / "data", terminal.data, symlinks=True)
    return terminal


@pytest.fixture
def loaded(ready: Terminal) -> Terminal:
    """The same with a database and an organisation in it."""
    assert ready.run("org", "create", "Silk Road Tours").code == 0
    ready.environment["WA2PG_ORG"] = "silk-road-tours"
    return ready


@pytest.fixture
def server(loaded: Terminal) -> Embedded:
    return start_embedded(loaded.data / "postgres")


def lines(done: Outcome) -> dict[str, tuple[str, str | None]]:
    """Each check's health and cure."""
    return {check["name"]: (check["health"], check["cure"]) for check in done.json["checks"]}


def bad(terminal: Terminal) -> dict[str, tuple[str, str | None]]:
    """What is not as it should be."""
    return {name: line for name, line in lines(terminal.run("doctor", "--json")).items() if line[0] != "ok"}


def mend(terminal: Terminal, name: str) -> None:
    """Run the command that a check's line names."""
    cure = bad(terminal)[name][1]
    assert cure is not None
    words = cure.removeprefix("run: ").split()
    assert words[0].endswith("wa2pg"), cure
    done = terminal.run(*words[1:])
    assert done.code == 0, done.err


def snapshot(terminal: Terminal) -> Path:
    return next(path for path in (terminal.data / "archive/default").iterdir() if path.is_dir())


def test_a_sound_set_up_is_ok_in_every_line(loaded: Terminal) -> None:
    done = loaded.run("doctor", "--json")
    assert done.code == 0, done.out
    found = lines(done)
    assert {name for name, (health, _) in found.items() if health != "ok"} <= {"neonize"}  # which ages
    assert found.keys() == {
        "Python", "locale", "settings", "libmagic", "neonize", "language model", "own clock",
        "data directory", "session", "archive", "clean tables", "last import", "database", "tables", "organisation",
        "server's clock", "LLM",
    }  # fmt: skip
    assert (done.json["broken"], done.json["ok"]) == (0, True)
    shown = loaded.run("doctor").out
    assert all(len(line) <= 80 for line in shown.splitlines()), shown
    assert shown.endswith("Everything is as it should be.\n") or "neonize" in bad(loaded)
    assert SAMPLE_OWN_PHONE not in shown


def test_nothing_at_all_is_no_fault(terminal: Terminal) -> None:
    done = terminal.run("doctor", "--json")
    assert done.code == 0
    assert {name for name, (health, _) in lines(done).items() if health != "ok"} <= {"neonize"}
    assert not (terminal.data / "postgres").exists()


def test_an_unusable_setting_is_named_and_the_rest_is_looked_at(terminal: Terminal) -> None:
    done = terminal.run("doctor", "--json", WA2PG_REGION="Kyrgyzstan")
    assert (done.code, lines(done)["settings"][0], lines(done)["language model"][0]) == (1, "broken", "ok")
    assert "WA2PG_REGION" in done.out
    assert "Kyrgyzstan" not in done.out


def test_a_data_directory_that_is_a_file(terminal: Terminal) -> None:
    (terminal.folder / "data").write_text("")
    assert bad(terminal)["data directory"] == ("broken", "set WA2PG_DATA_DIR to a folder")
    assert bad(Terminal(terminal.folder, {"WA2PG_DATA_DIR": str(terminal.folder / "mine")})).keys() <= {"neonize"}


def test_a_damaged_session(ready: Terminal) -> None:
    folder = ready.data / "sessions/default"
    folder.mkdir(parents=True)
    (folder / "session.sqlite3").write_bytes(b"no database at all" * 100)
    cure = bad(ready)["session"][1]
    assert cure is not None
    assert ready.run(*cure.split()[1:], "--yes").code == 0
    assert "session" not in bad(ready)


def test_a_session_of_a_linked_phone_is_no_finding(ready: Terminal) -> None:
    # an empty store is what a link leaves that was never scanned
    folder = ready.data / "sessions/default"
    folder.mkdir(parents=True)
    sqlite3.connect(folder / "session.sqlite3").close()
    assert "session" not in bad(ready)


def test_an_extract_that_died(ready: Terminal) -> None:
    died = snapshot(ready).with_name("20260301T000000Z-dead.partial")
    (died / "journal").mkdir(parents=True)
    assert bad(ready)["archive"][0] == "warning"
    mend(ready, "archive")
    assert "archive" not in bad(ready)


def test_an_archive_that_lost_its_chain(ready: Terminal) -> None:
    (ready.data / "archive/default/chain.jsonl").unlink()
    assert bad(ready)["archive"][0] == "broken"
    assert ready.run("audit", "--repair").code == 0
    assert "archive" not in bad(ready)


def test_a_manifest_that_was_edited(ready: Terminal) -> None:
    manifest = snapshot(ready) / "manifest.json"
    good = manifest.read_bytes()
    manifest.write_bytes(good.replace(b'"complete": true', b'"complete": false'))
    health, cure = bad(ready)["archive"]
    assert (health, cure) == ("broken", "restore it from a backup; nothing else has this data")
    audited = ready.run("audit").out
    assert "restore it from a backup" in audited
    manifest.write_bytes(good)
    assert "archive" not in bad(ready)


def test_clean_tables_that_are_damaged_or_gone(ready: Terminal) -> None:
    run = (ready.data / "clean/default/current").resolve()
    (run / "clients.parquet").write_bytes(b"")
    assert bad(ready)["clean tables"][0] == "broken"
    assert ready.run("transform").code == 0
    assert "clean tables" not in bad(ready)
    shutil.rmtree(ready.data / "clean/default")
    assert bad(ready)["clean tables"][0] == "warning"
    mend(ready, "clean tables")
    assert "clean tables" not in bad(ready)


def test_a_database_without_tables(loaded: Terminal, server: Embedded) -> None:
    ensure_database(server, "bare")
    loaded.environment["DATABASE_URL"] = server.conninfo("bare")
    mend(loaded, "tables")
    assert bad(loaded).keys() <= {"organisation", "neonize"}


def test_an_organisation_that_is_not_there(loaded: Terminal) -> None:
    loaded.environment["WA2PG_ORG"] = "hunza-treks"
    health, cure = bad(loaded)["organisation"]
    assert health == "broken"
    assert "wa2pg org create" in (cure or "")
    assert loaded.run("org", "create", "Hunza Treks").code == 0
    assert "organisation" not in bad(loaded)


def test_a_user_who_lacks_rights(loaded: Terminal, server: Embedded) -> None:
    with psycopg.connect(server.conninfo("wa2pg"), autocommit=True) as admin:
        admin.execute("create role importer login")
        admin.execute("grant usage on schema public to importer")
        admin.execute("grant select on wa2pg_migrations, organizations to importer")
        loaded.environment["DATABASE_URL"] = server.conninfo("wa2pg").replace("user=postgres", "user=importer")
        health, cure = bad(loaded)["tables"]
        assert health == "broken"
        for line in (cure or "").splitlines():
            if line.startswith("grant "):
                admin.execute(line.encode())
        assert "tables" not in bad(loaded)


def test_a_database_that_is_not_there(ready: Terminal) -> None:
    done = ready.run("doctor", "--json", DATABASE_URL="postgresql://u:secret@127.0.0.1:1/none")
    assert lines(done)["database"][0] == "broken"
    assert "secret" not in done.out + done.err
    assert "database" not in bad(ready)


def test_a_language_model_that_is_not_the_released_one(tmp_path: Path) -> None:
    assert check_language_model(tmp_path / "model.ftz").health is Health.BROKEN
    damaged = tmp_path / "model.ftz"
    damaged.write_bytes(MODEL.read_bytes()[:1000])
    assert check_language_model(damaged).health is Health.BROKEN
    damaged.write_bytes(MODEL.read_bytes()[:-1] + b"x")
    assert check_language_model(damaged).health is not Health.OK
    assert check_language_model().health is Health.OK


def test_a_whatsapp_client_grows_old() -> None:
    made = whatsapp_client_date()
    assert made is not None
    ages = [check_neonize(made.replace(year=made.year + years)) for years in (0, 1)]
    assert [age.health for age in ages] == [Health.OK, Health.WARNING]
    assert ages[1].cure == "make upgrade"


def test_a_mistyped_command_is_answered_with_the_nearest(terminal: Terminal) -> None:
    done = terminal.run("trnsform")
    assert (done.code, "Did you mean transform?" in done.err) == (2, True)

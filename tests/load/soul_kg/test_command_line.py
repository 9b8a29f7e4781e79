"""`wa2pg` against a database of the Soul KG CRM."""

from pathlib import Path

import pytest

from extract.whatsapp.sample import SAMPLE_OWN_PHONE, write_sample
from tests.cli.conftest import Terminal
from tests.load.soul_kg.conftest import ORG, Crm


@pytest.fixture
def crms_terminal(tmp_path: Path, soul_kg: str) -> Terminal:
    return Terminal(tmp_path, {"DATABASE_URL": soul_kg})


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    folder = tmp_path / "sample"
    folder.mkdir()
    write_sample(folder)
    return folder


def test_an_import_goes_into_the_crm_and_again_changes_nothing(crms_terminal: Terminal, sample: Path, crm: Crm) -> None:
    words = ("import", "--organization-id", ORG, "--replay", str(sample), "--own", SAMPLE_OWN_PHONE)
    first = crms_terminal.run(*words, "--layout", "soul_kg", "--json")
    assert first.code == 0, first.err
    told = first.json["load"]
    assert (told["layout"], told["organization_id"]) == ("soul_kg", ORG)
    assert told["chats"]["imported"] == crm.value('select count(*) from clients where "organizationId" = %s', ORG) == 48
    assert told["messages"]["inserted"] == crm.value("select count(*) from messages") == 325
    assert told["messages_locked_seconds"] > 0
    before = crm.dump()
    again = crms_terminal.run("load", "--org", "soul-kg", "--no-skip-duplicates")
    assert again.code == 0, again.err
    assert "messages locked" in again.out
    assert crm.dump() == before
    # the ledger of the run that wrote something, readable by nobody else
    kept = list((crms_terminal.data / "runs" / ORG).iterdir())
    assert (len(kept), {file.stat().st_mode & 0o777 for file in kept}) == (2, {0o600})


def test_a_dry_run_leaves_neither_rows_nor_a_record(crms_terminal: Terminal, sample: Path, crm: Crm) -> None:
    words = ("import", "--organization-id", ORG, "--replay", str(sample), "--own", SAMPLE_OWN_PHONE)
    done = crms_terminal.run(*words, "--dry-run", "--json")
    assert (done.code, done.json["load"]["run"], done.json["load"]["chats"]["imported"]) == (0, None, 48)
    assert crm.value("select count(*) from clients") == 0
    assert not (crms_terminal.data / "runs").exists()


def test_the_sample_is_planned_listed_checked_and_taken_back(crms_terminal: Terminal, sample: Path, crm: Crm) -> None:
    before = crm.dump()
    words = ("import", "--organization-id", ORG, "--replay", str(sample), "--own", SAMPLE_OWN_PHONE)
    run = crms_terminal.run(*words, "--json").json["load"]["run"]
    assert crms_terminal.run("load", "--org", ORG, "--plan", "--json").json["clients"] == []
    listed = crms_terminal.run("runs", "list", "--json")
    assert [found["id"] for found in listed.json["runs"]] == [run]
    shown = crms_terminal.run("runs", "show", run[:8], "--json").json
    assert (shown["there"]["clients"], shown["there"]["messages"]) == (48, 325)
    checked = crms_terminal.run("db", "check", "--org", ORG)
    assert (checked.code, "nothing wrong" in checked.out) == (0, True), checked.out
    undone = crms_terminal.run("load", "--undo", "last", "--yes", "--json")
    assert undone.code == 0, undone.err
    assert (undone.json["clients"]["removed"], undone.json["messages"]["removed"]) == (48, 325)
    assert crm.dump() == before


def test_organisations_are_listed_and_not_made(crms_terminal: Terminal) -> None:
    listed = crms_terminal.run("org", "list", "--json")
    assert listed.json["organizations"] == [{"id": ORG, "name": "Soul KG", "slug": "soul-kg"}]
    made = crms_terminal.run("org", "create", "New")
    assert (made.code, "the CRM itself makes organisations" in " ".join(made.err.split())) == (6, True)


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "The CRM itself makes organisations"), ("ru", "Организации создаёт сама CRM")],
)
def test_where_there_is_no_organisation_yet_the_crm_makes_it(
    crms_terminal: Terminal, crm: Crm, language: str, told: str
) -> None:
    crm.connection.execute("delete from organizations")
    listed = crms_terminal.run("org", "list", WA2PG_LANG=language)

    assert (listed.code, told in listed.err) == (0, True), listed.err
    assert "org create" not in listed.out + listed.err
    assert crms_terminal.run("org", "list", "-q").err == ""
    assert crms_terminal.run("org", "list", "--json").json["next"] is None


def test_another_layout_and_a_schema_that_is_only_partly_there_stop_an_import_before_it_begins(
    crms_terminal: Terminal, sample: Path, crm: Crm
) -> None:
    words = ("import", "--organization-id", ORG, "--replay", str(sample))
    wrong = crms_terminal.run(*words, "--layout", "crm")
    assert (wrong.code, "--layout soul_kg" in wrong.err) == (6, True)
    crm.connection.execute('alter table messages drop column "whatsappMessageId"')
    partly = crms_terminal.run(*words)
    assert partly.code == 6
    assert 'missing: column messages."whatsappMessageId"' in " ".join(partly.err.split())
    assert not (crms_terminal.data / "archive").exists()


def test_migrations_are_refused(crms_terminal: Terminal) -> None:
    done = crms_terminal.run("db", "migrate")
    assert (done.code, "never migrates them" in " ".join(done.err.split())) == (6, True)

"""`wa2pg doctor` beside a database of the Soul KG CRM."""

from pathlib import Path

import psycopg
import pytest

from load.database import connect
from load.first_look import look_at
from load.layout import Layout
from tests.cli.conftest import Terminal
from tests.load.soul_kg.conftest import ORG, Crm

Lines = dict[str, tuple[str, str, str | None]]


@pytest.fixture
def crms_terminal(tmp_path: Path, soul_kg: str) -> Terminal:
    return Terminal(tmp_path, {"DATABASE_URL": soul_kg})


def looked_at(terminal: Terminal, **environment: str) -> Lines:
    done = terminal.run("doctor", "--json", **environment)
    return {check["name"]: (check["health"], check["found"], check["cure"]) for check in done.json["checks"]}


def test_the_crms_tables_and_organisation_are_sound(crms_terminal: Terminal, crm: Crm) -> None:
    before = crm.dump()
    found = looked_at(crms_terminal)

    assert found["tables"][:2] == ("ok", "layout soul_kg, whole, with the rights that a load needs")
    assert found["organisation"] == ("ok", "1 in the database: soul-kg", None)
    for named in ("soul-kg", ORG):
        assert looked_at(crms_terminal, WA2PG_ORG=named)["organisation"][0] == "ok"
    assert crm.dump() == before


def test_an_organisation_that_the_crm_has_not_is_never_told_to_be_made_here(crms_terminal: Terminal, crm: Crm) -> None:
    health, _found, cure = looked_at(crms_terminal, WA2PG_ORG="hunza")["organisation"]
    assert (health, "in the CRM" in (cure or "")) == ("broken", True)

    crm.connection.execute("delete from organizations")
    health, _found, cure = looked_at(crms_terminal)["organisation"]
    assert (health, "in the CRM" in (cure or ""), "org create" in (cure or "")) == ("warning", True, False)


def test_a_column_that_the_crm_lacks_is_broken(crms_terminal: Terminal, crm: Crm) -> None:
    crm.connection.execute('alter table messages drop column "whatsappMessageId"')
    found = looked_at(crms_terminal)

    assert found["tables"][0] == "broken"
    assert "db migrate" not in (found["tables"][2] or "")
    assert "organisation" not in found


def test_rights_that_the_user_lacks_are_named_with_what_gives_them(
    crms_terminal: Terminal, soul_kg: str, crm: Crm
) -> None:
    crm.connection.execute("drop role if exists crm_reader")
    crm.connection.execute("create role crm_reader login")
    crm.connection.execute("grant select on all tables in schema public to crm_reader")
    try:
        as_reader = psycopg.conninfo.make_conninfo(soul_kg, user="crm_reader")
        health, _found, cure = looked_at(crms_terminal, DATABASE_URL=as_reader)["tables"]
        assert health == "broken"
        for line in (cure or "").splitlines():
            if line.startswith("grant "):
                crm.connection.execute(line.encode())
        assert looked_at(crms_terminal, DATABASE_URL=as_reader)["tables"][0] == "ok"
    finally:
        crm.connection.execute("drop owned by crm_reader")
        crm.connection.execute("drop role crm_reader")


def test_a_first_look_finds_the_crm_and_nothing_to_migrate(soul_kg: str, empty_database: str) -> None:
    with connect(soul_kg) as connection:
        look = look_at(connection)

    assert (look.layout, look.to_migrate, look.problems) == (Layout.SOUL_KG, False, [])
    assert [one.slug for one in look.organizations] == ["soul-kg"]
    assert soul_kg == empty_database  # the fixture is that database with the CRM's tables

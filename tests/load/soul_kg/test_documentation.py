"""docs/soul-kg.md says what is true."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from load.ledger_files import LedgerRun
from load.run_ledger import CHANGES
from load.targets.soul_kg.schema import COLUMNS, SOUL_KG_RIGHTS, SOUL_KG_UNDO_RIGHTS
from tests.load.clean_runs import many_chats
from tests.load.soul_kg.conftest import ORG, Crm, Loads

DOCUMENT = (Path(__file__).parents[3] / "docs" / "soul-kg.md").read_text("utf-8")


@pytest.mark.parametrize(("role", "needed"), [("importer", SOUL_KG_RIGHTS), ("undoer", SOUL_KG_UNDO_RIGHTS)])
def test_the_grants_in_the_document_are_the_ones_that_are_checked(
    role: str, needed: Mapping[str, tuple[str, ...]]
) -> None:
    granted = re.findall(rf"^grant ([a-z, ]+) on (\w+) to {role};$", DOCUMENT, re.MULTILINE)
    assert {table: tuple(rights.split(", ")) for rights, table in granted} == dict(needed)


def test_every_table_and_every_key_of_json_is_named(crm: Crm, loads: Loads) -> None:
    loads(*many_chats(1))
    named = [
        *(table for table in COLUMNS if table != "organizations"),
        *crm.rows("select jsonb_object_keys(metadata) from clients"),
    ]
    named += crm.rows("select jsonb_object_keys(metadata -> 'wa2pg') from clients")
    named += crm.rows('select jsonb_object_keys("culturalContext") from clients')
    assert len(named) == 4 + 9 + 6 + 4
    assert [name for name in named if f"`{name}`" not in DOCUMENT] == []


def test_every_field_of_a_runs_record_is_named() -> None:
    section = DOCUMENT.split("## The record of a run")[1].split("## Rights")[0]
    named = [*(set(LedgerRun.model_fields) - {"format"}), *CHANGES.names]
    assert [name for name in named if not re.search(rf"\b{name}\b", section)] == []


def test_the_queries_in_the_document_run_and_find_what_they_say(crm: Crm, loads: Loads) -> None:
    loads(*many_chats(3))
    section = DOCUMENT.split("## Checking an import")[1].split("```")[1].removeprefix("sql")
    queries = [text for text in section.replace("'…'", f"'{ORG}'").split(";") if text.strip()]
    found = [crm.connection.execute(text.encode()).fetchall() for text in queries]
    assert [len(rows) for rows in found] == [1, 1, 2, 0, 3, 0]
    assert found[0] == [(3,)]

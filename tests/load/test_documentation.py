"""docs/postgres.md says what is true."""

import re
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from load.layout import CRM_TABLES
from load.rights import LOAD_RIGHTS, UNDO_RIGHTS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "postgres.md").read_text("utf-8")


@pytest.mark.parametrize(("role", "needed"), [("importer", LOAD_RIGHTS), ("undoer", UNDO_RIGHTS)])
def test_the_grants_in_the_document_are_the_ones_that_are_checked(
    role: str, needed: Mapping[str, tuple[str, ...]]
) -> None:
    granted = re.findall(rf"^grant ([a-z, ]+) on (\w+) to {role};$", DOCUMENT, re.MULTILINE)
    assert {table: tuple(rights.split(", ")) for rights, table in granted} == dict(needed)


def test_every_table_and_column_is_named_in_the_document(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
        " and table_name = any(%s)",
        [list(CRM_TABLES[:5])],
    ).fetchall()
    assert {name for row in rows for name in row if not re.search(rf"\b{name}\b", DOCUMENT)} == set()


def test_the_queries_in_the_document_run(connection: psycopg.Connection) -> None:
    section = DOCUMENT.split("## Checking an import")[1].split("```sql")[1].split("```")[0]
    statements = section.replace("'…'", "'8ffef617-5216-403e-9633-224a13d70670'").split(";")
    ran = [connection.execute(text.encode()) for text in statements if text.strip()]
    assert len(ran) == 8

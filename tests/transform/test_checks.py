"""Every data test finds what it is for: tables are broken on purpose, one way at a time."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from schemas.errors import ExitCode, UserError
from schemas.tables import CLEAN_TABLES
from tests.transform.archives import ANNA, AS_OF, BAKYT, NOON, Archive, message, minute, payload, reject
from tests.transform.conftest import clean
from transform.addressbook import fill_address_book
from transform.archive import read_archive
from transform.checks import check_clean_tables, open_clean_table
from transform.warehouse import open_warehouse, sql_of, steps_between

Row = dict[str, Any]


def change(table: str, **columns: Any) -> Callable[[dict[str, list[Row]]], None]:
    """Break the first row of a table."""
    return lambda tables: tables[table][0].update(columns)


def repeat(table: str, **columns: Any) -> Callable[[dict[str, list[Row]]], None]:
    """Add the first row once more, changed or not."""
    return lambda tables: tables[table].append(tables[table][0] | columns)


def lose_reject(tables: dict[str, list[Row]]) -> None:
    """Leave out a reject."""
    del tables["rejects"][0]


def lose_message(tables: dict[str, list[Row]]) -> None:
    """Leave out a client's last message so that all tables agree without it."""
    del tables["messages"][1]
    tables["clients"][0] |= {"incoming_count": 1, "last_message_at": NOON}
    tables["conversations"][0] |= {"message_count": 1, "last_message_at": NOON}


BROKEN = {
    "messages: one row a phone, direction and id": repeat("messages", sent_at=minute(5)),
    "clients: one row a phone": repeat("clients", addresses=[]),
    "conversations: one row a phone and channel": repeat("conversations"),
    "clients: an address belongs to one client": change("clients", addresses=[BAKYT]),
    "messages: nothing that must be there is missing": change("messages", whatsapp_message_id=""),
    "clients: nothing that must be there is missing": change("clients", status_source=None),
    "conversations: nothing that must be there is missing": change("conversations", archived=None),
    "rejects: each has a stage and a reason": change("rejects", stage="load"),
    "messages: direction, type and delivery are words of ours": change("messages", delivery="teleported"),
    "clients: status is a word of ours": change("clients", status="WON"),
    "clients: a phone is + and digits": change("clients", phone="996555000001"),
    "messages: reactions are a list and the content hash is one": change("messages", reactions="null"),
    "clients: the first message is not after the last": change("clients", first_message_at=minute(9)),
    "messages: each has its client": change("messages", phone="+996555000009"),
    "clients: counts and times agree with the messages": change("clients", incoming_count=7),
    "conversations: each agrees with its client": change("conversations", message_count=7),
    "accounting: rows out are the messages as written": lose_message,
    "accounting: rejected and undecoded rows are the rejects as written": lose_reject,
    "texts: none holds the character 0": change("clients", name="An\0na"),
}


def check(archive: Archive, folder: Path, break_tables: Callable[[dict[str, list[Row]]], None]) -> None:
    made = clean(archive)
    tables = {name: made.rows(name) for name in CLEAN_TABLES}
    break_tables(tables)
    source = read_archive(archive.path)
    with open_warehouse(source, AS_OF, folder / "spill") as warehouse:
        fill_address_book(warehouse, source, None)
        for step in steps_between(30, 60):
            warehouse.run(step)
        for name, schema in CLEAN_TABLES.items():
            loose = pa.schema([field.with_nullable(True) for field in schema])
            pq.write_table(pa.Table.from_pylist(tables[name], schema=loose), folder / f"{name}.parquet")
            open_clean_table(warehouse, folder, name)
        check_clean_tables(warehouse)


@pytest.fixture
def two_clients(archive: Archive) -> Archive:
    archive.add(
        payload(message(ANNA, "M1"), message(ANNA, "M2", sent_at=minute(1)), message(BAKYT), rejects=[reject()])
    )
    return archive


@pytest.mark.parametrize("name", BROKEN)
def test_a_check_finds_what_it_is_for(two_clients: Archive, tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError) as error:
        check(two_clients, tmp_path, BROKEN[name])
    assert error.value.exit_code is ExitCode.FAILED
    # a broken row may break more than one promise: the sentence names the first
    found = re.findall(r"'([^']+)' found \d+ rows?", error.value.message)
    assert found == [name]


def test_whole_tables_pass(two_clients: Archive, tmp_path: Path) -> None:
    check(two_clients, tmp_path, lambda _tables: None)


def test_every_check_is_broken_above_but_the_balance(two_clients: Archive) -> None:
    names = set(re.findall(r"^select '([^']+)'", sql_of("090_checks"), re.MULTILINE))
    assert names - set(BROKEN) == {
        "accounting: rows in are rows out, duplicates, applied, not for the CRM and rejected"
    }

"""What a load would do, client by client."""

import csv
import stat
from pathlib import Path

import psycopg
import pytest

from load.keys import client_key
from load.plan import Plan, plan, write_plan
from load.report import LoadOptions
from load.target import PlannedClient
from tests.load.clean_runs import Chat, Message, at, many_chats, write_clean_run
from tests.load.conftest import ORGANIZATION, Loader, dump, one

PHONE, OTHER = "+996555123456", "+996555123457"


def planned(connection: psycopg.Connection, folder: Path, chats: list[Chat], **options: object) -> Plan:
    given = {"org": "soul-kg"} | options
    return plan(connection, write_clean_run(folder / "planned", chats), LoadOptions(**given))  # type: ignore[arg-type]


def test_it_tells_who_is_new_who_changes_and_in_what_and_writes_nothing(
    connection: psycopg.Connection, load_chats: Loader, tmp_path: Path
) -> None:
    load_chats([Chat(PHONE, (Message("A", 1),)), Chat(OTHER, (Message("O"),))])
    before = dump(connection)
    runs = one(connection, "select count(*) from import_runs")
    found = planned(
        connection,
        tmp_path,
        [
            Chat("+996555000001", (Message("N", 50), Message("M", 51)), name=None, status="QUALIFIED"),
            Chat(PHONE, (Message("A", 1, body="edited"), Message("B", 9)), status="SOLD", archived=True),
            Chat(OTHER, (Message("O"),)),
        ],
        skip_duplicates=False,
    )
    assert dump(connection) == before
    assert one(connection, "select count(*) from import_runs") == runs
    new, changed = found.clients
    assert new == PlannedClient(
        client=str(client_key(ORGANIZATION, "+996555000001")),
        phone="+996555000001",
        name=None,
        status="QUALIFIED",
        language="ru",
        new=True,
        messages_new=2,
        messages_changed=0,
        changes=[],
    )
    assert (changed.phone, changed.new, changed.messages_new, changed.messages_changed) == (PHONE, False, 1, 1)
    assert [(change["field"], change["old"], change["new"]) for change in changed.changes] == [
        ("archived", False, True),
        ("incoming_count", 1, 2),
        ("last_message_at", at(1).isoformat(), at(9).isoformat()),
        ("message_count", 1, 2),
        ("status", "NEW_LEAD", "SOLD"),
    ]
    assert (found.report.chats.imported, found.report.chats.updated, found.report.chats.skipped) == (1, 1, 1)
    assert found.report.dry_run


def test_the_sums_of_the_plan_are_those_of_the_load(
    connection: psycopg.Connection, load_chats: Loader, tmp_path: Path
) -> None:
    load_chats(many_chats(5))
    wanted = [chat.but(name="New Name") for chat in many_chats(9, messages=4)]
    found = planned(connection, tmp_path, wanted, skip_duplicates=False)
    report = load_chats(wanted, skip_duplicates=False)
    assert len(found.clients) == report.chats.imported + report.chats.updated
    assert sum(client.messages_new for client in found.clients) == report.messages.inserted
    assert sum(client.new for client in found.clients) == report.chats.imported
    assert planned(connection, tmp_path / "again", wanted).clients == []


def test_a_new_number_is_told_also_of_a_client_who_is_not_loaded(
    connection: psycopg.Connection, load_chats: Loader, tmp_path: Path
) -> None:
    lid = "100000000000001@lid"
    load_chats([Chat(PHONE, more={"addresses": [lid, f"{PHONE[1:]}@s.whatsapp.net"]})])
    moved = Chat(OTHER, more={"addresses": [lid, f"{OTHER[1:]}@s.whatsapp.net"]})
    found = planned(connection, tmp_path, [moved, Chat("+996555000001", (Message("N", 50),))], limit=1)
    assert [client.new for client in found.clients] == [True, False]
    assert {"field": "phone", "old": PHONE, "new": OTHER} in found.clients[1].changes


@pytest.fixture
def hostile() -> PlannedClient:
    return PlannedClient(
        client="19bc6540-5ece-51b7-8628-befa24a2f58d",
        phone=PHONE,
        name='=HYPERLINK("http://x")\nsecond, line',
        status="SOLD",
        language="ru",
        new=False,
        messages_new=1,
        messages_changed=0,
        changes=[
            {"field": "ad_title", "old": "＝1+1", "new": " @SUM(A1)"},
            {"field": "archived", "old": 1, "new": None},
        ],
    )


def test_the_csv_is_private_and_no_cell_is_a_formula(tmp_path: Path, hostile: PlannedClient) -> None:
    path = tmp_path / "reports" / "plan.csv"
    write_plan(path, [hostile])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["field"] for row in rows] == ["ad_title", "archived"]
    assert {row["name"] for row in rows} == {"'" + str(hostile.name)}
    assert (rows[0]["phone"], rows[0]["old"], rows[0]["new"]) == ("'" + PHONE, "'＝1+1", "' @SUM(A1)")
    assert (rows[1]["old"], rows[1]["new"]) == ("1", "")


def test_the_csv_replaces_an_older_one_whole(tmp_path: Path, hostile: PlannedClient) -> None:
    path = tmp_path / "plan.csv"
    write_plan(path, [hostile] * 3)
    write_plan(path, [])
    assert path.read_text("utf-8-sig").splitlines() == [
        "what,phone,name,status,language,messages_new,messages_changed,field,old,new,client"
    ]
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.csv"]

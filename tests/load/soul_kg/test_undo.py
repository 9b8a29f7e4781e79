"""Taking a load back in the Soul KG CRM's tables."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.conninfo import make_conninfo

from load.check import check
from load.database import connect
from load.embedded import Embedded, ensure_database
from load.ledger_files import changes_of, read_ledgers, run_file_of
from load.plan import plan
from load.report import LoadOptions
from load.run import load
from load.runs import find_run, list_runs, rows_there
from load.targets.soul_kg.ledgers import place_of
from load.targets.soul_kg.schema import SOUL_KG_UNDO_RIGHTS
from load.undo import UndoOptions, UndoReport, undo
from schemas.errors import UserError
from tests.load.clean_runs import Chat, Message, many_chats
from tests.load.soul_kg.conftest import ORG, TABLES_SQL, Crm, Loads, naive

PHONE, OTHER, NEW = "+996555123456", "+996555123457", "+996777000000"
LID, LID_2 = "100000000000001@lid", "200000000000002@lid"
PEOPLES = "+996555000002"
Undo = Callable[..., UndoReport]


@pytest.fixture
def take_back(crm: Crm, loads: Loads) -> Undo:
    def run(which: str | None = "last", **options: Any) -> UndoReport:
        return undo(crm.connection, UndoOptions(str(which), "soul-kg", **options), runs=loads.runs)

    return run


def rows(crm: Crm) -> dict[str, list[Any]]:
    """Every row, but for when it was written."""
    found = crm.dump()
    for table in ("clients", "conversations"):
        for row in found[table]:
            del row["updatedAt"]
    return found


def bare(crm: Crm) -> dict[str, list[Any]]:
    """Every row, but for what is of the run: its id, its moment and random keys."""
    found = rows(crm)
    for row in found["clients"]:
        metadata = row["metadata"] or {}
        for name in ("importId", "importDate"):
            metadata.pop(name, None)
        metadata.get("wa2pg", {}).pop("run", None)
    for row in found["client_status_history"]:
        del row["id"], row["createdAt"]
    return {table: sorted(of_table, key=repr) for table, of_table in found.items()}


def reasons(report: UndoReport) -> set[tuple[str, str]]:
    return {(conflict.table, conflict.reason) for conflict in report.conflicts}


RICHER = [
    Chat(
        "+996555000000",
        (Message("0-0", 0, body="edited", more={"edited_at": naive(9)}), Message("new", 30)),
        name="N",
        first_name="N",
    ),
    *[chat.but(status="CLOSED", language="en") for chat in many_chats(5, messages=4)[1:]],
    Chat(OTHER, (Message("Z", 50),)),
]


def test_the_first_load_leaves_nothing_when_it_is_taken_back(crm: Crm, loads: Loads, take_back: Undo) -> None:
    before = crm.dump()
    loaded = loads(*many_chats(5))
    dry = take_back(dry_run=True)
    report = take_back()
    assert (report.run, report.refused, report.conflicts, report.layout) == (loaded.run, False, [], "soul_kg")
    assert (report.clients.removed, report.conversations.removed, report.messages.removed) == (5, 5, 15)
    assert (dry.clients, dry.messages, dry.history_rows) == (report.clients, report.messages, report.history_rows)
    assert crm.dump() == before


@pytest.mark.parametrize("skip_duplicates", [True, False])
def test_a_later_load_is_taken_back_to_the_rows_before_it_and_loaded_again(
    crm: Crm, loads: Loads, take_back: Undo, skip_duplicates: bool
) -> None:
    loads(*many_chats(5))
    before = rows(crm)
    loads(*RICHER, skip_duplicates=skip_duplicates)
    after = bare(crm)
    assert rows(crm) != before
    report = take_back()
    assert (report.messages.restored, report.messages.left) == (1, 0)
    assert rows(crm) == before
    loads(*RICHER, skip_duplicates=skip_duplicates)
    assert bare(crm) == after


def test_rows_of_the_crm_that_a_load_wrote_into_are_as_they_were(crm: Crm, loads: Loads, take_back: Undo) -> None:
    client = crm.client(PHONE, firstName="By", metadata={"crm": {"score": 0.25}, "messageCount": 7})
    conversation = crm.conversation(client, lastMessageAt=naive(1))
    crm.message(conversation, f"false_{PHONE[1:]}@c.us_A", createdAt=naive(0))
    crm.client(OTHER, metadata=None)
    crm.client(NEW, metadata=[1, 2], culturalContext={"note": "tea"})
    before = rows(crm)
    chats = [Chat(phone, (Message("A"), Message("B", 9))) for phone in (PHONE, OTHER, NEW)]
    loads(*chats, skip_duplicates=False)
    assert rows(crm) != before
    report = take_back()
    assert not report.refused
    assert rows(crm) == before


def test_a_load_is_taken_back_once_and_is_listed_as_that(crm: Crm, loads: Loads, take_back: Undo) -> None:
    run = str(loads(*many_chats(2)).run)
    (listed,) = list_runs(crm.connection, None, loads.runs)
    assert (str(listed.id), listed.account, listed.undone_at) == (run, "default", None)
    assert rows_there(crm.connection, listed, loads.runs).messages == 6
    take_back(run[:8])
    with pytest.raises(UserError, match="taken back before"):
        take_back(run)
    found = find_run(crm.connection, run, "soul-kg", loads.runs)
    assert found.undone_at is not None
    assert found.undone is not None
    assert found.undone["removed"]["messages"] == 6
    assert rows_there(crm.connection, found, loads.runs).messages == 0
    assert {oct(file.stat().st_mode & 0o777) for file in loads.ledgers.iterdir()} == {"0o600"}


BY_PEOPLE: dict[str, tuple[str, tuple[str, str]]] = {
    "a name": ("""update clients set "firstName" = 'Corrected' where phone = %(phone)s""", ("clients", "changed")),
    "an address of their own": ("update clients set email = 'a@b.c' where phone = %(phone)s", ("clients", "changed")),
    "a key of the AI's": (
        """update clients set metadata = metadata || '{"mood": "warm"}' where phone = %(phone)s""",
        ("clients", "changed"),
    ),
    "a status": ("update clients set status = 'SERVICE' where phone = %(phone)s", ("clients", "changed")),
    "a status spoken about": (
        """insert into client_status_history (id, "organizationId", "clientId", "newStatus", "changedBy")
        select gen_random_uuid()::text, "organizationId", id, status, 'HUMAN' from clients where phone = %(phone)s""",
        ("clients", "people"),
    ),
    "a chat taken over": (
        """update conversations set "managedBy" = 'HUMAN' where "clientId" =
        (select id from clients where phone = %(phone)s)""",
        ("conversations", "changed"),
    ),
    "a text": (
        """update messages set content = 'corrected' where id = (select m.id from messages m join conversations v
        on v.id = m."conversationId" join clients c on c.id = v."clientId" where c.phone = %(phone)s
        order by m.id limit 1)""",
        ("messages", "changed"),
    ),
    "a translation": (
        """update messages set "translatedContent" = 'bonjour' where id = (select m.id from messages m
        join conversations v on v.id = m."conversationId" join clients c on c.id = v."clientId"
        where c.phone = %(phone)s order by m.id limit 1)""",
        ("messages", "changed"),
    ),
    "a message": (
        """insert into messages (id, "organizationId", "conversationId", direction, sender, content)
        select gen_random_uuid()::text, v."organizationId", v.id, 'OUTGOING', 'AI', 'hello'
        from conversations v join clients c on c.id = v."clientId" where c.phone = %(phone)s""",
        ("conversations", "people"),
    ),
    "a booking": (
        """insert into bookings select id from clients where phone = %(phone)s""",
        ("clients", "referenced"),
    ),
}


@pytest.mark.parametrize("work", BY_PEOPLE)
def test_what_people_and_the_crm_have_worked_on_stops_it_and_is_left_with_force(
    crm: Crm, loads: Loads, take_back: Undo, work: str
) -> None:
    query, reason = BY_PEOPLE[work]
    crm.connection.execute('create table bookings ("clientId" text references clients on delete cascade)')
    loads(*many_chats(5))
    crm.connection.execute(query.encode(), {"phone": PEOPLES})
    before = crm.dump()
    report = take_back()
    assert report.refused
    assert reasons(report) == {reason}
    assert crm.dump() == before
    forced = take_back(force=True)
    assert (forced.clients.removed, forced.clients.left) == (4, 1)
    (left,) = crm.dump()["clients"]
    (was,) = [row for row in before["clients"] if row["phone"] == PEOPLES]
    figures = ("messageCount", "firstContactDate", "lastContactDate")
    for name in set(was) - {"updatedAt", "metadata"}:
        assert left[name] == was[name], name
    assert {k: v for k, v in left["metadata"].items() if k not in figures} == {
        k: v for k, v in was["metadata"].items() if k not in figures
    }
    assert crm.value("select count(*) from messages") == (work in {"a text", "a translation", "a message"})
    assert crm.value("select count(*) from bookings") == (work == "a booking")


def test_a_status_of_delivery_or_a_key_that_the_crm_wrote_is_kept_when_a_load_is_taken_back_from_a_row_of_its_own(
    crm: Crm, loads: Loads, take_back: Undo
) -> None:
    client = crm.client(PHONE, firstName="By", metadata={"crm": 1})
    crm.conversation(client)
    loads(Chat(PHONE, (Message("A"),)))
    crm.connection.execute("""update clients set metadata = metadata || '{"mood": "warm"}'""")
    assert not take_back().refused
    assert crm.value("select metadata from clients") == {"crm": 1, "mood": "warm"}


def test_an_earlier_load_that_a_later_one_built_on_names_it(crm: Crm, loads: Loads, take_back: Undo) -> None:
    first = loads(Chat(PHONE), Chat(OTHER)).run
    edited = Message("A", body="edited", more={"edited_at": naive(1)})
    later = Chat(PHONE, (edited, Message("B", 1)), name="Later", first_name="Later", last_name="One")
    second = loads(later, skip_duplicates=False).run
    report = take_back(first)
    assert report.refused
    assert {conflict.by for conflict in report.conflicts} == {second}
    assert {table for table, _ in reasons(report)} == {"clients", "conversations", "messages"}
    forced = take_back(first, force=True)
    assert (forced.clients.removed, forced.clients.left) == (1, 1)
    assert sorted(crm.rows('select "whatsappMessageId" from messages')) == [
        f"false_{PHONE[1:]}@c.us_A",
        f"false_{PHONE[1:]}@c.us_B",
    ]
    take_back(second)
    assert crm.value('select content, "firstName" from messages, clients') == ("hello", "Anna")


def test_people_who_swapped_their_numbers_have_the_old_ones_again(crm: Crm, loads: Loads, take_back: Undo) -> None:
    def person(phone: str, lid: str, name: str) -> Chat:
        return Chat(phone, (Message(name),), more={"addresses": [lid, f"{phone[1:]}@s.whatsapp.net"]})

    loads(person(PHONE, LID, "A"), person(NEW, LID_2, "X"))
    before = rows(crm)
    loads(person(NEW, LID, "A"), person(PHONE, LID_2, "X"))
    assert rows(crm) != before
    assert take_back().clients.restored == 2
    assert rows(crm) == before


def test_a_number_that_somebody_else_has_by_now_is_not_given_back(crm: Crm, loads: Loads, take_back: Undo) -> None:
    loads(Chat(PHONE, (Message("A"),), more={"addresses": [LID]}))
    loads(Chat(NEW, (Message("A"), Message("B", 1)), more={"addresses": [LID]}))
    crm.client(PHONE)
    assert reasons(take_back()) == {("clients", "number_taken")}
    assert take_back(force=True).messages.removed == 1
    assert sorted(crm.rows("select phone from clients")) == [PHONE, NEW]


def test_a_run_of_another_database_is_not_listed_and_not_taken_back(crm: Crm, loads: Loads, take_back: Undo) -> None:
    run = str(loads(Chat(PHONE)).run)
    (record,) = read_ledgers(loads.ledgers)
    elsewhere = record.model_copy(update={"place": record.place.model_copy(update={"database": 1})})
    run_file_of(loads.ledgers, run).write_bytes(elsewhere.to_json())
    # its mark says that it is here all the same (a restored copy)
    assert len(list_runs(crm.connection, None, loads.runs)) == 1
    crm.connection.execute("update clients set metadata = null")
    assert list_runs(crm.connection, None, loads.runs) == []
    with pytest.raises(UserError, match="No load has this id"):
        take_back(run)


def test_a_record_that_is_damaged_or_gone_stops_it(crm: Crm, loads: Loads, take_back: Undo) -> None:
    run = str(loads(*many_chats(3)).run)
    path = changes_of(loads.ledgers, run)
    content = path.read_bytes()
    path.write_bytes(content[:-9] + b"x" + content[-8:])
    with pytest.raises(UserError, match="damaged or gone"):
        take_back(run)
    assert crm.value("select count(*) from clients") == 3
    path.write_bytes(content)
    assert take_back(run).clients.removed == 3


KILLED = """
import os, signal, sys
from pathlib import Path
from load.database import connect
from load.targets.soul_kg.take_back import SoulKgUndo
from load.undo import UndoOptions, undo
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[3] == "after the mark":
    whole = SoulKgUndo.mark
    SoulKgUndo.mark = lambda *given: (whole(*given), die())
elif sys.argv[3] == "after the commit":
    SoulKgUndo.settle = die
else:
    SoulKgUndo.mark = die
undo(connect(sys.argv[1]), UndoOptions("last"), runs=Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", ["before the mark", "after the mark", "after the commit"])
def test_one_that_is_killed_is_done_whole_or_not_at_all_and_known_for_that(
    crm: Crm, soul_kg: str, loads: Loads, take_back: Undo, moment: str
) -> None:
    run = str(loads(*many_chats(3)).run)
    before = crm.dump()
    words = [sys.executable, "-c", KILLED, soul_kg, str(loads.runs), moment]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    died = subprocess.run(words, check=False, env=environment, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    if moment == "after the commit":
        assert crm.value("select count(*) from clients") == 0
        with pytest.raises(UserError, match="taken back before"):
            take_back(run)
        assert read_ledgers(loads.ledgers)[0].undoing is None
    else:
        assert crm.dump() == before
        assert take_back(run).clients.removed == 3


@pytest.mark.parametrize("moment", ["after the mark", "after the commit"])
def test_the_last_load_that_stands_is_told_by_the_database_when_taking_one_back_was_killed(
    crm: Crm, soul_kg: str, loads: Loads, moment: str
) -> None:
    first, second = (str(loads(*many_chats(count)).run) for count in (3, 4))
    words = [sys.executable, "-c", KILLED, soul_kg, str(loads.runs), moment]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    died = subprocess.run(words, check=False, env=environment, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    last = find_run(crm.connection, "last", None, loads.runs)
    assert str(last.id) == (first if moment == "after the commit" else second)


def test_a_load_that_was_killed_before_its_commit_is_not_listed(crm: Crm, loads: Loads) -> None:
    run = str(loads(*many_chats(3)).run)
    dead = str(loads(Chat(PHONE)).run)
    record = read_ledgers(loads.ledgers)[1]
    crm.connection.execute("delete from clients where phone = %s", [PHONE])
    with crm.connection.transaction(force_rollback=True):
        place = place_of(crm.connection)
    written = record.model_copy(update={"state": "written", "place": place})
    run_file_of(loads.ledgers, dead).write_bytes(written.to_json())
    assert [str(found.id) for found in list_runs(crm.connection, None, loads.runs)] == [run]


def test_loads_of_a_copy_of_the_database_are_no_later_loads(
    crm: Crm, loads: Loads, take_back: Undo, server: Embedded
) -> None:
    clean = loads.clean(many_chats(3))
    run = str(loads.load(clean).run)
    ensure_database(server, "soul_kg_copy")
    with connect(server.conninfo("soul_kg_copy")) as copy:
        copy.execute(TABLES_SQL)
        copy.execute(
            'insert into organizations (id, name, slug, "updatedAt") values (%s, %s, %s, now())', [ORG, "", "soul-kg"]
        )
        load(copy, clean, LoadOptions("soul-kg"), runs=loads.runs)
    report = take_back(run)
    # rows there have the same keys
    assert (report.refused, report.clients.removed, report.messages.removed) == (False, 3, 9)
    assert crm.value("select count(*) from messages") == 0


def test_a_load_that_wrote_nothing_is_not_the_last_one(crm: Crm, loads: Loads, take_back: Undo) -> None:
    run = str(loads(*many_chats(3)).run)
    again = loads(*many_chats(3))
    assert (again.run, again.messages.already_there) == (None, 9)
    assert [ledger.run for ledger in read_ledgers(loads.ledgers)] == [run]
    assert sorted(path.suffix for path in loads.ledgers.iterdir()) == [".json", ".parquet"]
    assert take_back().clients.removed == 3


def test_a_large_table_without_an_index_for_it_is_named_with_the_index(
    crm: Crm, take_back: Undo, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads(*many_chats(2))
    assert take_back(dry_run=True).warnings == []
    monkeypatch.setattr("load.taking_back._LARGE", 0)
    found = take_back(dry_run=True).warnings
    assert any(warning.endswith('create index on "public"."messages" ("conversationId")') for warning in found)
    for warning in found:
        crm.connection.execute(warning.rpartition(": ")[2].encode())
    assert take_back().warnings == []


def test_the_documented_rights_are_enough(crm: Crm, soul_kg: str, loads: Loads) -> None:
    role = f"undoer_{crm.connection.info.dbname}"
    crm.connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
    for table, rights in SOUL_KG_UNDO_RIGHTS.items():
        crm.connection.execute(
            sql.SQL("grant {} on {} to {}").format(
                sql.SQL(", ").join(sql.SQL(right) for right in rights), sql.Identifier(table), sql.Identifier(role)
            )
        )
    try:
        loads(*many_chats(5))
        before = rows(crm)
        loads(*RICHER, skip_duplicates=False)
        with connect(make_conninfo(soul_kg, user=role)) as limited:
            assert not undo(limited, UndoOptions("last"), runs=loads.runs).refused
        assert rows(crm) == before
    finally:
        crm.connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(role)))
        crm.connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def test_the_plan_tells_who_is_new_and_who_changes_and_writes_nothing(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, (Message("A", 1),)))
    before = crm.dump()
    clean = loads.clean(
        [
            Chat(OTHER, (Message("N", 50), Message("M", 51)), name=None, first_name=None, last_name=None),
            Chat(PHONE, (Message("A", 1), Message("B", 9)), status="SOLD"),
        ]
    )
    found = plan(crm.connection, clean, LoadOptions("soul-kg", skip_duplicates=False), runs=loads.runs)
    assert crm.dump() == before
    assert len(list_runs(crm.connection, None, loads.runs)) == 1
    new, changed = found.clients
    assert (new.phone, new.new, new.name, new.messages_new, new.changes) == (OTHER, True, None, 2, [])
    assert (changed.phone, changed.new, changed.messages_new) == (PHONE, False, 1)
    told = {change["field"]: (change["old"], change["new"]) for change in changed.changes}
    assert told["status"] == ("NEW_LEAD", "SOLD")
    assert told["metadata.messageCount"] == (1, 2)
    assert "lastMessageAt" in told


def test_the_check_finds_what_is_wrong_and_what_is_behind(crm: Crm, loads: Loads) -> None:
    chats = many_chats(3)
    loads(*chats)

    def found(newer: list[Chat]) -> dict[str, int]:
        report = check(crm.connection, "soul-kg", loads.clean(newer))
        return {finding.name: finding.rows for finding in report.findings}

    assert found(chats) == {}
    assert found([*many_chats(3, messages=4), Chat(OTHER)]) == {"behind_archive": 3, "not_in_database": 1}
    conversation = crm.value("select id from conversations order by id limit 1")
    crm.message(conversation, "bare", createdAt=naive(900))
    crm.message(conversation, "false_1@c.us_bare", createdAt=naive(900))
    crm.client("996 555 00-00-02")
    assert found(chats) == {"double_messages": 2, "double_phones": 2, "late_conversations": 1}


loads_of_archives = st.tuples(st.just("load"), st.integers(0, 40), st.booleans(), st.booleans())
undos = st.tuples(st.just("undo"), st.integers(0, 9), st.booleans(), st.booleans())
people = st.tuples(st.just("people"), st.integers(0, 6), st.integers(0, 9), st.booleans())
works_of_all = st.lists(st.one_of(loads_of_archives, undos, people, people), min_size=3, max_size=12)


def archive(variant: int) -> list[Chat]:
    choose = random.Random(variant)  # noqa: S311 - a state to load, not a secret
    chats = []
    for person in choose.sample(range(3), choose.randint(1, 3)):
        phone = f"+99655500000{person if variant % 3 else choose.randint(0, 2) + 3 * person}"
        edited = choose.random() < 0.4
        more: dict[str, Any] = {"edited_at": naive(variant)} if edited else {}
        messages = tuple(
            Message(f"{person}-{turn}", turn, ("INCOMING", "OUTGOING")[turn % 2], f"text {variant * edited}", more)
            for turn in range(choose.randint(1, 4))
        )
        name = choose.choice(["Anna", "Boris"])
        status = choose.choice(["NEW_LEAD", "SOLD"])
        addresses = [f"10000000000000{person}@lid", f"{phone[1:]}@s.whatsapp.net"]
        chats.append(Chat(phone, messages, name=name, first_name=name, status=status, more={"addresses": addresses}))
    return chats


Claims = dict[tuple[str, str, str], Any]


def work_of_a_person(crm: Crm, kind: int, pick: int, claims: Claims) -> None:
    def change(table: str, column: str, value: Any) -> None:
        ids = crm.rows(f"select id from {table} order by id")  # noqa: S608 - our names
        if ids:
            row = ids[pick % len(ids)]
            crm.connection.execute(f'update {table} set "{column}" = %s where id = %s'.encode(), [value, row])  # noqa: S608
            claims[table, row, column] = value

    if kind == 0:
        change("clients", "firstName", f"by hand {pick}")
    elif kind == 1:
        change("clients", "status", "SERVICE")
    elif kind == 2:
        change("clients", "email", f"{pick}@example.org")
    elif kind == 3:
        change("conversations", "managedBy", "HUMAN")
    elif kind == 4:
        change("messages", "content", f"theirs {pick}")
    elif kind == 5:
        change("messages", "translatedContent", f"theirs {pick}")
    else:
        ids = crm.rows("select id from conversations order by id")
        if ids:
            made = crm.message(ids[pick % len(ids)], None, "OUTGOING", content="theirs")
            claims["messages", made, "content"] = "theirs"


def standing(crm: Crm, claims: Claims) -> Claims:
    found: Claims = {}
    for (table, row, column), value in claims.items():
        query = f"select to_jsonb(t) ->> '{column}' from {table} t where id = %s"  # noqa: S608 - our names
        if crm.rows(query, row) == [value]:
            found[table, row, column] = value
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(works_of_all)
def test_people_lose_nothing_and_the_last_load_leaves_no_trace(
    crm: Crm, loads: Loads, works_of_all: list[tuple[str, int, Any, bool]]
) -> None:
    crm.connection.execute("truncate clients cascade")
    for file in loads.ledgers.glob("*"):
        file.unlink()
    claims: Claims = {}
    before_load: dict[str, list[Any]] | None = None
    for what, number, more, flag in [("load", 1, True, False), *works_of_all]:
        before = rows(crm)
        if what == "load":
            loaded = loads(*archive(number), skip_duplicates=bool(more), overwrite_status=flag)
            claims = standing(crm, claims)
            if loaded.run:
                before_load = before
            else:
                assert rows(crm) == before
        elif what == "people":
            work_of_a_person(crm, number, more, claims)
            before_load = None
        else:
            runs = [run for run in list_runs(crm.connection, None, loads.runs) if run.undone_at is None]
            if not runs:
                continue
            run = runs[number % len(runs)]
            report = undo(crm.connection, UndoOptions(str(run.id), force=flag), runs=loads.runs)
            if report.refused:
                assert rows(crm) == before
            assert standing(crm, claims) == claims
            if before_load is not None and run is runs[0]:
                assert not report.refused
                assert rows(crm) == before_load
            before_load = None

"""Taking a load back: what it inserted goes, what it changed gets its earlier values, what others did is left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from load.database import connect
from load.report import LoadOptions
from load.rights import UNDO_RIGHTS
from load.run import load
from load.runs import find_run, list_runs
from load.statements import statement
from load.undo import Conflict, UndoOptions, UndoReport, undo
from schemas.errors import ExitCode, UserError
from schemas.progress import Step
from tests.load.clean_runs import Chat, Message, at, many_chats, write_clean_run
from tests.load.conftest import OF_THE_RUN, ORGANIZATION, Loader, dump, one

PHONE, OTHER = "+996555123456", "+996555123457"
LID, LID_2 = "100000000000001@lid", "200000000000002@lid"

Undo = Callable[..., UndoReport]


@pytest.fixture
def take_back(connection: psycopg.Connection) -> Undo:
    """Takes back the newest load that stands, or `run`: take_back(run, **UndoOptions)."""

    def run(which: str | None = "last", **options: Any) -> UndoReport:
        return undo(connection, UndoOptions(str(which), "soul-kg", **options))

    return run


def reasons(report: UndoReport) -> set[tuple[str, str]]:
    return {(conflict.table, conflict.reason) for conflict in report.conflicts}


def rows(connection: psycopg.Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row but the marks of time; ids are those of the runs too."""
    found = dump(connection, without=("updated_at",))
    # random keys
    for row in found["client_status_history"]:
        del row["id"]
    return found


def number(phone: str) -> str:
    return f"{phone[1:]}@s.whatsapp.net"


def a_message_by_hand(connection: psycopg.Connection, phone: str = PHONE) -> None:
    connection.execute(
        """
        insert into messages (id, organization_id, conversation_id, direction, whatsapp_message_id, type, body, sent_at)
        select gen_random_uuid(), v.organization_id, v.id, 'OUTGOING', 'by hand', 'TEXT', 'theirs', now()
        from conversations v join clients c on c.id = v.client_id where c.phone = %s
        """,
        [phone],
    )


RICHER = [
    Chat(
        f"+9965550{0:05}", (Message("0-0", 0, body="edited", more={"edited_at": at(9)}), Message("new", 30)), name="N"
    ),
    *[chat.but(status="CLOSED", archived=True) for chat in many_chats(5, messages=4)[1:]],
    Chat(OTHER, (Message("Z", 50),)),
]


def test_the_first_load_leaves_nothing_when_it_is_taken_back(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    before = dump(connection)
    loaded = load_chats(many_chats(5))
    report = take_back()
    assert (report.run, report.refused, report.conflicts) == (loaded.run, False, [])
    assert (report.clients.removed, report.conversations.removed, report.messages.removed) == (5, 5, 15)
    assert (report.history_rows, report.messages.left) == (5, 0)
    assert dump(connection) == before


@pytest.mark.parametrize("skip_duplicates", [True, False])
def test_a_later_load_is_taken_back_to_the_rows_before_it(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo, skip_duplicates: bool
) -> None:
    load_chats(many_chats(5))
    before = rows(connection)
    load_chats(RICHER, skip_duplicates=skip_duplicates)
    assert rows(connection) != before
    report = take_back()
    assert report.messages.restored == 1
    assert report.clients.restored == (0 if skip_duplicates else 5)
    assert rows(connection) == before


def test_loading_again_what_was_taken_back_brings_all_of_it(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats(many_chats(5))
    load_chats(RICHER, skip_duplicates=False)
    loaded = dump(connection, without=OF_THE_RUN)
    take_back()
    load_chats(RICHER, skip_duplicates=False)
    assert dump(connection, without=OF_THE_RUN) == loaded


def test_after_taking_back_the_short_answer_of_a_load_is_not_believed(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats(many_chats(3))
    assert load_chats(many_chats(3)).run is None  # it changed nothing, so there is nothing to take back
    loaded = dump(connection, without=OF_THE_RUN)
    take_back()
    assert load_chats(many_chats(3)).messages.inserted == 9
    assert dump(connection, without=OF_THE_RUN) == loaded


def test_a_load_is_taken_back_once(connection: psycopg.Connection, load_chats: Loader, take_back: Undo) -> None:
    run = load_chats(many_chats(1)).run
    take_back(run)
    with pytest.raises(UserError, match="taken back before") as raised:
        take_back(run)
    assert raised.value.exit_code is ExitCode.FAILED
    assert raised.value.hint
    marked = find_run(connection, str(run), None)
    assert marked.undone_at is not None
    assert marked.undone == {
        "removed": {"clients": 1, "conversations": 1, "messages": 3, "client_status_history": 1},
        "restored": {"clients": 0, "conversations": 0, "messages": 0},
        "left": {},
    }
    with pytest.raises(UserError, match="no load that stands"):
        take_back("last")


def test_a_dry_run_tells_the_same_figures_and_changes_nothing(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats(many_chats(5))
    load_chats(RICHER, skip_duplicates=False)
    before = dump(connection)
    dry = take_back(dry_run=True)
    assert dump(connection) == before
    assert list_runs(connection, None)[0].undone_at is None
    real = take_back()
    assert (dry.clients, dry.conversations, dry.messages, dry.history_rows) == (
        real.clients,
        real.conversations,
        real.messages,
        real.history_rows,
    )


def test_people_who_swapped_their_numbers_have_the_old_ones_again(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    def person(phone: str, lid: str, name: str) -> Chat:
        return Chat(phone, (Message(name),), more={"addresses": [lid, number(phone)]})

    load_chats([person(PHONE, LID, "A"), person("+996700000002", LID_2, "X")])
    before = rows(connection)
    swapped = [person("+996700000002", LID, "A"), person(PHONE, LID_2, "X")]
    load_chats(swapped)
    after = dump(connection, without=OF_THE_RUN)
    assert rows(connection) != before
    assert take_back().clients.restored == 2
    assert rows(connection) == before
    # and what was forgotten does not keep the next load from giving the new ones
    load_chats(swapped)
    assert dump(connection, without=OF_THE_RUN) == after


def test_a_number_that_passed_to_a_newcomer_goes_back(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats([Chat(PHONE, (Message("A"),), more={"addresses": [LID, number(PHONE)]})])
    before = rows(connection)
    load_chats(
        [
            Chat(OTHER, (Message("A"),), more={"addresses": [LID, number(OTHER)]}),
            Chat("+996700000002", (Message("Q"),)),
            Chat(PHONE, (Message("X"),), more={"addresses": [LID_2, number(PHONE)]}),
        ]
    )
    take_back(dry_run=True)
    report = take_back()
    assert rows(connection) == before, report


BY_PEOPLE = {
    "a name": ("update clients set name = 'Corrected' where phone = %(phone)s", ("clients", "changed")),
    "a status": ("update clients set status = 'SERVICE' where phone = %(phone)s", ("clients", "changed")),
    "a status spoken about": (
        """insert into client_status_history (organization_id, client_id, old_status, new_status, changed_by)
        select organization_id, id, status, status, 'HUMAN' from clients where phone = %(phone)s""",
        ("clients", "people"),
    ),
    "a reason of the history": (
        (
            "update client_status_history set reason = 'because' where client_id = (select id from clients "
            "where phone = %(phone)s)"
        ),
        ("clients", "people"),
    ),
    "a chat put aside": (
        "update conversations set archived = true where client_id = (select id from clients where phone = %(phone)s)",
        ("conversations", "changed"),
    ),
    "another channel": (
        (
            "insert into conversations (id, organization_id, client_id, channel) "
            "select gen_random_uuid(), organization_id, id, 'TELEGRAM' from clients where phone = %(phone)s"
        ),
        ("clients", "people"),
    ),
    "a text": (
        (
            "update messages set body = 'corrected' where id = (select m.id from messages m join conversations v "
            "on v.id = m.conversation_id join clients c on c.id = v.client_id where c.phone = %(phone)s "
            "order by m.id limit 1)"
        ),
        ("messages", "changed"),
    ),
    "a message": (
        """insert into messages (id, organization_id, conversation_id, direction, whatsapp_message_id, type, sent_at)
        select gen_random_uuid(), v.organization_id, v.id, 'OUTGOING', 'live', 'TEXT', now()
        from conversations v join clients c on c.id = v.client_id where c.phone = %(phone)s""",
        ("conversations", "people"),
    ),
    "a note in a table of their own": (
        "insert into notes (client_id, words) select id, 'call back' from clients where phone = %(phone)s",
        ("clients", "referenced"),
    ),
    "a star at a message": (
        (
            "insert into stars select m.id from messages m join conversations v on v.id = m.conversation_id "
            "join clients c on c.id = v.client_id where c.phone = %(phone)s order by m.id limit 1"
        ),
        ("messages", "referenced"),
    ),
    "a column of their own": (
        "update clients set nickname = 'Ann' where phone = %(phone)s",
        ("clients", "changed"),
    ),
    "a flag of their own": (
        (
            "update messages set starred = true where conversation_id = (select v.id from conversations v "
            "join clients c on c.id = v.client_id where c.phone = %(phone)s) and direction = 'OUTGOING'"
        ),
        ("messages", "changed"),
    ),
}
THEIR_TABLES = """
create table notes (client_id uuid references clients on delete cascade, words text);
create table stars (message_id uuid references messages on delete cascade);
create schema theirs;
create table theirs.nothing (client_id uuid, organization_id uuid,
  foreign key (client_id, organization_id) references public.clients (id, organization_id));
alter table clients add column nickname text;
alter table messages add column starred boolean not null default false;
"""
PEOPLES_PHONE = "+996555000002"


def chat_of_people(connection: psycopg.Connection) -> list[Any]:
    """Everything below the client whom people have worked on."""
    query = """
        select to_jsonb(c) - 'updated_at', to_jsonb(v) - 'updated_at', to_jsonb(m), n.words, s.message_id
        from clients c left join conversations v on v.client_id = c.id left join messages m on m.conversation_id = v.id
        left join notes n on n.client_id = c.id left join stars s on s.message_id = m.id
        where c.phone = %s order by c.id, v.id, m.id
    """
    return connection.execute(query.encode(), [PEOPLES_PHONE]).fetchall()


@pytest.mark.parametrize("work", BY_PEOPLE)
def test_what_people_have_worked_on_is_listed_and_nothing_is_taken_back(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo, work: str
) -> None:
    query, reason = BY_PEOPLE[work]
    connection.execute(THEIR_TABLES.encode())
    load_chats(many_chats(5))
    connection.execute(query.encode(), {"phone": PEOPLES_PHONE})
    before = dump(connection)
    client = one(connection, "select id from clients where phone = %s", PEOPLES_PHONE)
    report = take_back()
    assert report.refused
    assert reasons(report) == {reason}
    assert {conflict.client for conflict in report.conflicts} == {str(client)}
    assert dump(connection) == before
    assert list_runs(connection, None)[0].undone_at is None


@pytest.mark.parametrize("work", BY_PEOPLE)
def test_force_leaves_what_people_have_worked_on_and_takes_the_rest(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo, work: str
) -> None:
    query, _ = BY_PEOPLE[work]
    connection.execute(THEIR_TABLES.encode())
    load_chats(many_chats(5))
    connection.execute(query.encode(), {"phone": PEOPLES_PHONE})
    theirs = chat_of_people(connection)
    report = take_back(force=True)
    assert not report.refused
    assert report.clients.left == 1
    assert report.clients.removed == 4
    assert connection.execute("select phone from clients").fetchall() == [(PEOPLES_PHONE,)]
    left = chat_of_people(connection)
    # nothing of theirs is gone; the client's counts follow what remains
    assert {row[0]["name"] for row in left} == {row[0]["name"] for row in theirs}
    assert {row[0]["status"] for row in left} == {row[0]["status"] for row in theirs}
    if work in {"a text", "a message", "a star at a message", "a flag of their own"}:
        assert one(connection, "select count(*) from messages") == 1
        assert one(connection, "select message_count from conversations") == 1
    if work == "a text":
        assert one(connection, "select body from messages") == "corrected"
    assert one(connection, "select incoming_count + outgoing_count from clients") == one(
        connection, "select count(*) from messages"
    )
    assert one(connection, "select count(*) from notes") == (work == "a note in a table of their own")
    assert one(connection, "select count(*) from stars") == (work == "a star at a message")


def test_a_change_by_a_person_of_what_a_load_changed_is_left(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats([Chat(PHONE), Chat(OTHER)])
    load_chats([Chat(PHONE, name="New Name"), Chat(OTHER, name="New Name")], skip_duplicates=False)
    connection.execute("update clients set name = 'Theirs' where phone = %s", [PHONE])
    assert reasons(take_back()) == {("clients", "changed")}
    report = take_back(force=True)
    assert (report.clients.restored, report.clients.left) == (1, 1)
    assert dict(connection.execute("select phone, name from clients").fetchall()) == {
        PHONE: "Theirs",
        OTHER: "Anna Petrova",
    }


def test_a_change_by_a_person_of_what_a_load_did_not_change_is_no_hindrance(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats([Chat(PHONE)])
    load_chats([Chat(PHONE, (Message("A"), Message("B", 1)), name="New Name")], skip_duplicates=False)
    connection.execute("update clients set country = 'KZ'")
    a_message_by_hand(connection)
    report = take_back()
    assert not report.refused
    # the message came since, so the counts follow it and are not set back
    assert one(connection, "select name, country, outgoing_count from clients") == ("Anna Petrova", "KZ", 1)
    assert one(connection, "select message_count from conversations") == 2


def test_rows_of_people_that_a_load_wrote_into_are_as_they_were(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    connection.execute(
        "insert into clients (id, organization_id, phone, name, status) "
        "values (gen_random_uuid(), %s, %s, 'By hand', 'SERVICE')",
        [ORGANIZATION, PHONE],
    )
    connection.execute(
        "insert into conversations (id, organization_id, client_id) select gen_random_uuid(), organization_id, id "
        "from clients"
    )
    a_message_by_hand(connection)
    before = rows(connection)
    load_chats([Chat(PHONE, (Message("A"), Message("by hand", 1, "OUTGOING")))], skip_duplicates=False)
    assert one(connection, "select message_count from conversations") == 2
    take_back()
    # even their counts, which nobody had kept
    assert rows(connection) == before


def test_an_earlier_load_that_a_later_one_built_on_names_it(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    first = load_chats([Chat(PHONE), Chat(OTHER)]).run
    before = rows(connection)
    second = load_chats(
        [Chat(PHONE, (Message("A", body="edited"), Message("B", 1)), name="Later")], skip_duplicates=False
    )
    report = take_back(first)
    assert report.refused
    assert {conflict.by for conflict in report.conflicts} == {second.run}
    assert reasons(report) == {
        ("clients", "later_import"),
        ("conversations", "later_import"),
        ("messages", "later_import"),
    }
    forced = take_back(first, force=True)
    assert (forced.clients.removed, forced.clients.left) == (1, 1)
    assert connection.execute("select phone, name from clients").fetchall() == [(PHONE, "Later")]
    assert one(connection, "select count(*) from messages") == 2
    # the later one can still be taken back, to what the first had left there
    take_back(second.run)
    found = rows(connection)
    assert found["clients"] == [row for row in before["clients"] if row["phone"] == PHONE]
    assert [row["whatsapp_message_id"] for row in found["messages"]] == ["A"]


def test_loads_that_only_added_messages_of_their_own_are_no_hindrance_to_each_other(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats([Chat(PHONE)])
    second = load_chats([Chat(PHONE, (Message("A"), Message("B", 1)))]).run
    load_chats([Chat(PHONE, (Message("A"), Message("B", 1), Message("C", 2)))])
    report = take_back(second)
    assert not report.refused
    assert sorted(row["whatsapp_message_id"] for row in dump(connection)["messages"]) == ["A", "C"]
    assert one(connection, "select message_count, last_message_at from conversations") == (2, at(2))
    take_back()
    assert one(connection, "select message_count, last_message_at from conversations") == (1, at(0))
    assert one(connection, "select incoming_count, last_message_at from clients") == (1, at(0))


def test_a_text_that_a_load_wrote_over_a_persons_is_the_persons_again_and_then_stays(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats([Chat(PHONE)])
    connection.execute("update messages set body = 'theirs'")
    load_chats([Chat(PHONE, (Message("A", body="edited"),))])
    take_back()
    assert one(connection, "select body from messages") == "theirs"
    assert reasons(take_back()) == {("messages", "changed")}


def test_what_people_have_deleted_is_no_hindrance(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats(many_chats(4))
    connection.execute("delete from clients where phone = %s", [PEOPLES_PHONE])
    connection.execute("delete from messages where direction = 'OUTGOING'")
    report = take_back()
    assert (report.refused, report.clients.removed, report.messages.removed) == (False, 3, 6)
    assert one(connection, "select count(*) from clients") == 0


def test_a_number_that_somebody_else_has_by_now_is_not_given_back(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats([Chat(PHONE, (Message("A"),), more={"addresses": [LID, number(PHONE)]})])
    load_chats([Chat(OTHER, (Message("A"), Message("B", 1)), more={"addresses": [LID, number(OTHER)]})])
    connection.execute(
        "insert into clients (id, organization_id, phone) values (gen_random_uuid(), %s, %s)", [ORGANIZATION, PHONE]
    )
    assert reasons(take_back()) == {("clients", "number_taken")}
    report = take_back(force=True)
    assert (report.messages.removed, report.clients.left) == (1, 1)
    assert sorted(connection.execute("select phone, incoming_count from clients").fetchall()) == [
        (PHONE, 0),
        (OTHER, 1),
    ]


def test_an_added_address_and_a_reaction_are_taken_back(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    reaction = '[{"emoji":"👍","from_me":true,"sent_at":"2026-03-01T09:00:00.000Z"}]'
    load_chats([Chat(PHONE, (Message("A", more={"reactions": reaction}),))])
    before = rows(connection)
    hearts = json.dumps([{"emoji": '❤️"', "from_me": False, "sent_at": "2026-03-01T09:00:00.000Z"}], ensure_ascii=False)
    chat = Chat(PHONE, (Message("A", more={"reactions": hearts.replace(": ", ":").replace(", ", ",")}),))
    load_chats([chat.but(more={"addresses": [LID, number(PHONE)]})])
    assert take_back().messages.restored == 1
    assert rows(connection) == before
    assert take_back().refused is False
    assert one(connection, "select count(*) from clients") == 0


def test_another_organizations_rows_are_not_touched(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    connection.execute("insert into organizations (id, name, slug) values (gen_random_uuid(), 'Other', 'other')")
    load_chats(many_chats(2), org="other")
    before = dump(connection)
    run = load_chats(many_chats(3)).run
    with pytest.raises(UserError, match="No load has this id"):
        undo(connection, UndoOptions(str(run), "other"))
    take_back()
    assert dump(connection) == before


def test_rows_of_a_load_before_the_ledger_was_kept_are_left(
    connection: psycopg.Connection, load_chats: Loader, take_back: Undo
) -> None:
    load_chats(many_chats(1))
    connection.execute("delete from import_run_rows")
    assert reasons(take_back()) == {("clients", "unknown"), ("conversations", "unknown")}


@pytest.fixture
def undoer(connection: psycopg.Connection, database: str) -> Iterator[str]:
    """The conninfo of a role with exactly the documented rights."""
    role = f"undoer_{connection.info.dbname}"
    connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
    for table, rights in UNDO_RIGHTS.items():
        connection.execute(
            sql.SQL("grant {} on {} to {}").format(
                sql.SQL(", ").join(sql.SQL(right) for right in rights), sql.Identifier(table), sql.Identifier(role)
            )
        )
    yield make_conninfo(database, user=role)
    connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(role)))
    connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def test_the_documented_rights_are_enough(connection: psycopg.Connection, undoer: str, load_chats: Loader) -> None:
    load_chats(many_chats(5))
    before = rows(connection)
    load_chats(RICHER, skip_duplicates=False)
    with connect(undoer) as limited:
        undo(limited, UndoOptions("last"))
    assert rows(connection) == before


def test_rights_that_are_missing_are_named_with_the_grant_that_gives_them(
    connection: psycopg.Connection, undoer: str, load_chats: Loader
) -> None:
    load_chats(many_chats(1))
    role = str(psycopg.conninfo.conninfo_to_dict(undoer)["user"])
    connection.execute(sql.SQL("revoke delete on messages from {}").format(sql.Identifier(role)))
    with connect(undoer) as limited, pytest.raises(UserError) as raised:
        undo(limited, UndoOptions("last"))
    assert raised.value.exit_code is ExitCode.DATABASE
    assert f'grant delete on public."messages" to "{role}";' in (raised.value.hint or "")


def test_a_table_that_refers_to_ours_and_cannot_be_read_stops_it(
    connection: psycopg.Connection, undoer: str, load_chats: Loader
) -> None:
    load_chats(many_chats(1))
    connection.execute(THEIR_TABLES.encode())
    with connect(undoer) as limited, pytest.raises(UserError, match=r"public\.notes refers to the rows") as raised:
        undo(limited, UndoOptions("last"))
    assert 'grant select on "public"."notes"' in (raised.value.hint or "")


def test_what_somebody_writes_meanwhile_is_waited_for(
    connection: psycopg.Connection, database: str, load_chats: Loader
) -> None:
    load_chats(many_chats(2))
    told: list[Step] = []
    with connect(database) as crm:
        crm.execute("begin")
        crm.execute("update clients set name = 'Theirs' where phone = '+996555000001'")

        def watch(one_step: Step) -> None:
            told.append(one_step)
            if one_step.name.startswith("waiting"):
                crm.execute("commit")

        report = undo(connection, UndoOptions("last"), watch)
    assert "waiting for others who write to these tables" in [one_step.name for one_step in told]
    assert reasons(report) == {("clients", "changed")}


def test_somebody_who_writes_all_the_time_is_not_waited_for_for_ever(
    connection: psycopg.Connection, database: str, load_chats: Loader
) -> None:
    load_chats(many_chats(1))
    with connect(database) as crm:
        crm.execute("begin")
        crm.execute("update clients set name = 'Theirs'")
        with pytest.raises(UserError, match="writing to these tables"):
            undo(connection, UndoOptions("last", lock_timeout=0.6))
        crm.execute("rollback")


def test_of_two_at_once_one_takes_the_load_back(
    connection: psycopg.Connection, database: str, load_chats: Loader
) -> None:
    load_chats(many_chats(3))
    run = str(list_runs(connection, None)[0].id)

    def go(_number: int) -> str:
        def slow(one_step: Step) -> None:
            if one_step.name == "taking the load back":
                time.sleep(0.3)

        with connect(database) as own:
            try:
                return str(undo(own, UndoOptions(run), slow).clients.removed)
            except UserError as error:
                return error.message.split(",")[0]

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(go, range(2))) == ["3", "This load was taken back before"]


KILLED = """
import os, signal, sys
from load.database import connect
from load.undo import UndoOptions, undo
def die(step):
    if step.name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
from load.targets.crm.take_back import CrmUndo
if sys.argv[2] == "the mark":
    CrmUndo.mark = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
undo(connect(sys.argv[1]), UndoOptions("last"), die)
"""


@pytest.mark.parametrize("moment", ["looking for what was done since", "taking the load back", "the mark"])
def test_one_that_is_killed_has_taken_nothing_back(
    connection: psycopg.Connection, database: str, load_chats: Loader, moment: str
) -> None:
    load_chats(many_chats(3))
    before = dump(connection)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    died = subprocess.run(
        [sys.executable, "-c", KILLED, database, moment], check=False, env=environment, capture_output=True
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert dump(connection) == before
    assert undo(connection, UndoOptions("last")).clients.removed == 3


def test_a_load_of_a_run_that_was_taken_back_in_part_completes_it(
    connection: psycopg.Connection, tmp_path: Path, load_chats: Loader, take_back: Undo
) -> None:
    clean = write_clean_run(tmp_path / "run", many_chats(4))
    load(connection, clean, LoadOptions("soul-kg"))
    a_message_by_hand(connection, PEOPLES_PHONE)
    assert take_back(force=True).messages.removed == 12
    report = load(connection, clean, LoadOptions("soul-kg"))
    assert (report.chats.imported, report.messages.inserted) == (3, 12)
    assert one(connection, "select count(*) from messages") == 13


def test_reasons_hold_no_values(connection: psycopg.Connection, load_chats: Loader, take_back: Undo) -> None:
    load_chats(many_chats(2))
    a_message_by_hand(connection, PEOPLES_PHONE)
    connection.execute("update clients set name = 'Secret'")
    for conflict in take_back().conflicts:
        assert isinstance(conflict, Conflict)
        assert PEOPLES_PHONE not in repr(conflict)
        assert "Secret" not in repr(conflict)


def test_no_column_of_ours_is_taken_for_one_that_people_added(connection: psycopg.Connection) -> None:
    assert one(connection, statement("crm", "undo/find_added_columns").decode()) is None

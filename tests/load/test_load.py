"""What a load leaves in the database."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from load.database import connect
from load.keys import client_key, conversation_key, message_key
from load.report import LoadOptions, LoadReport
from load.run import load
from load.targets.crm import messages as message_step
from load.targets.crm import prepare
from load.targets.crm.prepare import BatchSizes
from tests.load.clean_runs import Chat, Message, at, many_chats, write_clean_run
from tests.load.conftest import OF_THE_RUN, ORGANIZATION, Loader, dump, one

PHONE = "+996555123456"


def balanced(report: LoadReport) -> bool:
    chats, messages = report.chats, report.messages
    known = messages.inserted + messages.updated + messages.already_there
    return (
        chats.total == chats.imported + chats.updated + chats.skipped + chats.left_out + len(chats.failed)
        and messages.total == known + messages.rejected + messages.left_out
    )


def test_every_column_arrives_as_it_is_in_the_clean_tables(connection: psycopg.Connection, load_chats: Loader) -> None:
    awkward = 'tab\t newline\n return\r backslash\\ \\N \\. "quotes" \U0001f44d \u200fعربي'
    details = {
        "type": "DOCUMENT",
        "reply_to": "B",
        "forwarded": True,
        "edited_at": at(3),
        "deleted_at": at(4),
        "reactions": '[{"emoji":"👍","from_me":true,"sent_at":"2026-03-01T09:00:00Z"}]',
        "media_mime": "application/pdf",
        "media_name": "tour\tplan.pdf",
        "media_bytes": 5_000_000_000,
    }
    chat = Chat(PHONE, (Message("A", 1, body=awkward, more=details), Message("B", 2, "OUTGOING", None)), archived=True)
    report = load_chats([chat])
    assert balanced(report)
    assert (report.chats.imported, report.messages.inserted, report.history_rows) == (1, 2, 1)
    client = connection.execute("select * from clients").fetchone()
    names = [column.name for column in connection.execute("select * from clients").description or ()]
    stored = dict(zip(names, client or (), strict=True))
    told = chat.client() | {"languages": chat.languages}
    del told["skip"]  # who is skipped does not come here
    assert {name: stored[name] for name in told} == told
    assert str(stored["import_run_id"]) == report.run
    found = connection.execute("select * from messages order by sent_at")
    columns = [column.name for column in found.description or ()]
    first, second = (dict(zip(columns, row, strict=True)) for row in found)
    expected = chat.rows()[0] | {"reactions": [{"emoji": "👍", "from_me": True, "sent_at": "2026-03-01T09:00:00Z"}]}
    del expected["phone"]
    assert {name: first[name] for name in expected} == expected
    assert second["body"] is None
    assert first["id"] == message_key(ORGANIZATION, PHONE, "INCOMING", "A")
    assert stored["id"] == client_key(ORGANIZATION, PHONE)
    assert one(connection, "select id, archived, message_count from conversations") == (
        conversation_key(ORGANIZATION, PHONE, "WHATSAPP"),
        True,
        2,
    )
    history = one(connection, "select client_id, old_status, new_status, changed_by from client_status_history")
    assert history == (stored["id"], None, "NEW_LEAD", "IMPORT")


def test_a_second_run_changes_nothing(connection: psycopg.Connection, load_chats: Loader) -> None:
    chats = many_chats(7)
    load_chats(chats)
    before = dump(connection)
    for options in ({}, {"skip_duplicates": False}, {"skip_duplicates": False, "overwrite_status": True}):
        again = load_chats(chats, **options)
        assert dump(connection) == before
        assert balanced(again)
        assert (again.chats.imported, again.chats.updated, again.chats.skipped) == (0, 0, 7)
        assert (again.messages.inserted, again.messages.updated, again.messages.already_there) == (0, 0, 21)
        assert again.history_rows == again.clients_updated == 0


def test_a_dry_run_tells_the_true_numbers_and_leaves_nothing(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats(many_chats(3))
    before = dump(connection)
    runs = one(connection, "select count(*) from import_runs")
    wanted = [chat.but(status="CLOSED") for chat in many_chats(9, messages=4)]
    dry = load_chats(wanted, skip_duplicates=False, dry_run=True)
    assert dump(connection) == before
    assert one(connection, "select count(*) from import_runs") == runs
    real = load_chats(wanted, skip_duplicates=False)
    assert dry.run is None
    assert dry.dry_run
    assert real.run is not None
    assert replace(dry, run=real.run, dry_run=False) == real
    assert (real.chats.imported, real.chats.updated, real.messages.inserted) == (6, 3, 27)


def test_two_chats_at_a_time_end_as_all_at_once(
    connection: psycopg.Connection, empty_database: str, load_chats: Loader
) -> None:
    chats = many_chats(7)
    reports = [load_chats(chats, limit=2, only_new=True) for _ in range(4)]
    assert [report.chats.imported for report in reports] == [2, 2, 2, 1]
    assert [report.chats.left_out for report in reports] == [5, 5, 5, 6]
    assert [(report.messages.total, report.messages.left_out) for report in reports] == [(21, 15)] * 3 + [(21, 18)]
    assert all(balanced(report) and report.chats.total == 7 for report in reports)
    piecewise = dump(connection, without=OF_THE_RUN)
    connection.execute("truncate clients, import_runs cascade")
    load_chats(chats)
    assert dump(connection, without=OF_THE_RUN) == piecewise


def test_a_limit_takes_the_chats_with_the_latest_message_and_then_the_lower_phone(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    chats = [Chat("+9965550003", (Message("C", 5),)), Chat("+9965550002", (Message("B", 9),))]
    chats += [Chat("+9965550001", (Message("A", 5),))]
    load_chats(chats, limit=2)
    assert connection.execute("select phone from clients order by phone").fetchall() == [
        ("+9965550001",),
        ("+9965550002",),
    ]


def test_unsure_languages_are_written_as_null(connection: psycopg.Connection, load_chats: Loader) -> None:
    messages = tuple(
        Message(language or "none", more={"language": language}) for language in ("und", "other", "ky", None)
    )
    load_chats([Chat(PHONE, messages, language="und"), Chat("+996555000001", language="other")])
    assert connection.execute("select distinct preferred_language from clients").fetchall() == [(None,)]
    rows = connection.execute("select whatsapp_message_id, language from messages where conversation_id = %s", [
        conversation_key(ORGANIZATION, PHONE, "WHATSAPP")
    ])  # fmt: skip
    assert dict(rows.fetchall()) == {"und": None, "other": None, "ky": "ky", "none": None}


def test_nul_characters_are_taken_away_and_counted(connection: psycopg.Connection, load_chats: Loader) -> None:
    reactions = r'[{"emoji": "a\u0000b", "note": "\\u0000 \\\u0000"}]'
    chat = Chat(PHONE, (Message("A", body="x\0y", more={"reactions": reactions}), Message("B\0C")), name="An\0na")
    report = load_chats([chat])
    assert [warning.split()[0] for warning in report.warnings] == ["3"]
    assert one(connection, "select body, reactions from messages where whatsapp_message_id = 'A'") == (
        "xy",
        [{"emoji": "ab", "note": "\\u0000 \\"}],
    )
    assert one(connection, "select name from clients") == "Anna"
    again = load_chats([chat])
    assert again.messages.already_there == 2
    assert one(connection, "select count(*) from messages") == 2


AWKWARD = ["", "\\", "\\N", "\\.", "a\tb", "line\nbreak\r", "\"quoted\" 'twice'", "{a,b}", "null", "\U0001f44d \u0416"]


@pytest.mark.parametrize("text", AWKWARD)
def test_client_texts_and_addresses_arrive_sign_by_sign(
    connection: psycopg.Connection, load_chats: Loader, text: str
) -> None:
    addresses = [text, f"{text}@lid", "996555@s.whatsapp.net"]
    more = {"status_reason": text, "ad_title": text, "addresses": addresses, "country": None}
    load_chats([Chat(PHONE, name=text, languages={text: 0.1}, more=more)])
    stored = connection.execute(
        "select name, status_reason, ad_title, addresses, languages, country, language_confidence from clients"
    ).fetchone()
    assert stored == (text, text, text, addresses, {text: 0.1}, None, 0.9)


def test_no_addresses_are_an_empty_list(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([Chat(PHONE, more={"addresses": []})])
    assert one(connection, "select addresses from clients") == []


def test_a_chat_that_the_database_refuses_is_named_and_the_others_are_loaded(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    chats = [*many_chats(5), Chat("+12", (Message("Z", 99), Message("Y", 98)))]
    report = load_chats(chats, limit=3)
    assert balanced(report)
    assert (report.chats.total, report.chats.imported, report.chats.left_out) == (6, 3, 2)
    assert [(failed.client, failed.reason) for failed in report.chats.failed] == [
        (str(client_key(ORGANIZATION, "+12")), "sqlstate 23514, table clients, constraint clients_phone_e164")
    ]
    assert (report.messages.inserted, report.messages.rejected, report.messages.left_out) == (9, 2, 6)


def test_messages_of_nobody_are_rejected_with_a_warning(connection: psycopg.Connection, tmp_path: Path) -> None:
    clean = write_clean_run(tmp_path / "run", [Chat(PHONE)], messages=[Message("Q").row("+996555000009")])
    report = load(connection, clean, LoadOptions("soul-kg"))
    assert (report.messages.inserted, report.messages.rejected) == (1, 1)
    assert report.warnings == ["1 message belongs to no client of the clean run and was not loaded"]


def test_batches_and_the_direct_way_leave_the_same_rows(
    connection: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    chats = many_chats(10, messages=700)
    # row groups that end inside conversations, batches of two of them
    clean = write_clean_run(tmp_path / "run", chats, row_group=500)
    options = LoadOptions("soul-kg")
    for sizes in (BatchSizes(1000, 1), BatchSizes(1000, 1001), BatchSizes()):
        monkeypatch.setattr(message_step, "SIZES", sizes)
        assert load(connection, clean, options).messages.inserted == 7000
        again = load(connection, clean, options)
        assert (again.messages.inserted, again.messages.already_there) == (0, 7000)
        found.append(dump(connection, without=OF_THE_RUN))
        connection.execute("truncate clients, import_runs cascade")
    assert found[0] == found[1] == found[2]


def test_the_direct_way_gives_way_to_a_row_that_somebody_inserted_meanwhile(
    connection: psycopg.Connection, database: str, load_chats: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_chats([Chat(PHONE)])
    monkeypatch.setattr(message_step, "SIZES", BatchSizes(direct=1))
    fetch = prepare.messages_there

    def fetch_then_another_writes(*arguments: object) -> object:
        found = fetch(*arguments)  # type: ignore[arg-type]
        with connect(database) as crm:
            crm.execute(
                """
                insert into messages
                  (id, organization_id, conversation_id, direction, whatsapp_message_id, type, body, sent_at)
                select gen_random_uuid(), organization_id, id, 'INCOMING', 'B', 'TEXT', 'live', now()
                from conversations
                """
            )
        return found

    monkeypatch.setattr(message_step, "messages_there", fetch_then_another_writes)
    report = load_chats([Chat(PHONE, (Message("A"), Message("B", 1), Message("C", 2)))])
    assert (report.messages.inserted, report.messages.already_there) == (1, 2)
    assert one(connection, "select body from messages where whatsapp_message_id = 'B'") == "live"
    assert one(connection, "select incoming_count from clients") == 3

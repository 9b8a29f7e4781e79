"""Rows that the database refuses are found and named, never shown, and the rest is loaded."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from load.keys import message_key
from load.refused import reasons, write_refused
from load.report import LoadOptions
from load.run import load
from load.targets.crm import messages as message_step
from load.targets.crm.prepare import BatchSizes
from schemas.errors import ExitCode, UserError
from tests.load.clean_runs import Chat, Message, many_chats, write_clean_run
from tests.load.conftest import ORGANIZATION, Loader, dump, one

PHONE = "+996555123456"
SECRET = "our secret plan"  # noqa: S105 - a text
RULES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a check of the company's own": (
        "alter table messages add constraint polite check (body <> 'our secret plan')",
        {},
        "sqlstate 23514, table messages, constraint polite",
    ),
    "a check that waits for the end of the transaction": (
        """create function polite() returns trigger language plpgsql as $$ begin
             if new.body = 'our secret plan' then raise exception 'no: %', new.body; end if; return null; end $$;
           create constraint trigger polite after insert on messages initially deferred
             for each row execute function polite()""",
        {},
        "sqlstate P0001, table messages",
    ),
    "a column made shorter": (
        "alter table messages alter column body type varchar(12)",
        {},
        "sqlstate 22001, table messages, column body",
    ),
    "a column made obligatory": (
        "alter table messages alter column language set not null",
        {"language": None},
        "sqlstate 23502, table messages, column language",
    ),
    "a type that the table does not know": (
        "select",
        {"type": "PIGEON"},
        "sqlstate 23514, table messages, constraint messages_type_known",
    ),
    "text that is no JSON": (
        "select",
        {"reactions": "[our secret plan"},
        "sqlstate 22P02, table messages, column reactions",
    ),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("direct", [1, 50_000])
def test_a_refused_message_is_named_with_the_rule_and_the_others_are_loaded(
    connection: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rule: str,
    direct: int,
) -> None:
    monkeypatch.setattr(message_step, "SIZES", BatchSizes(direct=direct))
    statement, details, reason = RULES[rule]
    connection.execute(statement.encode())
    chat = Chat(PHONE, (Message("A"), Message("B", 1, "OUTGOING", SECRET, details), Message("C", 2)))
    clean = write_clean_run(tmp_path / "run", [*many_chats(3), chat])
    report = load(connection, clean, LoadOptions("soul-kg"))
    assert (report.messages.inserted, report.messages.rejected, report.messages.total) == (11, 1, 12)
    (refused,) = report.refused
    assert (refused.message, refused.reason) == ("B", reason)
    assert refused.id == str(message_key(ORGANIZATION, PHONE, "OUTGOING", "B"))
    query = "select incoming_count, outgoing_count from clients where phone = %s"
    assert one(connection, query, PHONE) == (2, 0)
    # once more: it is tried again and refused again, and nothing else is done
    again = load(connection, clean, LoadOptions("soul-kg"))
    assert (again.messages.already_there, again.messages.rejected, again.run) == (11, 1, None)
    assert again.refused == report.refused


def test_with_strict_the_first_refused_message_ends_the_load(connection: psycopg.Connection, tmp_path: Path) -> None:
    connection.execute("alter table messages add constraint polite check (body <> 'our secret plan')")
    chat = Chat(PHONE, (Message("A"), Message("B", body=SECRET)))
    clean = write_clean_run(tmp_path / "run", [*many_chats(3), chat])
    with pytest.raises(UserError) as raised:
        load(connection, clean, LoadOptions("soul-kg", strict=True))
    assert raised.value.exit_code is ExitCode.FAILED
    assert raised.value.message == (
        "The database refused the message B (sqlstate 23514, table messages, constraint polite); "
        "nothing of the run was loaded."
    )
    assert raised.value.hint
    assert one(connection, "select count(*) from clients") == 0


def test_with_strict_a_refused_client_ends_the_load(connection: psycopg.Connection, load_chats: Loader) -> None:
    with pytest.raises(UserError) as raised:
        load_chats([Chat(PHONE), Chat("+12")], strict=True)
    assert raised.value.exit_code is ExitCode.FAILED
    assert "constraint clients_phone_e164" in raised.value.message
    assert one(connection, "select count(*) from clients") == 0


def test_a_refused_change_leaves_the_message_as_it_was(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([Chat(PHONE, (Message("A", body="old"), Message("B", 1, body="old")))])
    connection.execute("alter table messages add constraint polite check (body <> 'our secret plan')")
    changed = Chat(PHONE, (Message("A", body=SECRET), Message("B", 1, body="new")))
    report = load_chats([changed])
    assert (report.messages.updated, report.messages.rejected, report.messages.already_there) == (1, 1, 0)
    assert connection.execute("select body from messages order by sent_at").fetchall() == [("old",), ("new",)]
    assert [refused.message for refused in report.refused] == ["A"]


def test_many_refused_messages_are_each_found(
    connection: psycopg.Connection, load_chats: Loader, tmp_path: Path
) -> None:
    connection.execute("alter table messages add constraint few check (sent_at >= '2026-03-01 10:00+00')")
    report = load_chats(many_chats(10, messages=100))
    early = sum(1 for number in range(10) for turn in range(100) if number // 2 + turn < 60)
    assert (report.messages.rejected, report.messages.inserted) == (early, 1000 - early)
    assert reasons(report) == [("sqlstate 23514, table messages, constraint few", early, report.refused[0].message)]
    path = write_refused(tmp_path / "reports", report)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["whatsapp_message_id"] for row in rows] == [refused.message for refused in report.refused]
    assert list(rows[0]) == ["row_id", "whatsapp_message_id", "reason"]


def test_a_time_that_postgresql_does_not_have_is_refused_like_any_other_value(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    # the calendar of PostgreSQL begins in 4714 BC
    connection.execute("alter table messages alter column edited_at type date using null")
    connection.execute("alter table messages add constraint known check (edited_at < '2026-01-01')")
    late = {"edited_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}
    report = load_chats([Chat(PHONE, (Message("A"), Message("B", 1, more=late)))])
    assert [refused.reason for refused in report.refused] == ["sqlstate 23514, table messages, constraint known"]
    assert one(connection, "select count(*) from messages") == 1


@pytest.mark.parametrize("direct", [1, 50_000])
def test_texts_of_every_kind_arrive_as_they_were(
    connection: psycopg.Connection, load_chats: Loader, monkeypatch: pytest.MonkeyPatch, direct: int
) -> None:
    monkeypatch.setattr(message_step, "SIZES", BatchSizes(direct=direct))
    planes = "".join(chr(plane << 16 | offset) for plane in range(17) for offset in (0x20AC, 0xF600, 0xFFFD))
    texts = [
        "a" * 1_000_000 + "🐘",
        "\u202eright to left\u202c \u200f\u200e\u2066\u2069 مرحبا עברית",
        planes + "👩‍👩‍👧‍👦🏳️‍🌈🇰🇬",
        "Robert'); drop table messages; --",
        "%s %(x)s $1 \\x00 \\0 \\. \\N {} ${x} \x01\x1f\x7f",
        "\\.\n\\.\n",
        "\r\n\t\v\f\x85\u2028",
    ]
    chat = Chat(PHONE, tuple(Message(f"M{number}", number, body=text) for number, text in enumerate(texts)))
    name = "'; drop table clients; --\u202e🐘"
    report = load_chats([chat.but(name=name, first_name=name, last_name=name)])
    assert [body for (body,) in connection.execute("select body from messages order by sent_at")] == texts
    assert one(connection, "select name from clients") == name
    assert report.refused == []
    assert report.warnings == []
    before = dump(connection)
    assert load_chats([chat.but(name=name, first_name=name, last_name=name)], full=True).messages.already_there == 7
    assert dump(connection) == before

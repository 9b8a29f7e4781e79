"""Messages that the CRM's database refuses are named, and the others are loaded."""

import pytest

from schemas.errors import ExitCode, UserError
from tests.load.clean_runs import Chat, Message, many_chats
from tests.load.soul_kg.conftest import Crm, Loads

PHONE = "+996555123456"
SECRET = "our secret plan"  # noqa: S105 - a text
RULE = "alter table messages add constraint polite check (content <> 'our secret plan')"
REASON = "sqlstate 23514, table messages, constraint polite"


def test_a_refused_message_is_named_and_the_others_are_loaded(crm: Crm, loads: Loads) -> None:
    crm.connection.execute(RULE.encode())
    chat = Chat(PHONE, (Message("A"), Message("B", 1, "OUTGOING", SECRET), Message("C", 2)))
    report = loads(*many_chats(3), chat)
    assert (report.messages.inserted, report.messages.rejected, report.messages.total) == (11, 1, 12)
    (refused,) = report.refused
    assert refused.reason == REASON
    # the bare id: the CRM's own form has the client's number in it
    assert refused.message == "B"
    assert PHONE[1:] not in repr(report)
    assert SECRET not in repr(report)
    assert crm.value("select count(*) from messages") == 11
    again = loads(*many_chats(3), chat)
    assert (again.messages.already_there, again.messages.rejected) == (11, 1)


def test_a_refused_change_leaves_the_message_as_it_was(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, (Message("A", body="old"), Message("B", 1, body="old"))))
    crm.connection.execute(RULE.encode())
    edits = (
        Message("A", body=SECRET, more={"edited_at": Message("A").row(PHONE)["sent_at"]}),
        Message("B", 1, body="new", more={"edited_at": Message("A").row(PHONE)["sent_at"]}),
    )
    report = loads(Chat(PHONE, edits))
    assert (report.messages.updated, report.messages.rejected) == (1, 1)
    assert [(refused.message, refused.reason) for refused in report.refused] == [("A", REASON)]
    assert crm.value("select string_agg(content, ' ' order by \"createdAt\") from messages") == "old new"


def test_with_strict_the_first_refused_message_ends_the_load(crm: Crm, loads: Loads) -> None:
    crm.connection.execute(RULE.encode())
    with pytest.raises(UserError) as raised:
        loads(Chat(PHONE, (Message("A"), Message("B", 1, body=SECRET))), strict=True)
    assert raised.value.exit_code is ExitCode.FAILED
    assert REASON in raised.value.message
    assert PHONE[1:] not in raised.value.message
    assert crm.value("select count(*) from messages") == 0


def test_fast_is_not_for_these_tables(crm: Crm, loads: Loads) -> None:
    with pytest.raises(UserError) as raised:
        loads(Chat(PHONE), fast=True)
    assert raised.value.exit_code is ExitCode.USAGE

"""Clients whom a person keeps out of the load."""

import psycopg
import pytest

from tests.load.clean_runs import Chat, Message
from tests.load.conftest import Loader, dump, one

ANNA = Chat("+996555000001", (Message("A1"), Message("A2", 1)))
BAKYT = Chat("+996555000002", (Message("B1", 2), Message("B2", 3), Message("B3", 4)))
CARLA = Chat("+996555000003", (Message("C1", 5),))


def skipped(chat: Chat) -> Chat:
    return chat.but(more=chat.more | {"skip": True})


def test_a_skipped_client_and_his_messages_are_not_loaded_and_counted_on_their_own(
    load_chats: Loader, connection: psycopg.Connection
) -> None:
    report = load_chats([ANNA, skipped(BAKYT), CARLA])

    chats, messages = report.chats, report.messages
    assert (chats.total, chats.imported, chats.held_back, chats.failed) == (3, 2, 1, [])
    assert (messages.total, messages.inserted, messages.held_back, messages.rejected) == (6, 3, 3, 0)
    assert report.warnings == []
    assert one(connection, "select count(*) from clients where phone = %s", BAKYT.phone) == 0
    assert one(connection, "select count(*) from messages where whatsapp_message_id like 'B%%'") == 0


@pytest.mark.parametrize("options", [{"limit": 1}, {"only_new": True}, {"dry_run": True}, {"skip_duplicates": False}])
def test_the_report_adds_up_with_every_option(load_chats: Loader, options: dict[str, object]) -> None:
    load_chats([ANNA])
    report = load_chats([ANNA, skipped(BAKYT), CARLA], **options)

    chats, messages = report.chats, report.messages
    assert chats.total == 3 == chats.imported + chats.updated + chats.skipped + chats.left_out + chats.held_back
    parts = (messages.inserted, messages.updated, messages.already_there, messages.rejected, messages.left_out)
    assert messages.total == 6 == sum(parts) + messages.held_back
    assert (chats.held_back, messages.held_back) == (1, 3)


def test_a_skipped_client_takes_no_place_of_a_limit(load_chats: Loader) -> None:
    report = load_chats([ANNA, BAKYT, skipped(CARLA)], limit=1)
    assert (report.chats.imported, report.messages.inserted) == (1, 3)


def test_a_client_who_was_loaded_before_stays_as_he_is(load_chats: Loader, connection: psycopg.Connection) -> None:
    load_chats([ANNA, BAKYT])
    before = dump(connection)
    told_anew = BAKYT.but(name="Somebody", status="SOLD", messages=(*BAKYT.messages, Message("B4", 9)))
    report = load_chats([ANNA, skipped(told_anew)], skip_duplicates=False)

    assert (report.chats.held_back, report.messages.held_back, report.clients_updated) == (1, 4, 0)
    assert dump(connection) == before


def test_a_client_who_is_let_in_again_comes_with_everything(load_chats: Loader) -> None:
    load_chats([ANNA, skipped(BAKYT)])
    report = load_chats([ANNA, BAKYT])
    assert (report.chats.imported, report.messages.inserted, report.messages.held_back) == (1, 3, 0)


def test_a_run_in_which_everybody_is_skipped_loads_nothing(load_chats: Loader) -> None:
    report = load_chats([skipped(ANNA), skipped(BAKYT)])
    assert (report.chats.total, report.chats.held_back, report.messages.held_back) == (2, 2, 5)

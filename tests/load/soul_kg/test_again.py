"""Loading again: nothing twice, what the archive knows better is followed, what people did stays."""

from typing import Any

import pytest

from load.report import LoadReport
from tests.load.clean_runs import Chat, Message, at, many_chats
from tests.load.soul_kg.conftest import Crm, Loads, naive

PHONE = "+996555123456"
BOTH = (Message("A1", 0, "INCOMING"), Message("A2", 5, "OUTGOING", more={"delivery": "sent"}))


def changes(report: LoadReport) -> tuple[int, ...]:
    messages, chats = report.messages, report.chats
    return (
        chats.imported,
        chats.updated,
        messages.inserted,
        messages.updated,
        report.clients_updated,
        report.history_rows,
    )


@pytest.mark.parametrize(
    "options", [{}, {"skip_duplicates": False}, {"skip_duplicates": False, "overwrite_status": True}]
)
def test_the_same_load_again_changes_nothing(crm: Crm, loads: Loads, options: dict[str, Any]) -> None:
    first = loads(*many_chats(20), **options)
    before = crm.dump()
    again = loads(*many_chats(20), **options)
    assert crm.dump() == before
    assert changes(again) == (0, 0, 0, 0, 0, 0)
    assert (again.chats.skipped, again.messages.already_there) == (20, first.messages.inserted)


def test_a_dry_run_says_what_a_run_would_do_and_leaves_nothing(crm: Crm, loads: Loads) -> None:
    before = crm.dump()
    dry = loads(*many_chats(5), dry_run=True)
    assert crm.dump() == before
    assert not loads.runs.exists()
    assert dry.run is None
    assert changes(dry) == changes(loads(*many_chats(5)))


def test_a_run_with_a_limit_is_continued_by_one_with_only_new(crm: Crm, loads: Loads) -> None:
    assert loads(*many_chats(10), limit=3).chats.imported == 3
    report = loads(*many_chats(10), limit=3, only_new=True)
    assert (report.chats.imported, report.chats.left_out) == (3, 7)
    assert loads(*many_chats(10)).chats.imported == 4
    assert crm.value("select count(*) from messages") == 30


def test_clients_that_the_review_leaves_out_are_left_out(crm: Crm, loads: Loads) -> None:
    first, second = many_chats(2)
    report = loads(first, second.but(more={"skip": True}))
    assert (report.chats.total, report.chats.imported, report.chats.held_back) == (2, 1, 1)
    assert (report.messages.total, report.messages.inserted, report.messages.held_back) == (6, 3, 3)
    assert report.warnings == []
    assert crm.rows("select phone from clients") == [first.phone]
    loads(first, second)
    before = crm.dump()
    loads(first, second.but(more={"skip": True}, messages=(*second.messages, Message("later", 99))))
    assert crm.dump() == before


def test_a_reply_that_comes_later_is_added_and_the_figures_follow(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    crm.message(
        crm.value("select id from conversations"), "true_996555123456@c.us_LIVE", "OUTGOING", createdAt=naive(7)
    )
    report = loads(Chat(PHONE, (*BOTH, Message("A3", 6))))
    assert changes(report) == (0, 1, 1, 0, 1, 0)
    told = crm.value("select metadata from clients")
    assert (told["messageCount"], told["lastContactDate"]) == (4, "2026-03-01T09:07:00.000Z")
    assert told["wa2pg"]["run"] == report.run


def test_an_edit_that_arrives_later_is_followed_in_rows_that_a_load_inserted(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    edited = Message("A1", 0, body="edited", more={"edited_at": at(2), "language": "ru"})
    report = loads(Chat(PHONE, (edited, BOTH[1])))
    assert changes(report) == (0, 1, 0, 1, 1, 0)
    assert crm.rows('select content, language from messages order by "createdAt"') == [
        ("edited", "ru"),
        ("hello", "en"),
    ]
    assert changes(loads(Chat(PHONE, (edited, BOTH[1])))) == (0, 0, 0, 0, 0, 0)


def test_an_edit_is_not_followed_in_rows_of_the_crm(crm: Crm, loads: Loads) -> None:
    conversation = crm.conversation(crm.client(PHONE))
    crm.message(conversation, "false_996555123456@c.us_A1", content="as it came")
    loads(Chat(PHONE, (Message("A1", body="edited", more={"edited_at": at(2)}),)))
    assert crm.rows("select content from messages") == ["as it came"]


def test_a_text_that_a_person_took_out_of_a_message_does_not_come_back(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    crm.connection.execute("update messages set content = 'passport number removed' where direction = 'INCOMING'")
    assert loads(Chat(PHONE, BOTH), skip_duplicates=False).messages.updated == 0
    assert crm.value("select content from messages where direction = 'INCOMING'") == "passport number removed"


def test_a_placeholder_gives_way_to_the_text_when_a_later_snapshot_can_read_it(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, (Message("A1", body=None, more={"type": "OTHER"}),)))
    assert crm.value("select content from messages") == "[message]"
    assert loads(Chat(PHONE, (Message("A1", body="readable now"),))).messages.updated == 1
    assert crm.value("select content from messages") == "readable now"


def test_the_status_of_a_message_goes_forward_only(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    seen = []
    for delivery in ("error", "delivered", "sent", "error"):
        loads(Chat(PHONE, (BOTH[0], Message("A2", 5, "OUTGOING", more={"delivery": delivery}))))
        seen.append(crm.value("select status from messages where direction = 'OUTGOING'"))
    assert seen == ["SENT", "DELIVERED", "DELIVERED", "DELIVERED"]


def test_skipped_duplicates_keep_name_language_and_status(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    before = crm.dump()
    loads(Chat(PHONE, BOTH, "Bea Smith", "Bea", "Smith", "en", status="SOLD"))
    assert crm.dump() == before


def test_duplicates_that_are_not_skipped_get_name_language_and_status(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    report = loads(Chat(PHONE, BOTH, "Bea Smith", "Bea", "Smith", "en", status="SOLD"), skip_duplicates=False)
    assert changes(report) == (0, 1, 0, 0, 1, 1)
    assert crm.value('select "firstName", "lastName", "preferredLanguage", status from clients') == (
        "Bea",
        "Smith",
        "en",
        "SOLD",
    )
    assert crm.rows('select "oldStatus", "newStatus", "changedBy" from client_status_history order by "createdAt"') == [
        (None, "NEW_LEAD", "SYSTEM"),
        ("NEW_LEAD", "SOLD", "SYSTEM"),
    ]
    assert crm.value("select \"culturalContext\" ->> 'language' from clients") == "en"
    assert crm.value("select metadata #>> '{wa2pg,status}' from clients") == "SOLD"


def test_nothing_empty_replaces_something_filled(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    loads(Chat(PHONE, BOTH, None, None, None, None), skip_duplicates=False)
    loads(Chat(PHONE, BOTH, "Anya", "Anya", None, "und"), skip_duplicates=False)
    assert crm.value('select "firstName", "lastName", "preferredLanguage" from clients') == ("Anna", "Petrova", "ru")


def test_gaps_of_the_cultural_context_are_filled_under_what_others_put_there(crm: Crm, loads: Loads) -> None:
    crm.client(PHONE, culturalContext={"country": "Kirgisistan", "communicationStyle": "formal"})
    loads(Chat(PHONE, BOTH))
    assert set(crm.value('select "culturalContext" from clients')) == {"country", "communicationStyle"}
    loads(Chat(PHONE, BOTH), skip_duplicates=False)
    assert crm.value('select "culturalContext" from clients') == {
        "country": "Kirgisistan",
        "countryCode": "KG",
        "communicationStyle": "formal",
        "language": "ru",
        "timezone": "Asia/Bishkek",
    }


@pytest.mark.parametrize("by", ["HUMAN", "AI"])
@pytest.mark.parametrize("recorded", [True, False])
def test_a_status_that_a_person_or_the_ai_set_is_kept_unless_told_otherwise(
    crm: Crm, loads: Loads, by: str, recorded: bool
) -> None:
    loads(Chat(PHONE, BOTH))
    crm.connection.execute("update clients set status = 'NEGOTIATION'")
    if recorded:
        crm.history(crm.value("select id from clients"), "NEGOTIATION", by)
    sold = Chat(PHONE, BOTH, status="SOLD")
    kept: list[dict[str, Any]] = [{}, {"skip_duplicates": False}, {"overwrite_status": True}]
    for options in kept:
        loads(sold, **options)
        assert crm.value("select status from clients") == "NEGOTIATION"
    report = loads(sold, skip_duplicates=False, overwrite_status=True)
    assert crm.value("select status from clients") == "SOLD"
    assert report.history_rows == 1


def test_a_status_that_a_person_set_back_to_the_same_is_kept(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    crm.history(crm.value("select id from clients"), "NEW_LEAD", "HUMAN", oldStatus="QUALIFIED")
    loads(Chat(PHONE, BOTH, status="SOLD"), skip_duplicates=False)
    assert crm.value("select status from clients") == "NEW_LEAD"


def test_a_status_without_any_history_is_kept(crm: Crm, loads: Loads) -> None:
    crm.client(PHONE, status="WARMED")
    loads(Chat(PHONE, BOTH, status="SOLD"), skip_duplicates=False)
    assert crm.value("select status from clients") == "WARMED"


def test_of_two_accounts_the_one_with_the_latest_message_has_the_word(crm: Crm, loads: Loads) -> None:
    late = Chat(PHONE, (Message("L", 60),), "Late Name", "Late", "Name")
    early = Chat(PHONE, (Message("E", 1),), "Early Name", "Early", "Name")
    loads(late, account="one")
    loads(early, account="two", skip_duplicates=False)
    assert crm.value('select "firstName" from clients') == "Late"
    assert crm.value("select count(*) from messages") == 2
    before = crm.dump()
    for account, chat in (("one", late), ("two", early), ("one", late)):
        loads(chat, account=account, skip_duplicates=False)
    assert crm.dump() == before
    later = early.but(messages=(*early.messages, Message("E2", 90)))
    loads(later, account="two", skip_duplicates=False)
    assert crm.value('select "firstName" from clients') == "Early"

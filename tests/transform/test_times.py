"""Times of messages whose own cannot be, and what does not count for first and last."""

from datetime import timedelta

import pytest

from tests.transform.archives import ANNA_PHONE, AS_OF, BAKYT, NOON, Archive, action, chat, message, minute, payload
from tests.transform.conftest import clean


@pytest.mark.parametrize("bad", [None, NOON.replace(year=1970, month=1, day=1, hour=0), minute(10**7)])
def test_a_time_that_cannot_be_is_that_of_the_message_before_it(archive: Archive, bad: object) -> None:
    archive.add(
        payload(
            message(message_id="M4", sent_at=minute(9)),
            message(BAKYT, "other", sent_at=minute(7)),
            message(message_id="M3", sent_at=bad),
            message(message_id="M2", sent_at=bad),
            action("reaction", "M4", "👍", sent_at=minute(3)),
            message(kind="system", sent_at=minute(2)),
            message(message_id="M1", sent_at=minute(1)),
        )
    )
    tables = clean(archive)
    times = {row["whatsapp_message_id"]: row["sent_at"] for row in tables.messages if row["phone"] == ANNA_PHONE}
    assert times == {"M1": minute(1), "M2": minute(2), "M3": minute(2), "M4": minute(9)}
    assert tables.run.warnings == ["2 messages had no usable time and took that of a neighbour"]


def test_without_one_before_it_is_that_of_the_one_after_it(archive: Archive) -> None:
    archive.add(payload(message(message_id="M2", sent_at=minute(5)), message(sent_at=None)))
    assert [row["sent_at"] for row in clean(archive).messages] == [minute(5), minute(5)]


def test_another_payload_is_no_neighbour_but_the_chats_last_message_serves(archive: Archive) -> None:
    archive.add(
        payload(message(sent_at=None), chats=[chat(last_message_at=minute(4))]),
        payload(message(message_id="M2", sent_at=minute(5)), chats=[chat(last_message_at=minute(6)), chat()]),
    )
    assert [row["sent_at"] for row in clean(archive).messages] == [minute(5), minute(6)]


def test_with_no_time_anywhere_it_is_the_beginning_of_time(archive: Archive) -> None:
    archive.add(payload(message(sent_at=None), chats=[chat(last_message_at=minute(10**7))]))
    tables = clean(archive)
    assert tables.message["sent_at"].year == 1970
    assert tables.client["first_message_at"] is tables.client["last_message_at"] is None
    assert tables.conversation["first_message_at"] is None


def test_another_occurrence_with_a_good_time_gives_it(archive: Archive) -> None:
    archive.add(
        payload(message(text="old", sent_at=minute(3))),
        payload(message(text="new", sent_at=None), message(message_id="M0", sent_at=minute(1))),
    )
    tables = clean(archive)
    assert [(row["body"], row["sent_at"]) for row in tables.messages] == [("hello", minute(1)), ("new", minute(3))]
    assert tables.run.warnings == []


def test_filled_times_do_not_count_for_first_and_last(archive: Archive) -> None:
    archive.add(
        payload(message(message_id="M3", sent_at=None), message(message_id="M2", sent_at=minute(2))),
        payload(message(message_id="M0", sent_at=None), chats=[chat(last_message_at=minute(1))]),
    )
    client = clean(archive).client
    assert (client["first_message_at"], client["last_message_at"]) == (minute(2), minute(2))
    assert client["incoming_count"] == 3


def test_a_message_after_as_of_stays_and_a_day_of_clock_error_is_allowed(archive: Archive) -> None:
    late = AS_OF.replace(hour=23)
    archive.add(payload(message(sent_at=late)))
    tables = clean(archive)
    assert tables.message["sent_at"] == tables.client["last_message_at"] == late


def test_an_early_as_of_takes_no_time_from_what_was_said_since(archive: Archive) -> None:
    archive.add(payload(message(sent_at=minute(5))))
    tables = clean(archive, as_of=NOON - timedelta(days=90))

    assert tables.message["sent_at"] == minute(5)
    assert tables.run.warnings == []

"""Messages: which rows become one, which occurrence stands for it, and what it says."""

import hashlib
from typing import Any

import pytest

from schemas.words import Delivery, Kind
from tests.transform.archives import (
    ANNA,
    ANNA_LID,
    ANNA_PHONE,
    BAKYT,
    NOON,
    Archive,
    action,
    message,
    minute,
    pair,
    payload,
    reject,
)
from tests.transform.conftest import clean

TYPES = {
    "text": "TEXT",
    "buttons_reply": "TEXT",
    "image": "IMAGE",
    "video": "VIDEO",
    "audio": "AUDIO",
    "voice": "AUDIO",
    "document": "DOCUMENT",
    "sticker": "STICKER",
    "location": "LOCATION",
    "contact": "CONTACT",
    "call": "CALL",
    "poll": "OTHER",
    "order": "OTHER",
    "product": "OTHER",
    "group_invite": "OTHER",
    "event": "OTHER",
    "album": "OTHER",
    "unavailable": "OTHER",
    "unknown": "OTHER",
    "of_a_later_version": "OTHER",
}


def test_every_kind_but_actions_and_notices_has_a_type(archive: Archive) -> None:
    assert set(Kind) - set(TYPES) == {Kind.EDIT, Kind.REVOKE, Kind.REACTION, Kind.POLL_VOTE, Kind.SYSTEM}
    archive.add(payload(*(message(message_id=kind, kind=kind) for kind in TYPES)))
    assert {row["whatsapp_message_id"]: row["type"] for row in clean(archive).messages} == TYPES


def test_a_row_of_each_column(archive: Archive) -> None:
    archive.add(
        payload(
            message(
                from_me=True,
                kind="document",
                text="the programme",
                delivery="read",
                reply_to_id="M0",
                forwarded=True,
                media_mime="application/pdf",
                media_name="tour.pdf",
                media_bytes=12345,
            )
        )
    )
    row = clean(archive).message
    assert len(row.pop("content_hash")) == 64
    assert row == {
        "phone": ANNA_PHONE,
        "direction": "OUTGOING",
        "whatsapp_message_id": "M1",
        "type": "DOCUMENT",
        "body": "the programme",
        "sent_at": NOON,
        "language": None,
        "delivery": "read",
        "reply_to": "M0",
        "forwarded": True,
        "edited_at": None,
        "deleted_at": None,
        "reactions": "[]",
        "media_mime": "application/pdf",
        "media_name": "tour.pdf",
        "media_bytes": 12345,
    }


def test_media_without_a_caption_has_no_body(archive: Archive) -> None:
    archive.add(payload(message(kind="image", text=""), message(message_id="M2", kind="image", text=None)))
    assert [row["body"] for row in clean(archive).messages] == [None, None]


def test_messages_are_in_order_of_phone_time_direction_and_id(archive: Archive) -> None:
    archive.add(
        payload(
            message(BAKYT, "A"),
            message(ANNA, "D", sent_at=minute(1)),
            message(ANNA, "C", from_me=True),
            message(ANNA, "B"),
            message(ANNA, "A", sent_at=minute(2)),
            message(ANNA, "E"),
        )
    )
    assert "".join(row["whatsapp_message_id"] for row in clean(archive).messages) == "BECDAA"


@pytest.mark.parametrize("missing", [None, "", "\0"])
def test_a_message_without_an_id_is_rejected(archive: Archive, missing: str | None) -> None:
    archive.add(payload(message(message_id=missing), message(message_id=missing)))
    tables = clean(archive)
    assert tables.run.accounting.rejected == {"no_message_id": 2}
    assert [(row["stage"], row["reason"], row["chat_jid"], row["detail"]) for row in tables.rejects] == [
        ("transform", "no_message_id", ANNA, "text")
    ] * 2


def test_what_extract_rejected_is_listed_before_and_counted_apart(archive: Archive) -> None:
    archive.add(payload(message(None), rejects=[reject("not_a_message", "field 3"), reject("too_large")]))
    tables = clean(archive)
    assert tables.run.accounting.undecoded == {"not_a_message": 1, "too_large": 1}
    assert tables.run.accounting.rejected == {"no_chat": 1}
    assert [(row["stage"], row["reason"], row["detail"]) for row in tables.rejects] == [
        ("extract", "not_a_message", "field 3"),
        ("extract", "too_large", None),
        ("transform", "no_chat", "text"),
    ]


# pairs of occurrences of one message: the first wins whichever payload comes later
WINNERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a readable one over an unavailable one": ({}, {"kind": "unavailable", "text": None, "delivery": "played"}),
    "a readable one over an unknown one": ({}, {"kind": "unknown", "text": "", "delivery": "played"}),
    "an unknown one with a text over a higher delivery": (
        {"kind": "unknown", "text": "hello", "delivery": "played"},
        {"kind": "text", "text": "bye", "delivery": "read"},
    ),
    "the higher delivery": ({"delivery": "delivered"}, {"text": "bye", "delivery": "sent"}),
    "any delivery over none": ({"delivery": "error"}, {"text": "bye", "delivery": None}),
}


@pytest.mark.parametrize("rule", WINNERS)
@pytest.mark.parametrize("winner_first", [True, False])
def test_winner(archive: Archive, rule: str, winner_first: bool) -> None:
    winner, loser = WINNERS[rule]
    rows = [message(from_me=True, **winner), message(**{"text": "bye"} | loser, from_me=True)]
    archive.add(*(payload(row) for row in (rows if winner_first else rows[::-1])))
    tables = clean(archive)
    assert tables.message["body"] == "hello"
    assert tables.run.accounting.duplicates == 1


def test_the_later_payload_wins_between_equals(archive: Archive) -> None:
    archive.add(payload(message(text="one")), payload(message(text="two", forwarded=True)))
    row = clean(archive).message
    assert (row["body"], row["forwarded"]) == ("two", True)
    archive.add(payload(message(text="three")))
    row = clean(archive).message
    assert (row["body"], row["forwarded"]) == ("three", False)


def test_the_higher_position_wins_within_a_payload(archive: Archive) -> None:
    archive.add(payload(message(text="two", position=7), message(text="one", position=3)))
    assert clean(archive).message["body"] == "two"


def test_the_occurrence_with_the_latest_edit_inside_wins(archive: Archive) -> None:
    edited = message(text="new", media_name="new.pdf")
    archive.add(
        payload(edited, action("edit", text="new", message_id="M1", position=0)),
        payload(message(text="old", media_name="old.pdf", delivery="played")),
    )
    row = clean(archive).message
    assert (row["body"], row["media_name"], row["edited_at"]) == ("new", "new.pdf", minute(60))


def test_the_highest_delivery_of_all_occurrences_stays(archive: Archive) -> None:
    archive.add(
        payload(message(kind="unavailable", text=None, delivery="read", from_me=True)),
        payload(message(delivery="sent", from_me=True)),
    )
    row = clean(archive).message
    assert (row["body"], row["delivery"]) == ("hello", "read")


@pytest.mark.parametrize("delivery", list(Delivery))
def test_delivery_is_kept_and_an_unknown_word_is_none(archive: Archive, delivery: str) -> None:
    archive.add(payload(message(delivery=delivery), message(message_id="M2", delivery="teleported")))
    assert [row["delivery"] for row in clean(archive).messages] == [delivery, None]


def test_the_same_id_in_the_other_direction_is_another_message(archive: Archive) -> None:
    archive.add(payload(message(), message(from_me=True)))
    tables = clean(archive)
    assert [row["direction"] for row in tables.messages] == ["INCOMING", "OUTGOING"]
    assert tables.run.accounting.duplicates == 0


def test_character_0_is_removed_and_counted(archive: Archive) -> None:
    archive.add(
        payload(
            message(ANNA, "M\x001", "he\0llo", reply_to_id="M\x000", media_name="a\0b", media_mime="c\0d"),
            message(ANNA, "M1", None, kind="image"),
            message(ANNA, "M2", "\0"),
            message("a\0b", "M2"),
            message("7@lid", "N\0"),
            action("edit", "M2", "new\0text"),
            action("reaction", "M1", "👍\0"),
            rejects=[reject(detail="fi\0eld")],
        )
    )
    tables = clean(archive)
    one, two = tables.messages
    assert (one["whatsapp_message_id"], one["body"]) == ("M1", None)
    assert '"👍"' in one["reactions"]
    assert two["body"] == "newtext"
    assert [row["message_id"] for row in tables.rejects] == [None, "N"]
    assert tables.run.warnings == ["1 message held characters 0, which PostgreSQL cannot keep; removed"]


CONTENTS: list[dict[str, Any]] = [
    {},
    {"kind": "image"},
    {"sent_at": minute(1)},
    {"delivery": "read"},
    {"reply_to_id": "M0"},
    {"forwarded": True},
    {"media_mime": "a"},
    {"media_name": "a"},
    {"media_bytes": 1},
    {"text": "hello!"},
    {"text": None},
    {"media_mime": "1:a", "media_name": None},
    {"media_mime": None, "media_name": "1:a"},
]


def test_the_content_hash_tells_contents_apart_and_nothing_else(archive: Archive) -> None:
    rows = [message(message_id=f"M{n:02}", **content) for n, content in enumerate(CONTENTS)]
    archive.add(payload(*rows, message(BAKYT, "M99", from_me=True, push_name="x")))
    tables = clean(archive)
    hashes = {row["whatsapp_message_id"]: row["content_hash"] for row in tables.messages}
    assert hashes.pop("M99") == hashes["M00"]
    assert len(set(hashes.values())) == len(CONTENTS)
    fields = ["4:TEXT", "13:1777636800000", "-", "-", "-", "-", "5:false", "2:[]", "-", "-", "-", "5:hello"]
    assert hashes["M00"] == hashlib.sha256("".join(fields).encode()).hexdigest()


def test_two_threads_of_one_person_share_ids(archive: Archive) -> None:
    archive.add(payload(message(ANNA, text="one"), lid_map=[pair()]), payload(message(ANNA_LID, text="two")))
    assert clean(archive).message["body"] == "two"

"""Clients and conversations: name, counts, country, advertisement, archived."""

from typing import Any

import pytest

from tests.transform.archives import (
    ANNA,
    ANNA_LID,
    ANNA_PHONE,
    BAKYT,
    Archive,
    Payload,
    action,
    chat,
    contact,
    message,
    minute,
    pair,
    payload,
)
from tests.transform.conftest import clean

INTRODUCTION = message(message_id="N0", text="Здравствуйте, меня зовут Айгуль", push_name=None)
# the precedence of names, best first: where a name is from, and the payload that brings it
NAMES: list[tuple[str, Payload]] = [
    ("address_book", payload(contacts=[contact(full_name="Book Name")])),
    ("chat", payload(chats=[chat(name="Chat Name")])),
    ("inline_contact", payload(contacts=[contact(source="inline_contact", full_name="Inline Name")])),
    ("business", payload(contacts=[contact(source="business", business_name="Business Name")])),
    ("push_name", payload(contacts=[contact(source="push_name", push_name="Push Name")])),
    ("push_name", payload(message(push_name="Message Name"))),
    ("introduction", payload(INTRODUCTION)),
]


def name_of(archive: Archive) -> tuple[Any, Any]:
    client = clean(archive).client
    return client["name"], client["name_source"]


@pytest.mark.parametrize("best", range(len(NAMES)))
def test_the_best_source_gives_the_name_whatever_comes_later(archive: Archive, best: int) -> None:
    archive.add(*(brings for _, brings in NAMES[best:]), payload(message(message_id="M9")))
    name, source = name_of(archive)
    assert source == NAMES[best][0]
    assert name in {"Book Name", "Chat Name", "Inline Name", "Business Name", "Push Name", "Message Name", "Айгуль"}


def test_without_any_name_there_is_none(archive: Archive) -> None:
    archive.add(payload(message()))
    client = clean(archive).client
    assert [client[column] for column in ("name", "first_name", "last_name", "name_source")] == [None] * 4


def test_a_name_is_split_into_its_first_word_and_the_rest(archive: Archive) -> None:
    archive.add(payload(message(), contacts=[contact(full_name="Anna Maria Schmidt")]))
    client = clean(archive).client
    assert (client["first_name"], client["last_name"]) == ("Anna", "Maria Schmidt")


def test_the_newest_name_of_a_source_counts(archive: Archive) -> None:
    archive.add(payload(message(), contacts=[contact(full_name="Old")]), payload(contacts=[contact(full_name="New")]))
    assert name_of(archive) == ("New", "address_book")


def test_among_messages_the_name_of_the_latest_counts_whenever_it_arrived(archive: Archive) -> None:
    archive.add(
        payload(message(push_name="New", sent_at=minute(5))), payload(message(message_id="M0", push_name="Old"))
    )
    assert name_of(archive) == ("New", "push_name")


def test_a_name_that_is_none_is_passed_over(archive: Archive) -> None:
    archive.add(
        payload(message(), contacts=[contact(full_name="Anna")], chats=[chat(name="Other")]),
        payload(contacts=[contact(full_name="+996 555 000 001"), contact(full_name="😀"), contact(full_name="")]),
    )
    assert name_of(archive) == ("Anna", "address_book")


def test_names_of_all_addresses_of_a_person_count(archive: Archive) -> None:
    archive.add(payload(message(ANNA), lid_map=[pair()], contacts=[contact("100000000000001:2@lid", full_name="Anna")]))
    assert name_of(archive) == ("Anna", "address_book")


def test_the_companys_own_push_name_and_what_the_phone_displays_are_no_names(archive: Archive) -> None:
    archive.add(
        payload(
            message(from_me=True, push_name="Tour Company"),
            message(kind="system", push_name="System"),
            chats=[chat(display_name="+996 Display")],
        )
    )
    assert name_of(archive) == (None, None)


def test_an_introduction_is_looked_for_in_the_clients_first_five_texts(archive: Archive) -> None:
    for account, place, name in (("five", 5, "Айгуль"), ("six", 6, None)):
        own = Archive(archive.data, account)
        texts = [message(message_id=f"T{n}", text="привет", sent_at=minute(n)) for n in range(1, place)]
        mine = message(message_id="O", text="меня зовут Азамат", from_me=True, sent_at=minute(0))
        photo = message(message_id="P", text="меня зовут Азамат", kind="location", sent_at=minute(0))
        own.add(payload(*texts, INTRODUCTION | {"sent_at": minute(place)}, mine, photo))
        assert clean(own).client["name"] == name


def test_country_and_time_zone_are_those_of_the_number(archive: Archive) -> None:
    archive.add(payload(message()))
    client = clean(archive).client
    assert (client["country"], client["time_zone"]) == ("KG", "Asia/Bishkek")


def test_counts_and_times_are_those_of_the_rows(archive: Archive) -> None:
    archive.add(
        payload(
            message(message_id="M3", sent_at=minute(3), from_me=True),
            message(message_id="M2", sent_at=minute(2), kind="unknown", text=None),
            message(message_id="M1", sent_at=minute(1)),
            message(message_id="M1", sent_at=minute(1)),
            message(message_id="S", sent_at=minute(9), kind="system"),
            action("reaction", text="👍", sent_at=minute(10)),
        )
    )
    tables = clean(archive)
    client, conversation = tables.client, tables.conversation
    assert (client["incoming_count"], client["outgoing_count"]) == (2, 1)
    assert (client["first_message_at"], client["last_message_at"]) == (minute(1), minute(3))
    assert conversation == {
        "phone": ANNA_PHONE,
        "channel": "WHATSAPP",
        "first_message_at": minute(1),
        "last_message_at": minute(3),
        "message_count": 3,
        "archived": False,
    }


def test_the_first_advertisement_of_a_client_stays(archive: Archive) -> None:
    archive.add(
        payload(message(message_id="M2", ad_title="Second", sent_at=minute(2)), message(message_id="M3", ad_title="")),
        payload(message(message_id="M1", ad_title="Fir\0st", sent_at=minute(1)), message(message_id="M0")),
        payload(message(BAKYT, ad_title=None), message(message_id="M4", ad_title="No time", sent_at=None)),
    )
    assert [client["ad_title"] for client in clean(archive).clients] == ["First", None]


@pytest.mark.parametrize(
    ("chats", "archived"),
    [
        ([], False),
        ([chat(archived=True)], True),
        ([chat(archived=True), chat(archived=None)], True),
        ([chat(archived=True), chat(ANNA_LID, archived=True)], True),
        ([chat(archived=True), chat(ANNA_LID, archived=False)], False),
    ],
)
def test_a_conversation_is_archived_when_all_its_chats_are(
    archive: Archive, chats: list[dict[str, Any]], archived: bool
) -> None:
    archive.add(payload(message(), chats=chats, lid_map=[pair()]))
    assert clean(archive).conversation["archived"] is archived


def test_the_latest_word_on_archiving_counts(archive: Archive) -> None:
    archive.add(payload(message(), chats=[chat(archived=True)]), payload(chats=[chat(archived=False)]))
    assert clean(archive).conversation["archived"] is False


def test_a_client_has_at_least_one_message(archive: Archive) -> None:
    archive.add(
        payload(
            message(ANNA, kind="system"),
            message(BAKYT, None),
            action("reaction", "M9", "👍"),
            chats=[chat(BAKYT)],
            contacts=[contact()],
        )
    )
    tables = clean(archive)
    assert (tables.clients, tables.rows("conversations"), tables.run.contacts_without_messages) == ([], [], 1)

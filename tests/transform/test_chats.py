"""Which chats are a client's, and where the others are counted."""

import pytest

from schemas.manifest import Own
from tests.transform.archives import ANNA, ANNA_LID, OWN_LID, OWN_PHONE, Archive, message, pair, payload
from tests.transform.conftest import clean


@pytest.mark.parametrize(
    ("jid", "reason"),
    [
        ("120363000000000000@g.us", "group"),
        ("status@broadcast", "status"),
        ("1700000000@broadcast", "broadcast"),
        ("120363000000000001@newsletter", "channel"),
        ("0@s.whatsapp.net", "psa"),
        ("0@c.us", "psa"),
        ("867051314767696@bot", "bot"),
        ("13135550002@s.whatsapp.net", "bot"),
        ("13165550012@c.us", "bot"),
        (OWN_PHONE, "note_to_self"),
        (OWN_LID, "note_to_self"),
        ("996312000000:7@c.us", "note_to_self"),
        ("1234@msgr", "other_server"),
        ("a word", "other_server"),
        ("@s.whatsapp.net", "other_server"),
    ],
)
def test_a_chat_that_is_no_clients_is_counted_by_its_reason(archive: Archive, jid: str, reason: str) -> None:
    archive.add(payload(message(jid), message(ANNA)))
    tables = clean(archive)
    assert tables.run.accounting.not_for_crm == {reason: 1}
    assert tables.client["addresses"] == [ANNA]
    assert tables.rejects == []


def test_a_number_that_is_nearly_a_bots_is_a_client(archive: Archive) -> None:
    archive.add(payload(message("13135560002@s.whatsapp.net"), message("13165550112@s.whatsapp.net")))
    assert [client["phone"] for client in clean(archive).clients] == ["+13135560002", "+13165550112"]


@pytest.mark.parametrize(
    "jid",
    [
        "996555000001@c.us",
        "996555000001@hosted",
        "996555000001:12@s.whatsapp.net",
        "996555000001.0:3@s.whatsapp.net",
    ],
)
def test_all_forms_of_an_address_are_one_client(archive: Archive, jid: str) -> None:
    archive.add(payload(message(ANNA, "M1"), message(jid, "M2"), message(jid, "M1")))
    tables = clean(archive)
    assert tables.client["addresses"] == [ANNA]
    assert tables.client["incoming_count"] == 2
    assert tables.run.accounting.duplicates == 1


def test_hosted_lids_are_lids(archive: Archive) -> None:
    archive.add(payload(message("100000000000001:4@hosted.lid"), lid_map=[pair()]))
    assert clean(archive).client["addresses"] == [ANNA_LID, ANNA]


def test_any_address_of_the_company_is_a_note_to_self(archive: Archive) -> None:
    archive.add(
        payload(message(OWN_LID), message("996312000009@c.us"), lid_map=[pair(OWN_LID, "996312000009@s.whatsapp.net")]),
        own=Own(phone=OWN_PHONE, lid=OWN_LID),
    )
    tables = clean(archive)
    assert tables.run.accounting.not_for_crm == {"note_to_self": 2}
    assert tables.clients == []


def test_the_own_number_is_remembered_per_account(archive: Archive) -> None:
    archive.add(payload(message(OWN_PHONE)), own=Own())
    before = clean(archive)
    assert (before.run.own_known, len(before.clients)) == (False, 1)
    assert any("own number is not known" in warning for warning in before.run.warnings)
    archive.remember_own(Own(phone=OWN_PHONE))
    after = clean(archive)
    assert (after.run.own_known, after.clients, after.run.warnings) == (True, [], [])


def test_the_own_number_of_any_snapshot_counts(archive: Archive) -> None:
    archive.add(payload(message(OWN_PHONE), message("996312000001@s.whatsapp.net", "M2")), own=Own(phone=OWN_PHONE))
    archive.add(payload(message(ANNA)), own=Own(phone="996312000001@s.whatsapp.net"))
    tables = clean(archive)
    assert tables.run.accounting.not_for_crm == {"note_to_self": 2}
    assert tables.client["addresses"] == [ANNA]


def test_system_notices_make_no_row_but_groups_are_counted_first(archive: Archive) -> None:
    archive.add(payload(message(kind="system"), message("1@g.us", kind="system"), message("5@lid", kind="system")))
    tables = clean(archive)
    assert tables.run.accounting.not_for_crm == {"group": 1, "system": 2}
    assert (tables.messages, tables.clients, tables.rejects) == ([], [], [])


def test_a_message_without_a_chat_is_rejected(archive: Archive) -> None:
    archive.add(payload(message(None)))
    tables = clean(archive)
    assert tables.run.accounting.rejected == {"no_chat": 1}
    assert [row["reason"] for row in tables.rejects] == ["no_chat"]

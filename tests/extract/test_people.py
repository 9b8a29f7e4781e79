"""Chats, contacts, LID mappings and calls of a payload."""

from pathlib import Path

from extract.whatsapp.protobufs import HistorySync, Message
from tests.extract.payloads import NOON, decoded, history, info

LID, PN = "111222333444555@lid", "996555000009@s.whatsapp.net"


def _pairs(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(row["lid"], row["pn"], row["source"]) for row in rows]


def test_a_lid_chat_with_its_number_is_a_mapping(tmp_path: Path) -> None:
    rows = decoded(tmp_path, history(info(chat=LID), chat=LID, pnJID=PN))

    assert _pairs(rows["lid_map"]) == [(LID, PN, "conversation")]
    assert (rows["chats"][0]["chat_jid"], rows["chats"][0]["pn_jid"]) == (LID, PN)


def test_a_number_chat_with_its_lid_is_a_mapping(tmp_path: Path) -> None:
    rows = decoded(tmp_path, history(info(chat=PN), chat=PN, lidJID=LID))

    assert _pairs(rows["lid_map"]) == [(LID, PN, "conversation")]


def test_a_lid_without_number_is_no_mapping(tmp_path: Path) -> None:
    assert decoded(tmp_path, history(info(chat=LID), chat=LID))["lid_map"] == []


def test_mappings_of_any_chunk_are_kept(tmp_path: Path) -> None:
    chunk = HistorySync(syncType="PUSH_NAME")
    chunk.phoneNumberToLidMappings.add(pnJID=PN, lidJID=LID)

    assert _pairs(decoded(tmp_path, chunk)["lid_map"]) == [(LID, PN, "mapping")]


def test_a_receipt_of_an_own_message_gives_the_number_away(tmp_path: Path) -> None:
    mine, his = info("A", chat=LID, from_me=True), info("B", chat=LID)
    for made in (mine, his):
        made.userReceipt.add(userJID=PN, receiptTimestamp=NOON)
    rows = decoded(tmp_path, history(mine, his, chat=LID))["lid_map"]

    assert _pairs(rows) == [(LID, PN, "receipt")]
    assert rows[0]["seen_at"].timestamp() == NOON


def test_inline_contacts_are_names_and_mappings(tmp_path: Path) -> None:
    chunk = HistorySync(syncType="NON_BLOCKING_DATA")
    chunk.inlineContacts.add(pnJID=PN, lidJID=LID, fullName="Айгүл Асанова", firstName="Айгүл")
    rows = decoded(tmp_path, chunk)

    assert _pairs(rows["lid_map"]) == [(LID, PN, "inline_contact")]
    assert {(row["jid"], row["full_name"], row["source"]) for row in rows["contacts"]} == {
        (PN, "Айгүл Асанова", "inline_contact"),
        (LID, "Айгүл Асанова", "inline_contact"),
    }


def test_push_names_and_verified_business_names_are_contacts(tmp_path: Path) -> None:
    chunk = HistorySync(syncType="PUSH_NAME")
    chunk.pushnames.add(ID=PN, pushname="Aibek")
    shop = history(
        info("A", chat=PN, verifiedBizName="Hotel Issyk"), info("B", chat=PN, verifiedBizName="Hotel Issyk"), chat=PN
    )
    contacts = decoded(tmp_path, chunk, shop)["contacts"]

    assert [(row["push_name"], row["business_name"], row["source"]) for row in contacts] == [
        ("Aibek", None, "push_name"),
        (None, "Hotel Issyk", "business"),
    ]


def test_a_conversation_without_messages_is_a_chat(tmp_path: Path) -> None:
    rows = decoded(tmp_path, history(chat=PN, name="Old client", archived=True, unreadCount=3, lastMsgTimestamp=NOON))[
        "chats"
    ]

    assert [(row["name"], row["archived"], row["unread_count"]) for row in rows] == [("Old client", True, 3)]
    assert rows[0]["last_message_at"].timestamp() == NOON


def test_whether_the_phone_holds_more_of_a_chat_is_kept_and_absent_is_unknown(tmp_path: Path) -> None:
    complete = history(chat=PN, endOfHistoryTransferType="COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY")
    more = history(chat=PN, endOfHistoryTransferType="COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY")
    rows = decoded(tmp_path, complete, more, history(chat=PN))["chats"]

    assert [row["history_complete"] for row in rows] == [True, False, None]


def test_call_records_are_calls(tmp_path: Path) -> None:
    chunk = HistorySync(syncType="RECENT")
    missed = chunk.callLogRecords.add(
        callID="C1", isIncoming=True, startTime=NOON, callCreatorJID=PN, callResult="MISSED"
    )
    missed.participants.add(userJID=PN)
    own = chunk.callLogRecords.add(callID="C2", isIncoming=False, startTime=NOON * 1000, isVideo=True, duration=60)
    own.participants.add(userJID=LID)
    rows = decoded(tmp_path, chunk)["calls"]

    assert [(row["call_id"], row["chat_jid"], row["from_me"], row["text"]) for row in rows] == [
        ("C1", PN, False, "missed voice call"),
        ("C2", LID, True, "video call, 60 s"),
    ]
    assert {row["started_at"].timestamp() for row in rows} == {NOON}


def test_statuses_are_messages_too(tmp_path: Path) -> None:
    chunk = HistorySync(syncType="INITIAL_STATUS_V3")
    chunk.statusV3Messages.append(info(chat="status@broadcast", participant=PN, message=Message(conversation="sale!")))
    rows = decoded(tmp_path, chunk)["messages"]

    assert [(row["chat_jid"], row["sender_jid"], row["origin"]) for row in rows] == [
        ("status@broadcast", PN, "history:INITIAL_STATUS_V3")
    ]

"""Chats, contacts, LID mappings and calls of a payload, as rows of their raw tables."""

from collections.abc import Iterator
from typing import Any

from extract.whatsapp.content.model import read_text
from extract.whatsapp.content.people import call_text
from extract.whatsapp.messages import usable_ms
from extract.whatsapp.protobufs import CallLogRecord, Conversation

Row = tuple[Any, ...]
_INT32_MAX = 2**31 - 1
_SECONDS_IN_THE_YEAR_5138 = 10**11
# "no more message remains on the primary": the phone has sent this chat whole
_HISTORY_COMPLETE = Conversation.EndOfHistoryTransferType.Value("COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY")


def is_lid(jid: str | None) -> bool:
    """Whether a JID is a hidden id; it is no phone number, whatever its digits look like."""
    return jid is not None and jid.endswith(("@lid", "@hosted.lid"))


def chat_row(conversation: Any, payload: int) -> Row:
    """One row of `chats`; `raw` is the conversation without its messages."""
    last = conversation.lastMsgTimestamp or conversation.conversationTimestamp
    complete = None
    if conversation.HasField("endOfHistoryTransferType"):
        complete = conversation.endOfHistoryTransferType == _HISTORY_COMPLETE
    conversation.ClearField("messages")
    return (
        read_text(conversation.ID),
        read_text(conversation.pnJID),
        read_text(conversation.lidJID),
        read_text(conversation.name),
        read_text(conversation.displayName),
        usable_ms(last * 1000),
        conversation.archived if conversation.HasField("archived") else None,
        min(conversation.unreadCount, _INT32_MAX) if conversation.HasField("unreadCount") else None,
        complete,
        payload,
        conversation.SerializePartialToString(),
    )


def conversation_lids(conversation: Any, payload: int) -> Iterator[Row]:
    """What a conversation says of its person's two addresses, as rows of `lid_map`."""
    chat, pn, lid = (read_text(value) for value in (conversation.ID, conversation.pnJID, conversation.lidJID))
    if is_lid(chat):
        lid = lid or chat
    elif chat and not pn:
        pn = chat
    if lid and pn and not is_lid(pn):
        yield (lid, pn, "conversation", payload, None)


def receipt_lids(info: Any, chat_jid: str | None, payload: int) -> Iterator[Row]:
    """Numbers that receipts of own messages give away for a LID chat, as rows of `lid_map`.

    The receipt of an own message in a person's chat is that person's; it may come from his number.
    """
    if not is_lid(chat_jid) or not info.key.fromMe:
        return
    for receipt in info.userReceipt:
        jid = read_text(receipt.userJID)
        if jid is not None and jid.endswith(("@s.whatsapp.net", "@c.us")):
            seen = receipt.receiptTimestamp or receipt.readTimestamp or receipt.playedTimestamp
            yield (chat_jid, jid, "receipt", payload, usable_ms(seen * 1000))


def payload_lids(history: Any, payload: int) -> Iterator[Row]:
    """The payload's own mappings and inline contacts, as rows of `lid_map`."""
    for mapping in history.phoneNumberToLidMappings:
        lid, pn = read_text(mapping.lidJID), read_text(mapping.pnJID)
        if lid and pn:
            yield (lid, pn, "mapping", payload, None)
    for contact in history.inlineContacts:
        lid, pn = read_text(contact.lidJID), read_text(contact.pnJID)
        if lid and pn:
            yield (lid, pn, "inline_contact", payload, None)


def payload_contacts(history: Any, payload: int) -> Iterator[Row]:
    """Push names and inline contacts, as rows of `contacts`."""
    for entry in history.pushnames:
        jid, name = read_text(entry.ID), read_text(entry.pushname)
        if jid and name:
            yield (jid, None, None, name, None, "push_name", payload)
    for contact in history.inlineContacts:
        full, first = read_text(contact.fullName), read_text(contact.firstName)
        for jid in (read_text(contact.pnJID), read_text(contact.lidJID)):
            if jid and (full or first):
                yield (jid, full, first, None, None, "inline_contact", payload)


def business_contact(info: Any, chat_jid: str | None, payload: int) -> Row | None:
    """The verified business name that a person's message carries, as a row of `contacts`."""
    name = read_text(info.verifiedBizName)
    sender = read_text(info.participant) or read_text(info.key.participant) or chat_jid
    if not name or not sender or info.key.fromMe:
        return None
    return (sender, None, None, None, name, "business", payload)


def call_row(record: Any, payload: int) -> Row:
    """One row of `calls`. `duration` is in seconds.

    The unit of `startTime` is stated nowhere; a number that as seconds lies beyond the year 5000 is milliseconds.
    """
    started = record.startTime if record.startTime > _SECONDS_IN_THE_YEAR_5138 else record.startTime * 1000
    outcome = CallLogRecord.CallResult.Name(record.callResult) if record.HasField("callResult") else None
    seconds = min(max(record.duration, 0), _INT32_MAX)
    chat = read_text(record.groupJID) or read_text(record.callCreatorJID)
    participants = [jid for jid in (read_text(person.userJID) for person in record.participants) if jid]
    if not record.isIncoming and participants and not record.groupJID:
        chat = participants[0]
    return (
        read_text(record.callID),
        chat,
        not record.isIncoming,
        usable_ms(started),
        seconds,
        record.isVideo,
        outcome.lower() if outcome else None,
        call_text(video=record.isVideo, outcome=outcome, seconds=seconds),
        payload,
        record.SerializePartialToString(),
    )

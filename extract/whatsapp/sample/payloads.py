"""The sample's threads cut into `HistorySync` chunks that overlap, as a phone sends them after pairing."""

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from extract.whatsapp.protobufs import (
    CallLogRecord,
    Conversation,
    HistorySync,
    history_pb2,
    sync_action_pb2,
)
from extract.whatsapp.sample.messages import build_message
from extract.whatsapp.sample.script import LID_SERVER, PERSON_SERVER, Chat, Line, chats, digest

SAMPLE_AS_OF = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SAMPLE_OWN_PHONE = "+996312555010"
SAMPLE_OWN_LID = "190000000000001@lid"

CHUNKS = 3  # of RECENT and of FULL
BOOTSTRAP_MESSAGES = 4  # newest messages of every chat that the first chunk shows
BOOTSTRAP_UNTIL = SAMPLE_AS_OF - timedelta(hours=3)
RECENT_FROM = SAMPLE_AS_OF - timedelta(days=75)
FULL_UNTIL = SAMPLE_AS_OF - timedelta(days=45)  # a month of messages is in RECENT and in FULL

# Scripts cannot hold bytes that are no UTF-8, so they hold this word, and the finished payload gets bytes of the same
# length in its place: every protobuf length stays true. 0xff never occurs in UTF-8, 0xc3 0x28 breaks a sequence.
INVALID_UTF8_MARKER = b"[[BROKEN]]"
INVALID_UTF8 = b"\xff\xfe\xc3\x28\xa0\xa1\xe2\x28\xa1\xff"

_TRANSFER = history_pb2.Conversation.EndOfHistoryTransferType


def number_jid(phone: str) -> str:
    """Address of a phone number in E.164."""
    return f"{phone.removeprefix('+')}@{PERSON_SERVER}"


def _conversation(chat: Chat, lines: Sequence[Line], *, early: bool = False, complete: bool = False) -> Conversation:
    """A thread with some of its messages, newest first."""
    conversation = Conversation(ID=chat.jid, unreadCount=chat.unread, archived=chat.archived)
    if chat.name:
        conversation.name = chat.name
    if chat.told_by == "conversation":
        conversation.pnJID = number_jid(chat.phone)
    for member in chat.members:
        conversation.participant.add(userJID=member if "@" in member else number_jid(member))
    for line in reversed(lines):
        order = chat.lines.index(line) + 1
        conversation.messages.add(message=build_message(chat, line, early=early), msgOrderID=order)
    if chat.lines:
        conversation.conversationTimestamp = int(chat.lines[-1].sent_at.timestamp())
        conversation.lastMsgTimestamp = conversation.conversationTimestamp
    conversation.endOfHistoryTransferType = (
        _TRANSFER.COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY
        if complete
        else _TRANSFER.COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY
    )
    return conversation


def _threads() -> list[Chat]:
    return [chat for chat in chats() if not chat.jid.startswith("status@")]


def _shown(chat: Chat) -> list[Line]:
    """What stands in a thread: all of its script but the calls that only the call log knows."""
    return [line for line in chat.lines if line.kind != "logged_call"]


def _bootstrap() -> HistorySync:
    payload = HistorySync(syncType=HistorySync.INITIAL_BOOTSTRAP, progress=0, chunkOrder=0)
    for chat in _threads():
        known = [line for line in _shown(chat) if line.sent_at <= BOOTSTRAP_UNTIL]
        payload.conversations.append(_conversation(chat, known[-BOOTSTRAP_MESSAGES:], early=True))
    return payload


def _statuses() -> HistorySync:
    payload = HistorySync(syncType=HistorySync.INITIAL_STATUS_V3, chunkOrder=0)
    for chat in chats():
        if chat.jid.startswith("status@"):
            payload.statusV3Messages.extend(build_message(chat, line) for line in chat.lines)
    return payload


def _push_names() -> HistorySync:
    payload = HistorySync(syncType=HistorySync.PUSH_NAME, chunkOrder=0)
    for chat in _threads():
        if chat.push:
            payload.pushnames.add(ID=chat.jid, pushname=chat.push)
    return payload


def _is_call(line: Line) -> bool:
    return "call" in line.kind or line.get("type").startswith("CALL")


def _call(chat: Chat, line: Line) -> CallLogRecord:
    """The call log's own record of a call: one that the thread shows as well, or one that it does not."""
    seconds = int(line.get("seconds", "0"))
    outcome = sync_action_pb2.CallLogRecord.CallResult.Value("CONNECTED" if seconds else "MISSED")
    return CallLogRecord(
        callID=digest(chat.key, line.label, "call").hex()[:32].upper(),
        callResult=outcome,
        callType=sync_action_pb2.CallLogRecord.REGULAR,
        duration=seconds,
        startTime=int(line.sent_at.timestamp()),
        isIncoming=not line.from_me,
        isVideo="VIDEO" in line.get("type"),
        callCreatorJID=number_jid(SAMPLE_OWN_PHONE) if line.from_me else chat.jid,
        participants=[{"userJID": chat.jid, "callResult": outcome}],
    )


def _non_blocking() -> HistorySync:
    """Names, calls and the numbers of hidden ids, in a chunk that holds none of their messages."""
    payload = HistorySync(syncType=HistorySync.NON_BLOCKING_DATA, chunkOrder=0, inlineContactsProvided=True)
    payload.phoneNumberToLidMappings.add(pnJID=number_jid(SAMPLE_OWN_PHONE), lidJID=SAMPLE_OWN_LID)
    for chat in _threads():
        if chat.told_by == "mapping":
            payload.phoneNumberToLidMappings.add(pnJID=number_jid(chat.phone), lidJID=f"{chat.lid}@{LID_SERVER}")
        if chat.inline:
            first = chat.inline.split()[0]
            payload.inlineContacts.add(pnJID=number_jid(chat.phone), fullName=chat.inline, firstName=first)
        payload.callLogRecords.extend(_call(chat, line) for line in chat.lines if _is_call(line))
    return payload


def _cut(chosen: Callable[[Line], bool], kind: int, place: int, *, complete: bool) -> HistorySync:
    """One of the chunks of a kind: every third thread, and the newest two messages of some of its neighbours."""
    payload = HistorySync(syncType=kind, chunkOrder=place + 1, progress=100 * (place + 1) // CHUNKS)
    for order, chat in enumerate(_threads()):
        lines = [line for line in _shown(chat) if chosen(line)]
        if order % CHUNKS != place:
            lines = lines[-2:] if order % 5 == place else []
        if lines:
            payload.conversations.append(_conversation(chat, lines, complete=complete))
    return payload


def _recent(place: int) -> HistorySync:
    return _cut(lambda line: line.sent_at >= RECENT_FROM, HistorySync.RECENT, place, complete=False)


def _full(place: int) -> HistorySync:
    return _cut(lambda line: line.sent_at < FULL_UNTIL, HistorySync.FULL, place, complete=True)


def _serialized(payload: HistorySync) -> bytes:
    # Partial: one planted message has no key, which the schema requires
    content: bytes = payload.SerializePartialToString(deterministic=True)
    return content.replace(INVALID_UTF8_MARKER, INVALID_UTF8)


def truncated_conversation() -> bytes:
    """Field 2 of `HistorySync` (tag 0x12) whose content stops in the middle.

    Inside it, field 1 (tag 0x0a) promises 27 bytes of an address and eleven follow. The outer length is true,
    so what stands after this record can still be read; a parser that takes the payload whole refuses all of it.
    """
    content = b"\x0a\x1b" + b"99670055509"
    return b"\x12" + bytes([len(content)]) + content


def build_payloads() -> list[tuple[str, bytes]]:
    """Every payload in the order of its arrival, as (file name, bytes)."""
    first = [
        ("initial-bootstrap", _serialized(_bootstrap())),
        ("initial-status-v3", _serialized(_statuses())),
        ("push-name", _serialized(_push_names())),
        ("non-blocking-data", _serialized(_non_blocking())),
    ]
    recent = [(f"recent-{place + 1}", _serialized(_recent(place))) for place in range(CHUNKS)]
    full = [(f"full-{place + 1}", _serialized(_full(place))) for place in range(CHUNKS)]
    # on the wire chunks are deflated; a replay must take both forms
    recent[1] = (recent[1][0], zlib.compress(recent[1][1], 6))
    full[2] = (full[2][0], zlib.compress(full[2][1], 6))
    # a repeated field may be continued after other fields: appended bytes are the chunk's last conversation
    full[1] = (full[1][0], full[1][1] + truncated_conversation())
    return [(f"{place:04d}-{name}.pb", content) for place, (name, content) in enumerate([*first, *recent, *full], 1)]

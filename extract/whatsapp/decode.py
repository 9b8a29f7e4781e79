"""From a journalled payload to rows of the raw tables, one record at a time.

What cannot be decoded becomes a reject with its bytes: a message, a conversation, the rest of a
payload after the byte where it stops being protobuf, or a whole payload.
"""

from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError

from extract.journal import JournalEntry
from extract.tables import RawTables
from extract.whatsapp import conversations, events, session_store
from extract.whatsapp.announcements import Announcements, ChunkName
from extract.whatsapp.content.model import read_text
from extract.whatsapp.inflate import InflateError, inflate
from extract.whatsapp.messages import WEB_MESSAGE_INFO, message_rows, usable_ms
from extract.whatsapp.protobufs import CallLogRecord, Conversation, HistorySync, WebMessageInfo
from extract.whatsapp.records import message_bytes, split_records

# about what a row's strings take beside its raw bytes; only steers when a batch is written
_ROW_BYTES = 200

_HISTORY = HistorySync.DESCRIPTOR.fields_by_name
_CONVERSATIONS = _HISTORY["conversations"].number
_STATUS_MESSAGES = _HISTORY["statusV3Messages"].number
_CALLS = _HISTORY["callLogRecords"].number
_SYNC_TYPE = _HISTORY["syncType"].number
_RECORDS = frozenset({_CONVERSATIONS, _STATUS_MESSAGES, _CALLS})
_MESSAGES = frozenset({Conversation.DESCRIPTOR.fields_by_name["messages"].number})


def decode_entry(entry: JournalEntry, tables: RawTables, announcements: Announcements) -> None:
    """Decode one journalled payload into the tables, whatever its source; never raises for what it holds.

    Chunks and announcements of chunks are told to `announcements`.
    """
    if not entry.intact:
        _reject(tables, entry, "journal_damaged", "the payload is not what was journalled")
    elif entry.source == session_store.SOURCE:
        _decode_store(entry, tables)
    elif entry.event_code is None:
        decode_payload(entry.number, entry.content, tables)
    elif entry.event_code == events.HISTORY_SYNC:
        history = events.history_of(entry.content)
        if history is None:
            _reject(tables, entry, "event_undecodable", "a history event without its history")
        else:
            chunk = decode_payload(entry.number, history, tables)
            if chunk is not None:
                announcements.arrive(chunk)
    elif entry.event_code in {events.MESSAGE, events.UNDECRYPTABLE}:
        _decode_message(entry, tables, announcements)
    else:
        _reject(tables, entry, "event_unknown", f"event {entry.event_code}")


def decode_inline(entry: JournalEntry, tables: RawTables) -> bool:
    """Decode the chunk that an announcement carries in itself; whether there was one that could be decoded.

    It is the same chunk that whatsmeow hands over later. It counts only where that did not happen.
    """
    inline = events.inline_history(entry.content)
    return bool(inline) and decode_payload(entry.number, inline, tables) is not None


def _decode_store(entry: JournalEntry, tables: RawTables) -> None:
    try:
        contacts = list(session_store.store_contacts(entry.content, entry.number))
        lids = list(session_store.store_lids(entry.content, entry.number))
    except (ValueError, TypeError, KeyError):
        _reject(tables, entry, "session_store_undecodable", None)
        return
    for row in contacts:
        tables.add("contacts", row, _ROW_BYTES)
    for row in lids:
        tables.add("lid_map", row, _ROW_BYTES)


def _decode_message(entry: JournalEntry, tables: RawTables, announcements: Announcements) -> None:
    decoder = _Decoder(entry.number, tables, origin="live")
    if entry.event_code == events.UNDECRYPTABLE:
        info = events.undecryptable_info(entry.content)
        if info is None:
            _reject(tables, entry, "event_undecodable", "a message event")
        else:
            decoder.decoded_message(info, entry.content, None, events.NEONIZE_UNDECRYPTABLE)
        return
    event = events.read_message_event(entry.content)
    if event is None:
        _reject(tables, entry, "event_undecodable", "a message event")
        return
    announcement = events.announcement_of(event, entry.number)
    if announcement is not None:
        announcements.announce(announcement)
    elif not events.is_between_own_devices(event):
        decoder.decoded_message(events.message_info(event), entry.content, None, events.NEONIZE_MESSAGE)
        for lid, pn, at in events.live_lids(event):
            tables.add("lid_map", (lid, pn, "live", entry.number, usable_ms(at)), _ROW_BYTES)


def _reject(tables: RawTables, entry: JournalEntry, reason: str, detail: str | None) -> None:
    _Decoder(entry.number, tables).reject(None, reason, entry.content, detail)


def decode_payload(payload: int, content: bytes, tables: RawTables) -> ChunkName | None:
    """Decode one payload (a HistorySync, deflated or not) into the tables; never raises for what it holds.

    Returns how the chunk is told from others; None when there was no telling.
    """
    decoder = _Decoder(payload, tables)
    try:
        data = inflate(content)
    except InflateError as error:
        decoder.reject(None, error.reason, content, f"{len(error.inflated)} bytes could be inflated")
        data = error.inflated
    else:
        if not data:
            decoder.reject(None, "empty_payload", content)
    if data:
        decoder.decode(memoryview(data))
    return decoder.chunk


@dataclass
class _Decoder:
    payload: int
    tables: RawTables
    origin: str = "history:UNKNOWN"
    position: int = 0
    chunk: ChunkName | None = None
    seen: set[tuple[Any, ...]] = field(default_factory=set)

    def reject(self, position: int | None, reason: str, raw: bytes, detail: str | None = None) -> None:
        self.tables.rejects[reason] += 1
        self.tables.add("rejects", (self.payload, position, reason, detail, raw), len(raw))

    def decode(self, data: memoryview) -> None:
        records, rest, damage = split_records(data, _RECORDS)
        # what is no list of records is decoded first: it names the kind of chunk
        history = _parsed(HistorySync, bytes(rest))
        if not records and (history is None or not history.ListFields()):
            self.reject(None, "not_a_history_payload", bytes(data))
            return
        if history is None:
            self.reject(None, "history_fields_undecodable", bytes(rest))
            history = HistorySync()
        if damage is not None:
            self.reject(
                None, "payload_cut_off", bytes(data[damage.offset :]), f"no protobuf from byte {damage.offset} on"
            )
        self.about_payload(history)
        take = {_CONVERSATIONS: self.conversation, _STATUS_MESSAGES: self.message, _CALLS: self.call}
        for number, start, end in records:
            take[number](bytes(data[start:end]))
        if damage is not None and damage.number == _CONVERSATIONS:
            # the conversation that was cut: its first messages are whole
            self.conversation(bytes(data[damage.start :]))

    def about_payload(self, history: Any) -> None:
        self.chunk = events.chunk_name(history)
        if history.HasField("syncType"):
            self.origin = "history:" + HistorySync.HistorySyncType.Name(history.syncType)
        for row in conversations.payload_lids(history, self.payload):
            self.add_once("lid_map", row)
        for row in conversations.payload_contacts(history, self.payload):
            self.add_once("contacts", row)

    def add_once(self, table: str, row: tuple[Any, ...]) -> None:
        """Add a row that many messages of a payload repeat."""
        if (table, *row) not in self.seen:
            self.seen.add((table, *row))
            self.tables.add(table, row, _ROW_BYTES)

    def conversation(self, raw: bytes) -> None:
        messages, rest, damage = split_records(memoryview(raw), _MESSAGES)
        if damage is not None:
            detail = f"no protobuf from byte {damage.offset} of the conversation on"
            self.reject(None, "conversation_cut_off", raw[damage.offset :], detail)
        # decoding a conversation in one go is three times as fast as message by message
        whole = _parsed(Conversation, raw) if damage is None else None
        conversation = whole if whole is not None else _parsed(Conversation, bytes(rest))
        if conversation is None:
            self.reject(None, "conversation_undecodable", bytes(rest))
            conversation = Conversation()
        chat_jid = read_text(conversation.ID)
        records = whole.messages if whole is not None else [None] * len(messages)
        for record, (_, start, end) in zip(records, messages, strict=True):
            own = message_bytes(raw[start:end])
            info = record.message if record is not None else _parsed(WebMessageInfo, own)
            if own is None or info is None:
                self.reject(self.position, "message_undecodable", raw[start:end])
                self.position += 1
            else:
                self.decoded_message(info, own, chat_jid)
        if rest:
            self.about_conversation(conversation)

    def about_conversation(self, conversation: Any) -> None:
        for row in conversations.conversation_lids(conversation, self.payload):
            self.add_once("lid_map", row)
        chat = conversations.chat_row(conversation, self.payload)
        self.tables.add("chats", chat, len(chat[-1]) + _ROW_BYTES)

    def message(self, raw: bytes) -> None:
        info = _parsed(WebMessageInfo, raw)
        if info is None:
            self.reject(self.position, "message_undecodable", raw)
            self.position += 1
        else:
            self.decoded_message(info, raw, None)

    def decoded_message(self, info: Any, raw: bytes, chat_jid: str | None, raw_format: str = WEB_MESSAGE_INFO) -> None:
        tables = self.tables
        for row in message_rows(
            info,
            raw,
            chat_jid=chat_jid,
            origin=self.origin,
            payload=self.payload,
            position=self.position,
            raw_format=raw_format,
        ):
            tables.add("messages", row, len(raw) + _ROW_BYTES)
            tables.kinds[row[6]] += 1
            sent_at = row[4]
            if sent_at is not None:
                if tables.first_ms is None or sent_at < tables.first_ms:
                    tables.first_ms = sent_at
                if tables.last_ms is None or sent_at > tables.last_ms:
                    tables.last_ms = sent_at
        self.position += 1
        for lid in conversations.receipt_lids(info, chat_jid, self.payload):
            self.add_once("lid_map", lid)
        business = conversations.business_contact(info, chat_jid, self.payload)
        if business is not None:
            self.add_once("contacts", business)

    def call(self, raw: bytes) -> None:
        record = _parsed(CallLogRecord, raw)
        if record is None:
            self.reject(None, "call_undecodable", raw)
        else:
            self.tables.add("calls", conversations.call_row(record, self.payload), len(raw) + _ROW_BYTES)


def _parsed(kind: Any, raw: bytes | None) -> Any:
    """The protobuf in `raw`, or None when there is none. Required fields may be missing."""
    if raw is None:
        return None
    try:
        return kind.FromString(raw)
    except DecodeError:
        return None

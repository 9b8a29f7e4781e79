"""From a journalled payload to rows of the raw tables, one record at a time.

What cannot be decoded becomes a reject with its bytes: a message, a conversation, the rest of a
payload after the byte where it stops being protobuf, or a whole payload.
"""

from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError

from extract.tables import RawTables
from extract.whatsapp import conversations
from extract.whatsapp.content.model import read_text
from extract.whatsapp.inflate import InflateError, inflate
from extract.whatsapp.messages import message_rows
from extract.whatsapp.protobufs import CallLogRecord, Conversation, HistorySync, HistorySyncMsg, WebMessageInfo
from extract.whatsapp.wire import LENGTH_DELIMITED, WireError, read_fields

# about what a row's strings take beside its raw bytes; only steers when a batch is written
_ROW_BYTES = 200

_HISTORY = HistorySync.DESCRIPTOR.fields_by_name
_CONVERSATIONS = _HISTORY["conversations"].number
_STATUS_MESSAGES = _HISTORY["statusV3Messages"].number
_CALLS = _HISTORY["callLogRecords"].number
_SYNC_TYPE = _HISTORY["syncType"].number
_RECORDS = frozenset({_CONVERSATIONS, _STATUS_MESSAGES, _CALLS})
_MESSAGES = frozenset({Conversation.DESCRIPTOR.fields_by_name["messages"].number})
_MESSAGE = HistorySyncMsg.DESCRIPTOR.fields_by_name["message"].number


def decode_payload(payload: int, content: bytes, tables: RawTables) -> None:
    """Decode one payload (a HistorySync, deflated or not) into the tables; never raises for what it holds."""
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


@dataclass
class _Decoder:
    payload: int
    tables: RawTables
    origin: str = "history:UNKNOWN"
    position: int = 0
    seen: set[tuple[Any, ...]] = field(default_factory=set)

    def reject(self, position: int | None, reason: str, raw: bytes, detail: str | None = None) -> None:
        self.tables.rejects[reason] += 1
        self.tables.add("rejects", (self.payload, position, reason, detail, raw), len(raw))

    def decode(self, data: memoryview) -> None:
        records, rest, damage = _split(data, _RECORDS)
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
        messages, rest, damage = _split(memoryview(raw), _MESSAGES)
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
            own = _message_bytes(raw[start:end])
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

    def decoded_message(self, info: Any, raw: bytes, chat_jid: str | None) -> None:
        tables = self.tables
        for row in message_rows(
            info, raw, chat_jid=chat_jid, origin=self.origin, payload=self.payload, position=self.position
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


def _split(data: memoryview, wanted: frozenset[int]) -> tuple[list[tuple[int, int, int]], bytearray, WireError | None]:
    """The records of the wanted fields as (field, start, end), all other fields' bytes, and the damage, if any."""
    records: list[tuple[int, int, int]] = []
    rest = bytearray()
    begin = 0
    try:
        for number, wire_type, start, end in read_fields(data):
            if number in wanted and wire_type == LENGTH_DELIMITED:
                records.append((number, start, end))
            else:
                rest += data[begin:end]
            begin = end
    except WireError as error:
        return records, rest, error
    return records, rest, None


def _message_bytes(record: bytes) -> bytes | None:
    """The WebMessageInfo in a HistorySyncMsg, in the very bytes it came in; None when there is none.

    Where the field comes twice, protobuf's meaning is the two merged, which is their bytes joined.
    """
    found: bytes | None = None
    try:
        for number, wire_type, start, end in read_fields(memoryview(record)):
            if number == _MESSAGE and wire_type == LENGTH_DELIMITED:
                found = record[start:end] if found is None else found + record[start:end]
    except WireError:
        return None
    return found

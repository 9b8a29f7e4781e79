"""neonize's events as they reached us, one journalled payload each, as rows of the raw tables.

An event is a protobuf of neonize's own package around one of WhatsApp's; `event_code` is the number under
which neonize dispatches it (neonize.events.EVENT_TO_INT, unchanged from 0.3.10 to 0.5.2).
Times in it are milliseconds, those in WhatsApp's messages seconds.
"""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError

from extract.whatsapp.announcements import Announcement, ChunkName
from extract.whatsapp.content.model import read_text
from extract.whatsapp.protobufs import HistorySync, WebMessageInfo, e2e_pb2, neonize_pb2
from extract.whatsapp.wire import LENGTH_DELIMITED, WireError, read_fields

PAIR_STATUS, TEMPORARY_BAN = 2, 8
HISTORY_SYNC, MESSAGE, UNDECRYPTABLE = 13, 17, 44
_CLASSES = {
    PAIR_STATUS: neonize_pb2.PairStatus,
    TEMPORARY_BAN: neonize_pb2.TemporaryBan,
    HISTORY_SYNC: neonize_pb2.HistorySync,
    MESSAGE: neonize_pb2.Message,
    UNDECRYPTABLE: neonize_pb2.UndecryptableMessage,
}
NEONIZE_MESSAGE = "neonize.Message"
NEONIZE_UNDECRYPTABLE = "neonize.UndecryptableMessage"
_DATA = neonize_pb2.HistorySync.DESCRIPTOR.fields_by_name["Data"].number
_TYPES = e2e_pb2.ProtocolMessage.Type
# what one's own devices tell each other of their keys; keys live in the session folder and nowhere else
_KEY_TYPES = frozenset(
    _TYPES.Value(name)
    for name in (
        "APP_STATE_SYNC_KEY_SHARE",
        "APP_STATE_SYNC_KEY_REQUEST",
        "SHARED_DEVICE_CONTACT_HASH_KEY_SHARE",
        "SHARED_DEVICE_CONTACT_HASH_KEY_REQUEST",
    )
)


def history_of(content: bytes) -> bytes | None:
    """The serialized HistorySync in a history event, in the very bytes it came in; None when there is none."""
    found: bytes | None = None
    try:
        for number, wire_type, start, end in read_fields(memoryview(content)):
            if number == _DATA and wire_type == LENGTH_DELIMITED:
                found = (found or b"") + content[start:end]
    except WireError:
        return None
    return found


def chunk_name(history: Any) -> ChunkName:
    """How a chunk is told from others; works for a HistorySync and for its notification."""
    kind = "UNKNOWN"
    if history.HasField("syncType"):
        kind = HistorySync.HistorySyncType.Name(history.syncType)
    return ChunkName(kind, history.chunkOrder if history.HasField("chunkOrder") else None)


def read_event(code: int, content: bytes) -> Any:
    """The protobuf of an event that is subscribed to; raises DecodeError when the bytes are none."""
    return _CLASSES[code].FromString(content)


def read_message_event(content: bytes) -> Any:
    """The neonize.Message in an event's bytes, or None when they are none."""
    return _parsed(neonize_pb2.Message, content)


def carries_keys(event: Any) -> bool:
    """Whether a message event is one that must not be kept: key material between the account's own devices."""
    if event is None or event.Info.Category != "peer":
        return False
    return any(
        message.protocolMessage.HasField("type") and message.protocolMessage.type in _KEY_TYPES
        for message in (event.Message, event.Raw)
    )


def announcement_of(event: Any, payload: int) -> Announcement | None:
    """The chunk that a message event announces, if it is an announcement."""
    protocol = event.Message.protocolMessage
    if not protocol.HasField("type") or protocol.type != e2e_pb2.ProtocolMessage.HISTORY_SYNC_NOTIFICATION:
        return None
    notification = protocol.historySyncNotification
    return Announcement(
        message_id=read_text(event.Info.ID) or f"payload {payload}",
        chunk=chunk_name(notification),
        progress=notification.progress if notification.HasField("progress") else None,
        payload=payload,
        inline=bool(notification.initialHistBootstrapInlinePayload),
    )


def inline_history(content: bytes) -> bytes:
    """The deflated chunk that an announcement carries in itself (empty when it carries none)."""
    event = read_message_event(content)
    if event is None:
        return b""
    found: bytes = event.Message.protocolMessage.historySyncNotification.initialHistBootstrapInlinePayload
    return found


def is_between_own_devices(event: Any) -> bool:
    """Whether a message event is traffic between the account's devices and no chat's message."""
    return bool(event.Info.Category == "peer")


def message_info(event: Any) -> Any:
    """A live message as the WebMessageInfo that history would hold of it."""
    made = _key_of(event.Info)
    # the original, with its wrappers: they tell an edit and a message to oneself
    content = event.Raw if event.HasField("Raw") and event.Raw.ByteSize() else event.Message
    made.message.MergeFrom(content)
    if made.key.fromMe:
        # that it reached us means that the server has it
        made.status = WebMessageInfo.SERVER_ACK
    return made


def undecryptable_info(content: bytes) -> Any:
    """A message that could not be decrypted, as the stub that history would hold; None when unreadable."""
    event = _parsed(neonize_pb2.UndecryptableMessage, content)
    if event is None:
        return None
    made = _key_of(event.Info)
    made.messageStubType = WebMessageInfo.CIPHERTEXT
    return made


def _key_of(about: Any) -> Any:
    source = about.MessageSource
    made = WebMessageInfo(messageTimestamp=max(about.Timestamp, 0) // 1000)
    made.key.remoteJID = jid_text(source.Chat) or ""
    made.key.fromMe = source.IsFromMe
    # assigned by name: an id with invalid UTF-8 is bytes, which proto2 takes back as it is
    made.key.ID = about.ID
    if source.IsGroup or made.key.remoteJID.endswith("@broadcast"):
        participant = jid_text(source.Sender)
        if participant:
            made.key.participant = participant
    if about.Pushname:
        made.pushName = about.Pushname
    return made


def live_lids(event: Any) -> Iterator[tuple[str, str, int | None]]:
    """(lid, number, milliseconds) of each pair of addresses that a live message gives away."""
    source = event.Info.MessageSource
    pairs = [(source.Sender, source.SenderAlt)]
    if source.IsFromMe and not source.IsGroup:
        pairs.append((source.Chat, source.RecipientAlt))
    at = event.Info.Timestamp or None
    for one, other in pairs:
        a, b = jid_text(one), jid_text(other)
        if a and b:
            if b.endswith("@lid"):
                a, b = b, a
            if a.endswith("@lid") and b.endswith("@s.whatsapp.net"):
                yield a, b, at


def jid_text(jid: Any) -> str | None:
    """A neonize JID as `user@server`, without the device; None when it is empty."""
    server, user = read_text(jid.Server), read_text(jid.User)
    if jid.IsEmpty or not server:
        return None
    return f"{user}@{server}" if user else server


def _parsed(kind: Any, content: bytes) -> Any:
    try:
        return kind.FromString(content)
    except DecodeError:
        return None

"""Arrow schemas of every table in the archive (raw) and in a clean run (clean).

docs/archive-format.md explains each column. Times are UTC with millisecond resolution.
"""

import hashlib
from collections.abc import Mapping

import pyarrow as pa

TIMESTAMP = pa.timestamp("ms", tz="UTC")


def _schema(columns: Mapping[str, pa.DataType], required: frozenset[str]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=name not in required) for name, kind in columns.items()])


RAW_MESSAGES = _schema(
    {
        "chat_jid": pa.string(),
        "message_id": pa.string(),
        "from_me": pa.bool_(),
        "sender_jid": pa.string(),
        "sent_at": TIMESTAMP,
        "push_name": pa.string(),
        "kind": pa.string(),
        "text": pa.string(),
        "media_mime": pa.string(),
        "media_name": pa.string(),
        "media_bytes": pa.int64(),
        "media_seconds": pa.int32(),
        "media_sha256": pa.binary(),
        "target_id": pa.string(),
        "reply_to_id": pa.string(),
        "delivery": pa.string(),
        "forwarded": pa.bool_(),
        "ad_title": pa.string(),
        "ad_url": pa.string(),
        "origin": pa.string(),
        "payload": pa.int32(),
        "position": pa.int32(),
        "raw": pa.binary(),
        "raw_format": pa.string(),
    },
    required=frozenset({"from_me", "kind", "forwarded", "origin", "payload", "position", "raw", "raw_format"}),
)

RAW_CHATS = _schema(
    {
        "chat_jid": pa.string(),
        "pn_jid": pa.string(),
        "lid_jid": pa.string(),
        "name": pa.string(),
        "display_name": pa.string(),
        "last_message_at": TIMESTAMP,
        "archived": pa.bool_(),
        "unread_count": pa.int32(),
        "history_complete": pa.bool_(),
        "payload": pa.int32(),
        "raw": pa.binary(),
    },
    required=frozenset({"payload", "raw"}),
)

RAW_CONTACTS = _schema(
    {
        "jid": pa.string(),
        "full_name": pa.string(),
        "first_name": pa.string(),
        "push_name": pa.string(),
        "business_name": pa.string(),
        "source": pa.string(),
        "payload": pa.int32(),
    },
    required=frozenset({"jid", "source"}),
)

RAW_LID_MAP = _schema(
    {
        "lid": pa.string(),
        "pn": pa.string(),
        "source": pa.string(),
        "payload": pa.int32(),
        "seen_at": TIMESTAMP,
    },
    required=frozenset({"lid", "pn", "source"}),
)

RAW_CALLS = _schema(
    {
        "call_id": pa.string(),
        "chat_jid": pa.string(),
        "from_me": pa.bool_(),
        "started_at": TIMESTAMP,
        "seconds": pa.int32(),
        "video": pa.bool_(),
        "outcome": pa.string(),
        "text": pa.string(),
        "payload": pa.int32(),
        "raw": pa.binary(),
    },
    required=frozenset({"payload", "raw"}),
)

RAW_REJECTS = _schema(
    {
        "payload": pa.int32(),
        "position": pa.int32(),
        "reason": pa.string(),
        "detail": pa.string(),
        "raw": pa.large_binary(),
    },
    required=frozenset({"payload", "reason", "raw"}),
)

JOURNAL = _schema(
    {
        "payload": pa.int32(),
        "received_at": TIMESTAMP,
        "source": pa.string(),
        "event_code": pa.int32(),
        "bytes": pa.int64(),
        "sha256": pa.binary(32),
        "content": pa.large_binary(),
    },
    required=frozenset({"payload", "received_at", "source", "bytes", "sha256", "content"}),
)

RAW_TABLES: Mapping[str, pa.Schema] = {
    "messages": RAW_MESSAGES,
    "chats": RAW_CHATS,
    "contacts": RAW_CONTACTS,
    "lid_map": RAW_LID_MAP,
    "calls": RAW_CALLS,
    "rejects": RAW_REJECTS,
}

CLEAN_CLIENTS = _schema(
    {
        "phone": pa.string(),
        "name": pa.string(),
        "first_name": pa.string(),
        "last_name": pa.string(),
        "name_source": pa.string(),
        "preferred_language": pa.string(),
        "language_confidence": pa.float64(),
        "languages": pa.string(),
        "status": pa.string(),
        "status_confidence": pa.float64(),
        "status_source": pa.string(),
        "status_reason": pa.string(),
        "country": pa.string(),
        "time_zone": pa.string(),
        "first_message_at": TIMESTAMP,
        "last_message_at": TIMESTAMP,
        "incoming_count": pa.int32(),
        "outgoing_count": pa.int32(),
        "ad_title": pa.string(),
        "addresses": pa.list_(pa.string()),
        "skip": pa.bool_(),
    },
    required=frozenset(
        {
            "phone",
            "languages",
            "status",
            "status_confidence",
            "status_source",
            "incoming_count",
            "outgoing_count",
            "addresses",
            "skip",
        }
    ),
)

CLEAN_CONVERSATIONS = _schema(
    {
        "phone": pa.string(),
        "channel": pa.string(),
        "first_message_at": TIMESTAMP,
        "last_message_at": TIMESTAMP,
        "message_count": pa.int32(),
        "archived": pa.bool_(),
    },
    required=frozenset({"phone", "channel", "message_count", "archived"}),
)

CLEAN_MESSAGES = _schema(
    {
        "phone": pa.string(),
        "direction": pa.string(),
        "whatsapp_message_id": pa.string(),
        "type": pa.string(),
        "body": pa.string(),
        "sent_at": TIMESTAMP,
        "language": pa.string(),
        "delivery": pa.string(),
        "reply_to": pa.string(),
        "forwarded": pa.bool_(),
        "edited_at": TIMESTAMP,
        "deleted_at": TIMESTAMP,
        "reactions": pa.string(),
        "media_mime": pa.string(),
        "media_name": pa.string(),
        "media_bytes": pa.int64(),
        "content_hash": pa.string(),
    },
    required=frozenset(
        {
            "phone",
            "direction",
            "whatsapp_message_id",
            "type",
            "sent_at",
            "forwarded",
            "reactions",
            "content_hash",
        }
    ),
)

CLEAN_REJECTS = _schema(
    {
        "stage": pa.string(),
        "reason": pa.string(),
        "chat_jid": pa.string(),
        "message_id": pa.string(),
        "detail": pa.string(),
    },
    required=frozenset({"stage", "reason"}),
)

CLEAN_TABLES: Mapping[str, pa.Schema] = {
    "clients": CLEAN_CLIENTS,
    "conversations": CLEAN_CONVERSATIONS,
    "messages": CLEAN_MESSAGES,
    "rejects": CLEAN_REJECTS,
}


def fingerprint(schema: pa.Schema) -> str:
    """Sixteen hex digits that change when a column's name, type, order or nullability does."""
    described = "\n".join(f"{field.name} {field.type} {field.nullable}" for field in schema)
    return hashlib.sha256(described.encode()).hexdigest()[:16]

"""The closed vocabularies that columns hold, under one name each in Arrow, DuckDB and PostgreSQL."""

from enum import StrEnum


class Kind(StrEnum):
    """What one raw row of `messages` is. Unknown variants are kept as `unknown`, never dropped."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    POLL = "poll"
    POLL_VOTE = "poll_vote"
    REACTION = "reaction"
    EDIT = "edit"
    REVOKE = "revoke"
    CALL = "call"
    ORDER = "order"
    PRODUCT = "product"
    GROUP_INVITE = "group_invite"
    EVENT = "event"
    ALBUM = "album"
    BUTTONS_REPLY = "buttons_reply"
    SYSTEM = "system"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


class MessageType(StrEnum):
    """What a clean row of `messages` is, as a CRM shows it."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    DOCUMENT = "DOCUMENT"
    STICKER = "STICKER"
    LOCATION = "LOCATION"
    CONTACT = "CONTACT"
    CALL = "CALL"
    OTHER = "OTHER"


class Direction(StrEnum):
    """Who wrote a message: INCOMING is the client's."""

    INCOMING = "INCOMING"
    OUTGOING = "OUTGOING"


class Delivery(StrEnum):
    """How far a message got; the order here is the order of progress, `error` the least."""

    ERROR = "error"
    PENDING = "pending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"


class Status(StrEnum):
    """Where a client stands in the sales funnel."""

    NEW_LEAD = "NEW_LEAD"
    QUALIFIED = "QUALIFIED"
    WARMED = "WARMED"
    PROPOSAL_SENT = "PROPOSAL_SENT"
    NEGOTIATION = "NEGOTIATION"
    SOLD = "SOLD"
    SERVICE = "SERVICE"
    CLOSED = "CLOSED"


# the languages that are told apart, by ISO 639-1
LANGUAGES = (
    "ru", "ky", "en", "ar", "fr", "de", "es", "pl", "kk", "uz",
    "tr", "zh", "hi", "ur", "he", "it", "uk", "ko", "ja", "fa",
)  # fmt: skip


class SourceKind(StrEnum):
    """Where a snapshot's payloads came from."""

    WHATSAPP = "whatsapp"
    REPLAY = "replay"
    REDECODE = "redecode"
    EXPORT_CHAT = "export-chat"
    ANDROID = "android"
    IOS = "ios"


class Ended(StrEnum):
    """Why an extract stopped taking payloads."""

    QUIET = "quiet"
    DEADLINE = "deadline"
    INTERRUPTED = "interrupted"
    LOGGED_OUT = "logged_out"
    CRASHED = "crashed"
    SOURCE_END = "source_end"


CHANNEL_WHATSAPP = "WHATSAPP"

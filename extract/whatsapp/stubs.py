"""Messages without content: the phone's own notices (`WebMessageInfo.messageStubType`)."""

from typing import Any

from extract.whatsapp.content import Content
from extract.whatsapp.content.model import read_id
from extract.whatsapp.content.people import call_text
from extract.whatsapp.protobufs import WebMessageInfo
from extract.whatsapp.wire import VARINT, WireError, read_fields
from schemas.words import Kind

_TYPES = WebMessageInfo.StubType
_STUB_TYPE_FIELD = WebMessageInfo.DESCRIPTOR.fields_by_name["messageStubType"].number

_REVOKED = {_TYPES.Value("REVOKE"), _TYPES.Value("ADMIN_REVOKE")}
_UNAVAILABLE = {
    _TYPES.Value(name)
    for name in ("CIPHERTEXT", "FUTUREPROOF", "OVERSIZED", "VIEWED_ONCE", "PAYMENT_CIPHERTEXT", "PAYMENT_FUTUREPROOF")
}
_CALLS = {
    _TYPES.Value("CALL_MISSED_VOICE"): call_text(video=False, outcome="missed", seconds=0),
    _TYPES.Value("CALL_MISSED_VIDEO"): call_text(video=True, outcome="missed", seconds=0),
    _TYPES.Value("CALL_MISSED_GROUP_VOICE"): call_text(video=False, outcome="missed group", seconds=0),
    _TYPES.Value("CALL_MISSED_GROUP_VIDEO"): call_text(video=True, outcome="missed group", seconds=0),
    _TYPES.Value("SILENCED_UNKNOWN_CALLER_AUDIO"): call_text(video=False, outcome="silenced", seconds=0),
    _TYPES.Value("SILENCED_UNKNOWN_CALLER_VIDEO"): call_text(video=True, outcome="silenced", seconds=0),
}


def is_revoked(info: Any) -> bool:
    """Whether the stub says that this message was deleted for everyone."""
    return info.HasField("messageStubType") and info.messageStubType in _REVOKED


def stub_content(info: Any) -> Content:
    """The content of a WebMessageInfo that has no message in it."""
    if info.HasField("messageStubType"):
        stub = info.messageStubType
        if stub in _REVOKED:
            at = info.revokeMessageTimestamp
            return Content(Kind.REVOKE, target_id=read_id(info.key.ID), at_ms=at * 1000 if at else None)
        if stub in _CALLS:
            return Content(Kind.CALL, _CALLS[stub])
        if stub in _UNAVAILABLE:
            return Content(Kind.UNAVAILABLE)
        return Content(Kind.SYSTEM, _TYPES.Name(stub))
    # a notice newer than our schema: the closed enum hides its number, the bytes still have it
    return Content(Kind.SYSTEM if _has_stub_type(info) else Kind.UNKNOWN)


def _has_stub_type(info: Any) -> bool:
    try:
        fields = list(read_fields(memoryview(info.SerializePartialToString())))
    except WireError:
        return False
    return any(number == _STUB_TYPE_FIELD and wire_type == VARINT for number, wire_type, _, _ in fields)

"""From a `waE2E.Message` to its content: unwrap, then the converter of the variant found."""

from collections.abc import Callable
from typing import Any

from extract.whatsapp.content import actions, business, media, people
from extract.whatsapp.content.model import Content, read_text
from extract.whatsapp.protobufs import Message, e2e_pb2
from schemas.words import Kind

# whatsmeow unwraps a handful of levels; deeper nesting is not sent by any phone, only by an attacker
MAX_DEPTH = 8


def _conversation(text: Any) -> Content:
    return Content(Kind.TEXT, read_text(text))


def _extended_text(message: Any) -> Content:
    return Content(Kind.TEXT, read_text(message.text), context=message.contextInfo)


def _question_response(message: Any) -> Content:
    return Content(Kind.TEXT, read_text(message.text))


def _unavailable(_message: Any) -> Content:
    return Content(Kind.UNAVAILABLE)


def _notice(_message: Any) -> Content:
    return Content(Kind.SYSTEM)


_CONVERTERS: dict[str, Callable[[Any], Content]] = {
    "conversation": _conversation,
    "extendedTextMessage": _extended_text,
    "questionResponseMessage": _question_response,
    "statusQuestionAnswerMessage": _question_response,
    **media.CONVERTERS,
    **people.CONVERTERS,
    **business.CONVERTERS,
    **actions.CONVERTERS,
    **dict.fromkeys(
        (
            "placeholderMessage",
            "secretEncryptedMessage",
            "encReactionMessage",
            "encCommentMessage",
            "encEventResponseMessage",
            "conditionalRevealMessage",
        ),
        _unavailable,
    ),
    **dict.fromkeys(
        (
            "keepInChatMessage",
            "pinInChatMessage",
            "messageHistoryBundle",
            "messageHistoryNotice",
            "groupRootKeyShare",
            "rootSecretDistributeMessage",
            "stickerSyncRmrMessage",
            "scheduledCallEditMessage",
            "statusNotificationMessage",
            "requestPhoneNumberMessage",
        ),
        _notice,
    ),
}

# a field of type FutureProofMessage holds the real message in `.message`, and so do these carriers
_WRAPPERS = {
    field.name for field in Message.DESCRIPTOR.fields if field.message_type is e2e_pb2.FutureProofMessage.DESCRIPTOR
} | {"deviceSentMessage", "commentMessage"}
_NOTE_CARRIERS = {"sendPaymentMessage", "requestPaymentMessage"}
# these ride along with a message, or alone as key traffic; they say nothing to a reader
_NOT_CONTENT = {
    "messageContextInfo",
    "senderKeyDistributionMessage",
    "fastRatchetKeySenderKeyDistributionMessage",
    "chat",
    "call",
    "statusLinkPreviewMetadata",
}


def content_of(message: Any, depth: int = 0) -> Content:
    """The content of a `waE2E.Message`; a variant nobody here knows is `unknown`, never an error."""
    riders = False
    for field, value in message.ListFields():
        name = field.name
        converter = _CONVERTERS.get(name)
        if converter is not None:
            return converter(value)
        if name in _WRAPPERS:
            return _unwrapped(value.message, depth)
        if name == "protocolMessage":
            return actions.protocol_content(value, lambda inner: _unwrapped(inner, depth))
        if name in _NOTE_CARRIERS:
            note = _unwrapped(value.noteMessage, depth)
            return Content(Kind.ORDER, note.text, context=note.context)
        if name in _NOT_CONTENT:
            riders = True
            continue
        return Content(Kind.UNKNOWN)
    # fields newer than our schema are in the bytes but not listed
    only_riders = riders and not _has_unknown_fields(message)
    return Content(Kind.SYSTEM if only_riders else Kind.UNKNOWN)


def _unwrapped(message: Any, depth: int) -> Content:
    if depth >= MAX_DEPTH:
        return Content(Kind.UNKNOWN)
    if not message.ByteSize():
        # an empty wrapper: a view-once message that this device was not given
        return Content(Kind.UNAVAILABLE)
    return content_of(message, depth + 1)


def _has_unknown_fields(message: Any) -> bool:
    known = Message()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return bool(known.ByteSize() != message.ByteSize())

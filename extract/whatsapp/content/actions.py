"""What happens to a message that is already there: edit, revoke, reaction, vote."""

from collections.abc import Callable
from typing import Any

from extract.whatsapp.content.model import Content, read_id, read_text
from extract.whatsapp.protobufs import e2e_pb2
from schemas.words import Kind

_REVOKE = e2e_pb2.ProtocolMessage.REVOKE
_MESSAGE_EDIT = e2e_pb2.ProtocolMessage.MESSAGE_EDIT


def protocol_content(message: Any, read_inner: Callable[[Any], Content]) -> Content:
    """An edit or a revoke; every other protocol message is traffic between devices.

    The enum is closed and its 0 is REVOKE, so an absent or unknown type would read as one:
    only a type that is there counts.
    """
    if not message.HasField("type"):
        return Content(Kind.SYSTEM)
    target = read_id(message.key.ID)
    if message.type == _REVOKE:
        return Content(Kind.REVOKE, target_id=target)
    if message.type == _MESSAGE_EDIT:
        inner = read_inner(message.editedMessage)
        return Content(
            Kind.EDIT,
            inner.text,
            context=inner.context,
            media=inner.media,
            media_name=inner.media_name,
            target_id=target,
            at_ms=message.timestampMS or None,
            inner=inner,
        )
    return Content(Kind.SYSTEM)


def _reaction(message: Any) -> Content:
    # an empty text takes the reaction back
    text = read_text(message.text) or ""
    return Content(Kind.REACTION, text, target_id=read_id(message.key.ID), at_ms=message.senderTimestampMS or None)


def _poll_vote(message: Any) -> Content:
    target = read_id(message.pollCreationMessageKey.ID)
    return Content(Kind.POLL_VOTE, target_id=target, at_ms=message.senderTimestampMS or None)


CONVERTERS: dict[str, Callable[[Any], Content]] = {
    "reactionMessage": _reaction,
    "pollUpdateMessage": _poll_vote,
}

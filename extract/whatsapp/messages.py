"""From a `WebMessageInfo` to rows of the raw table `messages`.

Units: messageTimestamp is in seconds; a reaction's senderTimestampMS and an edit's timestampMS are in
milliseconds. Rows are tuples in the column order of schemas.tables.RAW_MESSAGES; `sent_at` is
milliseconds since 1970 or None.
"""

from collections.abc import Iterator
from typing import Any

from extract.whatsapp.content import Content, content_of
from extract.whatsapp.content.model import read_id, read_text
from extract.whatsapp.protobufs import WebMessageInfo
from extract.whatsapp.stubs import is_revoked, stub_content
from schemas.words import Delivery, Kind

MessageRow = tuple[Any, ...]

# beside the stub that says a message was deleted, these are that deletion again, or key traffic
_SAYS_NOTHING = {Kind.REVOKE, Kind.SYSTEM}

WEB_MESSAGE_INFO = "waWeb.WebMessageInfo"
REACTION = "waWeb.Reaction"
POLL_UPDATE = "waWeb.PollUpdate"
# 9999-12-31: the last day that Arrow, DuckDB and PostgreSQL all print; beyond it a time is no time
_LAST_MS = 253_402_300_799_999
_INT32_MAX = 2**31 - 1
_INT64_MAX = 2**63 - 1

_DELIVERY = {
    WebMessageInfo.Status.Value(name): word.value
    for name, word in (
        ("ERROR", Delivery.ERROR),
        ("PENDING", Delivery.PENDING),
        ("SERVER_ACK", Delivery.SENT),
        ("DELIVERY_ACK", Delivery.DELIVERED),
        ("READ", Delivery.READ),
        ("PLAYED", Delivery.PLAYED),
    )
}


def usable_ms(milliseconds: int | None) -> int | None:
    """A time in milliseconds, or None when it is absent, zero or beyond the year 9999."""
    return milliseconds if milliseconds and 0 < milliseconds <= _LAST_MS else None


def message_rows(
    info: Any,
    raw: bytes,
    *,
    chat_jid: str | None,
    origin: str,
    payload: int,
    position: int,
    raw_format: str = WEB_MESSAGE_INFO,
) -> Iterator[MessageRow]:
    """The rows of one WebMessageInfo: its own, then, where it was edited or deleted, that, its reactions and votes.

    `raw` is the record as it came and `raw_format` what it is; `chat_jid` the conversation's, `position` the
    running number of the message in its payload (inside a conversation the phone sends the newest first).
    """
    key = info.key
    message_id = read_id(key.ID)
    from_me = key.fromMe
    sent_at = usable_ms(info.messageTimestamp * 1000)
    chat = chat_jid or read_text(key.remoteJID)
    sender = _sender(info, key, chat)
    push_name = read_text(info.pushName)
    delivery = _DELIVERY[info.status] if info.HasField("status") else None
    end = (origin, payload, position)

    def row(content: Content, at: int | None) -> MessageRow:
        return (
            chat, message_id, from_me, sender, at, push_name, content.kind.value, content.text,
            *_media(content), content.target_id, *_context(content, delivery), *end, raw, raw_format,
        )  # fmt: skip

    for content in _contents(info, message_id):
        yield row(content, usable_ms(content.at_ms) or sent_at)

    for reaction in info.reactions:
        yield (
            chat, read_id(reaction.key.ID), reaction.key.fromMe, read_text(reaction.key.participant),
            usable_ms(reaction.senderTimestampMS), None, Kind.REACTION.value, read_text(reaction.text) or "",
            None, None, None, None, None, message_id, None, None, False, None, None,
            *end, reaction.SerializePartialToString(), REACTION,
        )  # fmt: skip
    for vote in info.pollUpdates:
        voter = vote.pollUpdateMessageKey
        yield (
            chat, read_id(voter.ID), voter.fromMe, read_text(voter.participant),
            usable_ms(vote.senderTimestampMS), None, Kind.POLL_VOTE.value, None,
            None, None, None, None, None, message_id, None, None, False, None, None,
            *end, vote.SerializePartialToString(), POLL_UPDATE,
        )  # fmt: skip


def _contents(info: Any, message_id: str | None) -> Iterator[Content]:
    """What the message says, then what became of it: history may hold no other copy of an edited or deleted one."""
    revoked = is_revoked(info)
    if info.HasField("message"):
        content = content_of(info.message)
        if content.kind is Kind.EDIT and content.inner is not None and content.target_id == message_id:
            yield content.inner
        if not (revoked and content.kind in _SAYS_NOTHING):
            yield content
        if not revoked:
            return
    yield stub_content(info)


def _sender(info: Any, key: Any, chat: str | None) -> str | None:
    """Who wrote it, where the chat does not say it: the participant of a group or broadcast."""
    if chat is not None and chat.endswith(("@s.whatsapp.net", "@lid", "@c.us")):
        return None
    return read_text(info.participant) or read_text(key.participant)


def _media(content: Content) -> tuple[Any, ...]:
    """(mime, name, bytes, seconds, sha256) of the file, if there is one."""
    media = content.media
    if media is None:
        return (None, content.media_name, None, None, None)
    seconds = getattr(media, "seconds", 0)
    return (
        read_text(media.mimetype),
        content.media_name,
        min(media.fileLength, _INT64_MAX) or None,
        min(seconds, _INT32_MAX) or None,
        media.fileSHA256 or None,
    )


def _context(content: Content, delivery: str | None) -> tuple[Any, ...]:
    """(reply_to_id, delivery, forwarded, ad_title, ad_url) from the variant's ContextInfo."""
    context = content.context
    if context is None or not context.ByteSize():
        return (None, delivery, False, None, None)
    ad_title = ad_url = None
    if context.HasField("externalAdReply"):
        ad = context.externalAdReply
        ad_title, ad_url = read_text(ad.title), read_text(ad.sourceURL)
    return (read_id(context.stanzaID), delivery, context.isForwarded, ad_title, ad_url)

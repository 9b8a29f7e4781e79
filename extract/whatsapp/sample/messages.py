"""A script's line as a `WebMessageInfo`, as a phone would put it into a history chunk."""

from dataclasses import replace
from typing import Any

from extract.whatsapp.protobufs import Message, MessageKey, WebMessageInfo, e2e_pb2, web_pb2
from extract.whatsapp.sample.script import LID_SERVER, PERSON_SERVER, Chat, Line, digest, number
from extract.whatsapp.sample.variants import VARIANTS

_STATUS = web_pb2.WebMessageInfo.Status
_STUB = web_pb2.WebMessageInfo.StubType
_PROTOCOL = e2e_pb2.ProtocolMessage


def _participant(line: Line) -> str:
    """Address of who wrote a group message; "" for our own."""
    by = line.get("by")
    if not by or line.from_me:
        return ""
    return by if "@" in by else f"{by.removeprefix('+')}@{PERSON_SERVER}"


def _key(chat: Chat, line: Line) -> MessageKey:
    key = MessageKey(remoteJID=chat.jid, fromMe=line.from_me)
    if "no_id" not in line.attributes:
        key.ID = chat.message_id(line.label)
    if chat.members and (participant := _participant(line)):
        key.participant = participant
    return key


def _target_key(chat: Chat, line: Line) -> MessageKey:
    """The message that an edit, revoke, reaction or vote is about; it may be one that the script lacks."""
    target = chat.line(line.get("of"))
    # an unknown target claims the side of whoever speaks about it
    from_me = target.from_me if target else line.from_me
    return MessageKey(remoteJID=chat.jid, fromMe=from_me, ID=chat.message_id(line.get("of")))


def _milliseconds(line: Line) -> int:
    return int(line.sent_at.timestamp()) * 1000


def _edit(chat: Chat, line: Line) -> Message:
    change = Message(
        protocolMessage={
            "key": _target_key(chat, line),
            "type": _PROTOCOL.MESSAGE_EDIT,
            "editedMessage": {"conversation": line.text},
            "timestampMS": _milliseconds(line),
        }
    )
    return change if line.get("wrap") == "none" else Message(editedMessage={"message": change})


def _revoke(chat: Chat, line: Line) -> Message:
    return Message(protocolMessage={"key": _target_key(chat, line), "type": _PROTOCOL.REVOKE})


def _reaction(chat: Chat, line: Line) -> Message:
    reaction = {"key": _target_key(chat, line), "text": line.text, "senderTimestampMS": _milliseconds(line)}
    return Message(reactionMessage=reaction)


def _vote(chat: Chat, line: Line) -> Message:
    sealed = {"encPayload": digest(chat.key, line.label, "vote"), "encIV": digest(chat.key, line.label, "iv")[:12]}
    return Message(
        pollUpdateMessage={
            "pollCreationMessageKey": _target_key(chat, line),
            "vote": sealed,
            "senderTimestampMS": _milliseconds(line),
        }
    )


_ABOUT_ANOTHER = {"edit": _edit, "revoke": _revoke, "reaction": _reaction, "vote": _vote}


def _add_context(chat: Chat, line: Line, message: Message) -> None:
    """Write reply target, forwarding and ad click where WhatsApp keeps them: inside the variant."""
    context: dict[str, Any] = {}
    if replied := line.get("re"):
        target = chat.line(replied)
        context["stanzaID"] = chat.message_id(replied)
        context["participant"] = "" if target is None or target.from_me else chat.jid
        context["quotedMessage"] = {"conversation": target.text if target else ""}
    if "fwd" in line.attributes:
        context |= {"isForwarded": True, "forwardingScore": int(line.get("fwd"))}
    if "ad" in line.attributes:
        advert = {"title": line.get("ad"), "body": line.get("ad_body"), "sourceURL": line.get("ad_url")}
        context["externalAdReply"] = advert | {"sourceType": "ad", "ctwaClid": digest(chat.key, "ad").hex()[:32]}
        context["entryPointConversionSource"] = "ctwa_ad"
    if not context:
        return
    if message.HasField("conversation"):  # a bare string has no room for context
        text = message.conversation
        message.Clear()
        message.extendedTextMessage.text = text
    ((_, variant),) = message.ListFields()
    if isinstance(variant, e2e_pb2.FutureProofMessage):
        ((_, variant),) = variant.message.ListFields()
    variant.contextInfo.MergeFrom(e2e_pb2.ContextInfo(**context))


def _wrapped(chat: Chat, line: Line, message: Message) -> Message:
    wrap = line.get("wrap")
    if wrap == "ephemeral":
        return Message(ephemeralMessage={"message": message})
    if wrap == "view_once":
        return Message(viewOnceMessageV2={"message": message})
    if wrap == "device_sent":
        return Message(deviceSentMessage={"destinationJID": chat.jid, "message": message})
    if wrap == "album_child":
        child = Message(associatedChildMessage={"message": message})
        child.messageContextInfo.messageAssociation.parentMessageKey.CopyFrom(_target_key(chat, line))
        return child
    return message


def _content(chat: Chat, line: Line) -> Message:
    if line.kind in _ABOUT_ANOTHER:
        return _ABOUT_ANOTHER[line.kind](chat, line)
    message = VARIANTS[line.kind](chat, line)
    _add_context(chat, line, message)
    return _wrapped(chat, line, message)


def _react(chat: Chat, line: Line, info: WebMessageInfo, early: bool) -> None:
    """The other side's reaction; a removed one stays in the list with an empty text and a later time."""
    now, before = line.get("react"), line.get("react_was")
    if "react" not in line.attributes or (early and not before):
        return
    sent = _milliseconds(line) + (60_000 if early or not before else 3_600_000)
    key = MessageKey(remoteJID=chat.jid, fromMe=not line.from_me, ID=chat.message_id(line.label))
    info.reactions.add(key=key, text=before if early else now, senderTimestampMS=sent)


def build_message(chat: Chat, line: Line, *, early: bool = False) -> WebMessageInfo:
    """One line as protobuf; `early` gives it as the first payload has it: unread, unedited, less reacted to."""
    at = line.get("at")
    info = WebMessageInfo(messageTimestamp=int(at) if at else int(line.sent_at.timestamp()))
    if "no_key" not in line.attributes:
        info.key.CopyFrom(_key(chat, line))
    if chat.members and (participant := _participant(line)):
        info.participant = participant
    if line.kind == "stub" or (early and "undecrypted_at_first" in line.attributes):
        info.messageStubType = _STUB.Value(line.get("type", "CIPHERTEXT"))
        info.messageStubParameters.extend(filter(None, line.text.split("|") if line.kind == "stub" else ()))
        return info
    if not early and "revoked_later" in line.attributes:
        info.messageStubType = _STUB.Value("REVOKE")
        return info
    if early and "was" in line.attributes:
        line = replace(line, text=line.get("was"))
    info.message.CopyFrom(_content(chat, line))
    if line.from_me:
        info.status = _STATUS.Value("DELIVERY_ACK" if early else line.get("delivery", "READ"))
    else:
        if chat.push and not chat.members and number(2, chat.key, line.label, "push"):
            info.pushName = chat.push
        if chat.business:
            info.verifiedBizName = chat.business
    if chat.told_by == "receipt" and line.from_me and chat.jid.endswith("@" + LID_SERVER):
        read_at = int(line.sent_at.timestamp()) + 40
        info.userReceipt.add(userJID=f"{chat.phone.removeprefix('+')}@{PERSON_SERVER}", readTimestamp=read_at)
    _react(chat, line, info, early)
    return info

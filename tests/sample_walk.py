"""The sample's payloads taken apart with plain protobuf code, independently of the program's own decoder."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from google.protobuf.message import DecodeError

from extract.whatsapp.protobufs import Conversation, HistorySync, e2e_pb2
from extract.whatsapp.sample import SAMPLE_OWN_PHONE, sample_payloads


@dataclass(frozen=True)
class Occurrence:
    """One message as one payload holds it."""

    payload: str
    chat: str
    info: Any

    @property
    def identity(self) -> tuple[str, bool, str]:
        return self.chat, self.info.key.fromMe, self.info.key.ID


@dataclass
class Walked:
    payloads: dict[str, Any] = field(default_factory=dict)
    conversations: list[tuple[str, Any]] = field(default_factory=list)
    undecodable: list[tuple[str, bytes]] = field(default_factory=list)

    def occurrences(self) -> Iterator[Occurrence]:
        for payload, conversation in self.conversations:
            for entry in conversation.messages:
                yield Occurrence(payload, conversation.ID, entry.message)


def inflated(content: bytes) -> bytes:
    return zlib.decompress(content) if content[0] == 0x78 else content


def varint(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def conversations_apart(content: bytes) -> tuple[bytes, list[bytes]]:
    """Split a HistorySync on the wire: what is not a conversation (field 2), and each conversation's bytes."""
    rest, conversations, at = b"", [], 0
    while at < len(content):
        start = at
        tag, at = varint(content, at)
        if tag & 7 == 2:
            length, at = varint(content, at)
            at += length
        else:
            assert tag & 7 == 0, "the top level of a HistorySync holds varints and length-delimited fields"
            length, (_, at) = 0, varint(content, at)
        if tag >> 3 == 2:
            conversations.append(content[at - length : at])
        else:
            rest += content[start:at]
    return rest, conversations


@cache
def walked() -> Walked:
    found = Walked()
    for name, content in sample_payloads():
        rest, conversations = conversations_apart(inflated(content))
        found.payloads[name] = HistorySync.FromString(rest)
        for record in conversations:
            try:
                found.conversations.append((name, Conversation.FromString(record)))
            except DecodeError:
                found.undecodable.append((name, record))
    return found


@cache
def occurrences() -> tuple[Occurrence, ...]:
    return tuple(walked().occurrences())


def variants(message: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Name and content of every variant in a message, envelopes first."""
    for descriptor, value in message.ListFields():
        yield descriptor.name, value
        inner = getattr(value, "message", None)
        if isinstance(value, e2e_pb2.FutureProofMessage | e2e_pb2.DeviceSentMessage) and inner is not None:
            yield from variants(inner, depth + 1)


def numbers_of_hidden_ids() -> dict[str, str]:
    """LID address to number address, by each way WhatsApp tells it."""
    told: dict[str, str] = {}
    for payload in walked().payloads.values():
        told |= {mapping.lidJID: mapping.pnJID for mapping in payload.phoneNumberToLidMappings}
    for _, conversation in walked().conversations:
        if conversation.ID.endswith("@lid"):
            if conversation.HasField("pnJID"):
                told[conversation.ID] = conversation.pnJID
            for entry in conversation.messages:
                for receipt in entry.message.userReceipt:
                    told[conversation.ID] = receipt.userJID
    return told


def phone_of(jid: str) -> str | None:
    user, _, server = numbers_of_hidden_ids().get(jid, jid).partition("@")
    if server != "s.whatsapp.net" or user == "0" or user.startswith("1313555"):
        return None
    phone = "+" + ("52" + user[3:] if user.startswith("521") and len(user) == 13 else user)
    return None if phone == SAMPLE_OWN_PHONE else phone


def chats_with_messages() -> set[str]:
    return {seen.chat for seen in occurrences()}

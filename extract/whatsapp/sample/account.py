"""The sample's public face: its payloads, its files and what a reader must find in them."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extract.whatsapp.sample.payloads import build_payloads
from extract.whatsapp.sample.script import chats
from schemas.files import PRIVATE_FILE


@dataclass(frozen=True)
class ExpectedClient:
    """A client as its author meant it: `status` by the labelling policy at SAMPLE_AS_OF, `language` ISO 639-1.

    `name` is None where no payload names the person; `name_from` says which of them does.
    """

    phone: str
    status: str
    language: str
    name: str | None
    name_from: str | None


@dataclass(frozen=True)
class Expected:
    """What the payloads hold; the counts are written by hand and checked against the protobufs by tests."""

    clients: tuple[ExpectedClient, ...]
    client_count: int
    people_without_number: int
    groups: int
    not_for_crm_chats: int
    contacts_without_messages: int


def _expected_clients() -> tuple[ExpectedClient, ...]:
    clients = []
    for chat in chats():
        if not chat.individual:
            continue
        # the precedence of transform: the chat's name, inline contact, business, push name, own words
        sources = {
            "chat": chat.name,
            "inline_contact": chat.inline,
            "business": chat.business,
            "push_name": chat.push,
            "introduction": chat.introduced,
        }
        # a chat that is named by its bare number names nobody
        named = next(((source, name) for source, name in sources.items() if name and name[0] != "+"), (None, None))
        clients.append(ExpectedClient(chat.phone, chat.status, chat.language, named[1], named[0]))
    return tuple(sorted(clients, key=lambda client: client.phone))


EXPECTED = Expected(
    clients=_expected_clients(),
    client_count=48,
    people_without_number=2,
    groups=2,
    not_for_crm_chats=8,
    contacts_without_messages=1,
)


@cache
def _payloads() -> tuple[tuple[str, bytes], ...]:
    return tuple(build_payloads())


def sample_payloads() -> list[tuple[str, bytes]]:
    """Every payload of the sample account as (file name, bytes), in the order of arrival; the same bytes each time.

    A payload is a serialized `HistorySync`; two of them are zlib-deflated, as on the wire.
    """
    return list(_payloads())


def write_sample(folder: Path) -> list[Path]:
    """Write the payloads into `folder` (which must exist) as files of mode 0600; returns them in name order."""
    written = []
    for name, content in sample_payloads():
        path = folder / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, PRIVATE_FILE)
            file.write(content)
        written.append(path)
    return written

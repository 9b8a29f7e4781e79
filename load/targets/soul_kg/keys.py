"""Keys of the rows that wa2pg inserts, and the form of WhatsApp's ids, in the Soul KG CRM's tables.

    uuid5(organization, "client:<phone>")                     as in the layout crm
    uuid5(organization, "conversation:<client id>:<channel>:<n>")   n: WhatsApp conversations that he had before it
    uuid5(organization, "message:<client id>:<direction>:<message id>")

The CRM itself makes only UUIDs of version 4, so a key says whose row it is: a message is wa2pg's exactly when its id is
the one above. Messages are keyed by their client and not by his phone, so that they stay known when it changes.
"""

import re
import uuid
from collections.abc import Iterable

from schemas.words import CHANNEL_WHATSAPP

_NUMBER_SERVERS = {"s.whatsapp.net", "c.us"}
_SAME_NUMBER = 8


def organization_namespace(row_id: str) -> uuid.UUID:
    """The namespace of an organisation's keys: its id, or one made of it where that is no UUID."""
    try:
        return uuid.UUID(row_id)
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"wa2pg:soul_kg:organization:{row_id}")


def conversation_key(namespace: uuid.UUID, client_id: str, number: int) -> str:
    """The id of a conversation that wa2pg inserts, `number` counting the client's from 0."""
    return str(uuid.uuid5(namespace, f"conversation:{client_id}:{CHANNEL_WHATSAPP}:{number}"))


def message_key(namespace: uuid.UUID, client_id: str, direction: str, message_id: str) -> str:
    """The id of a message that wa2pg inserts."""
    return str(uuid.uuid5(namespace, f"message:{client_id}:{direction}:{message_id}"))


def chat_address(phone: str, addresses: Iterable[str]) -> str:
    """How whatsapp-web.js writes the chat of a phone: `<digits>@c.us`.

    The digits are those of the WhatsApp address, which may differ from the phone's (Mexican 521…); of several
    addresses the one with the phone's last eight digits.
    """
    digits = phone.lstrip("+")
    for address in sorted(addresses):
        user, _, server = address.partition("@")
        if (
            server in _NUMBER_SERVERS
            and re.fullmatch("[0-9]+", user)
            and user[-_SAME_NUMBER:] == digits[-_SAME_NUMBER:]
        ):
            return f"{user}@c.us"
    return f"{digits}@c.us"

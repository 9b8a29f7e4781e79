"""Keys of imported rows: the same row of the archive has the same key in every database and every run.

    uuid5(organization id, "client:<phone>")
    uuid5(organization id, "conversation:<phone>:<channel>")
    uuid5(organization id, "message:<phone>:<direction>:<whatsapp_message_id>")

Where another person had the number before, and his row has the key, a client's and his conversation's are

    uuid5(organization id, "client:<phone>:<address>")
    uuid5(organization id, "conversation:<phone>:<channel>:<address>")

An organisation made without an id has uuid5(NAMESPACE_URL, "wa2pg:organization:<slug>").
"""

import uuid


def organization_key(slug: str) -> uuid.UUID:
    """The id of an organisation that was made without one."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"wa2pg:organization:{slug}")


def client_key(organization: uuid.UUID, phone: str, *address: str) -> uuid.UUID:
    """The id of a client that wa2pg inserts; with his address where another had the number before."""
    return uuid.uuid5(organization, ":".join(("client", phone, *address)))


def conversation_key(organization: uuid.UUID, phone: str, channel: str, *address: str) -> uuid.UUID:
    """The id of a conversation that wa2pg inserts; with the address as its client's."""
    return uuid.uuid5(organization, ":".join(("conversation", phone, channel, *address)))


def message_key(organization: uuid.UUID, phone: str, direction: str, whatsapp_message_id: str) -> uuid.UUID:
    """The id of a message that wa2pg inserts."""
    return uuid.uuid5(organization, f"message:{phone}:{direction}:{whatsapp_message_id}")

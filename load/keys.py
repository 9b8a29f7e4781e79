"""Keys of imported rows: the same row of the archive has the same key in every database and every run.

    uuid5(organization id, "client:<phone>")
    uuid5(organization id, "conversation:<phone>:<channel>")
    uuid5(organization id, "message:<phone>:<direction>:<whatsapp_message_id>")

An organisation made without an id has uuid5(NAMESPACE_URL, "wa2pg:organization:<slug>").
"""

import uuid


def organization_key(slug: str) -> uuid.UUID:
    """The id of an organisation that was made without one."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"wa2pg:organization:{slug}")


def client_key(organization: uuid.UUID, phone: str) -> uuid.UUID:
    """The id of a client that wa2pg inserts."""
    return uuid.uuid5(organization, f"client:{phone}")


def conversation_key(organization: uuid.UUID, phone: str, channel: str) -> uuid.UUID:
    """The id of a conversation that wa2pg inserts."""
    return uuid.uuid5(organization, f"conversation:{phone}:{channel}")


def message_key(organization: uuid.UUID, phone: str, direction: str, whatsapp_message_id: str) -> uuid.UUID:
    """The id of a message that wa2pg inserts."""
    return uuid.uuid5(organization, f"message:{phone}:{direction}:{whatsapp_message_id}")

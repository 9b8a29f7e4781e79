"""Whatever the CRM, its people and loads did before, in whatever order: a load doubles nothing and loses nothing."""

import random

import pytest

from tests.load.clean_runs import Chat, Message
from tests.load.soul_kg.conftest import Crm, Loads, naive

PHONES = [f"+99655500000{number}" for number in range(4)]
ADDRESSES = ("{digits}@c.us", "{digits}:3@c.us", "77{digits}@lid")


def archive(chance: random.Random) -> list[Chat]:
    """Four chats whose messages have ids of every form."""
    chats = []
    for phone in PHONES:
        ids = [f"{chance.choice(('3EB0', 'AC_', '_', 'true_'))}{phone[-1]}{number}" for number in range(8)]
        messages = [
            Message(name, minute, chance.choice(("INCOMING", "OUTGOING")), f"text {name}")
            for minute, name in enumerate(ids)
        ]
        chats.append(Chat(phone, tuple(messages)))
    return chats


def live(crm: Crm, chance: random.Random, chats: list[Chat]) -> None:
    """The integration brings a message, under one of the addresses, into some conversation of the client."""
    chat = chance.choice(chats)
    message = chance.choice(chat.messages)
    client = crm.value("select id from clients where phone = %s", chat.phone) or crm.client(chat.phone)
    there = crm.rows('select id from conversations where "clientId" = %s', client)
    conversation = chance.choice(there) if there else crm.conversation(client)
    address = chance.choice(ADDRESSES).format(digits=chat.phone[1:])
    stored = f"{'true' if message.direction == 'OUTGOING' else 'false'}_{address}_{message.id}"
    if not crm.value('select count(*) from messages where "whatsappMessageId" like %s', f"%\\_{message.id}"):
        crm.message(conversation, stored, message.direction, createdAt=naive(message.minute))


def people(crm: Crm, chance: random.Random) -> None:
    """Somebody archives conversations or works on a client."""
    crm.connection.execute(
        chance.choice(
            (
                b"update conversations set status = 'ARCHIVED'",
                b"update clients set status = 'SOLD', \"firstName\" = 'By hand'",
                b"update clients set metadata = '{\"tags\": [1]}'",
                b"delete from clients where phone = '+996555000001'",
                # only where a load inserted it: nobody could know a corrected row of the CRM's own
                b"update clients set phone = '+996700999999' where phone = '+996555000002' and substr(id, 15, 1) = '5'",
            )
        )
    )


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_every_message_is_there_once_and_again_changes_nothing(crm: Crm, loads: Loads, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - orders to try, no secrets
    chats = archive(chance)
    for _ in range(10):
        match chance.choice(("live", "live", "load", "people")):
            case "live":
                live(crm, chance, chats)
            case "people":
                people(crm, chance)
            case _:
                known = [chat.but(messages=chat.messages[: chance.randint(1, 8)]) for chat in chats]
                loads(*known, skip_duplicates=chance.random() < 0.5, limit=chance.choice((None, 2)))
    before = crm.dump()
    report = loads(*chats)
    after = crm.dump()
    for chat in chats:
        for message in chat.messages:
            stored = crm.rows(
                'select "whatsappMessageId" from messages where direction = %s and "whatsappMessageId" ~ %s',
                message.direction,
                f"@(c.us|lid)_{message.id}$",
            )
            assert len(stored) == 1, (chat.phone, message.id)
    # rows of messages that were there, whoever's, are as they were
    texts = {row["id"]: row for row in after["messages"]}
    assert [texts[row["id"]] for row in before["messages"]] == before["messages"]
    assert report.messages.inserted == len(after["messages"]) - len(before["messages"])
    loads(*chats)
    assert crm.dump() == after

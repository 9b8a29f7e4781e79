"""Rows that the CRM's live integration and its earlier importer left are recognised, and left as they are."""

import pytest

from tests.load.clean_runs import Chat, Message
from tests.load.soul_kg.conftest import Crm, Loads, naive

PHONE = "+996555123456"
BOTH = (Message("3EB0A1", 0, "INCOMING"), Message("3EB0A2", 5, "OUTGOING"))


@pytest.fixture
def client(crm: Crm) -> str:
    return crm.client(PHONE, firstName="Anya", status="NEGOTIATION", createdAt=naive(-100))


@pytest.fixture
def conversation(crm: Crm, client: str) -> str:
    return crm.conversation(client, lastMessageAt=naive(60))


@pytest.mark.parametrize(
    "address",
    [
        "996555123456@c.us",
        "123456789012345@lid",
        "996700000000@c.us",
        "996555123456:12@c.us",
        "5215512345678@s.whatsapp.net",
    ],
)
def test_a_message_is_known_by_direction_and_bare_id_whatever_address_stands_between(
    crm: Crm, loads: Loads, conversation: str, address: str
) -> None:
    crm.message(conversation, f"false_{address}_3EB0A1")
    crm.message(conversation, f"true_{address}_3EB0A2", "OUTGOING")
    before = crm.dump()
    report = loads(Chat(PHONE, BOTH))
    assert crm.dump() == before
    assert (report.chats.skipped, report.messages.already_there) == (1, 2)
    assert (report.messages.inserted, report.messages.updated, report.clients_updated) == (0, 0, 0)


@pytest.mark.parametrize(
    "stored", ["3EB0A1", "false_996555123456@c.us_3EB0A1_996555123456@c.us", "false_9@lid_3EB0A1_in"]
)
def test_a_bare_id_and_one_with_the_writer_behind_it_are_known_too(
    crm: Crm, loads: Loads, conversation: str, stored: str
) -> None:
    crm.message(conversation, stored)
    assert loads(Chat(PHONE, BOTH[:1])).messages.already_there == 1


def test_the_same_id_in_the_other_direction_is_another_message(crm: Crm, loads: Loads, conversation: str) -> None:
    crm.message(conversation, "true_996555123456@c.us_3EB0A1", "OUTGOING")
    assert loads(Chat(PHONE, BOTH[:1])).messages.inserted == 1
    assert loads(Chat(PHONE, BOTH[:1])).messages.inserted == 0


def test_ids_with_underscores_are_told_from_addresses_and_from_each_other(
    crm: Crm, loads: Loads, conversation: str
) -> None:
    ids = ["A_B", "A", "B", "A_B_C", "true_A", "A_in", "_", "A__B"]
    crm.message(conversation, "false_996555123456@c.us_A_B")
    chat = Chat(PHONE, tuple(Message(name, minute) for minute, name in enumerate(ids)))
    assert loads(chat).messages.inserted == len(ids) - 1
    again = loads(chat)
    assert (again.messages.inserted, again.messages.already_there) == (0, len(ids))
    stored = crm.rows('select "whatsappMessageId" from messages')
    assert sorted(stored) == sorted(f"false_996555123456@c.us_{name}" for name in ids)


def test_the_importers_client_gets_the_messages_that_it_never_brought(crm: Crm, loads: Loads) -> None:
    facts = {"importSource": "whatsapp", "importId": "old", "messageCount": 1, "tags": ["vip"]}
    client = crm.client(
        PHONE, firstName="Anya", status="NEGOTIATION", metadata=facts, culturalContext={"region": "Osh"}
    )
    conversation = crm.conversation(client, lastMessageAt=naive(0))
    crm.history(client, "NEGOTIATION", "SYSTEM")
    crm.message(conversation, "false_996555123456@c.us_3EB0A1", createdAt=naive(0))
    report = loads(Chat(PHONE, BOTH))
    assert (report.chats.updated, report.messages.inserted, report.messages.already_there) == (1, 1, 1)
    row = crm.value("select to_jsonb(c) from clients c")
    assert (row["firstName"], row["status"], row["culturalContext"]) == ("Anya", "NEGOTIATION", {"region": "Osh"})
    told = row["metadata"]
    assert (told["importSource"], told["importId"], told["tags"]) == ("whatsapp", "old", ["vip"])
    assert (told["messageCount"], told["lastContactDate"]) == (2, "2026-03-01T09:05:00.000Z")
    assert told["wa2pg"] == {"run": report.run, "account": "default", "lastMessageAt": "2026-03-01T09:05:00.000Z"}
    assert crm.value('select "lastMessageAt" from conversations') == naive(5)
    assert crm.value("select count(*) from client_status_history") == 1


def test_new_messages_go_to_the_active_conversation_and_old_ones_are_known_in_archived_ones(
    crm: Crm, loads: Loads, client: str
) -> None:
    archived = crm.conversation(client, status="ARCHIVED", lastMessageAt=naive(300))
    crm.conversation(client, channel="TELEGRAM", lastMessageAt=naive(400))
    older = crm.conversation(client, lastMessageAt=naive(1))
    active = crm.conversation(client, lastMessageAt=naive(2))
    crm.message(archived, "false_996555123456@c.us_3EB0A1")
    report = loads(Chat(PHONE, BOTH))
    assert (report.messages.inserted, report.messages.already_there) == (1, 1)
    assert crm.value("select \"conversationId\" from messages where direction = 'OUTGOING'") == active
    assert crm.value('select "lastMessageAt" from conversations where id = %s', older) == naive(1)
    assert crm.value('select "lastMessageAt" from conversations where id = %s', archived) == naive(300)


def test_a_conversation_is_made_only_when_there_is_a_new_message_for_it(crm: Crm, loads: Loads, client: str) -> None:
    archived = crm.conversation(client, status="ARCHIVED")
    crm.message(archived, "false_996555123456@c.us_3EB0A1")
    loads(Chat(PHONE, BOTH[:1]))
    assert crm.value("select count(*) from conversations") == 1
    loads(Chat(PHONE, BOTH))
    loads(Chat(PHONE, BOTH))
    made = crm.rows('select status, channel, "createdAt", "lastMessageAt" from conversations where id <> %s', archived)
    assert made == [("ACTIVE", "WHATSAPP", naive(5), naive(5))]
    crm.connection.execute("update conversations set status = 'ARCHIVED'")
    loads(Chat(PHONE, (*BOTH, Message("3EB0A3", 9))))
    assert crm.rows("select status from conversations order by status, id") == ["ACTIVE", "ARCHIVED", "ARCHIVED"]


def test_the_last_time_of_a_conversation_never_goes_back(crm: Crm, loads: Loads, conversation: str) -> None:
    loads(Chat(PHONE, BOTH))
    assert crm.value('select "lastMessageAt" from conversations where id = %s', conversation) == naive(60)
    loads(Chat(PHONE, (*BOTH, Message("3EB0A3", 61))))
    assert crm.value('select "lastMessageAt" from conversations where id = %s', conversation) == naive(61)


def test_a_message_without_an_id_of_whatsapp_is_left_alone(crm: Crm, loads: Loads, conversation: str) -> None:
    crm.message(conversation, None, "OUTGOING", content="sent by the AI")
    crm.message(conversation, "false_996555123456@c.us_3EB0A1")
    crm.message(conversation, "false_1@lid_3EB0A1")
    report = loads(Chat(PHONE, BOTH))
    assert (report.messages.inserted, report.messages.already_there) == (1, 1)
    assert crm.value("select count(*) from messages where content = 'sent by the AI'") == 1
    assert crm.value("select count(*) from messages") == 4


def test_new_rows_take_the_address_that_the_integration_uses_now(crm: Crm, loads: Loads, conversation: str) -> None:
    crm.message(conversation, "false_996555123456@c.us_OLD", createdAt=naive(-20))
    crm.message(conversation, "false_77@lid_NEWER", createdAt=naive(-10))
    crm.message(conversation, "OTHER", createdAt=naive(-5))
    loads(Chat(PHONE, BOTH))
    found = crm.rows('select "whatsappMessageId" from messages where substr(id, 15, 1) = \'5\' order by "createdAt"')
    assert found == ["false_77@lid_3EB0A1", "true_77@lid_3EB0A2"]


def test_another_organisations_rows_are_not_looked_at(crm: Crm, loads: Loads) -> None:
    crm.connection.execute(
        "insert into organizations (id, name, slug, \"updatedAt\") values ('other-org', 'Other', 'other', now())"
    )
    client = crm.client(PHONE, organizationId="other-org")
    conversation = crm.conversation(client, organizationId="other-org")
    crm.message(conversation, "false_996555123456@c.us_3EB0A1", organizationId="other-org")
    assert loads(Chat(PHONE, BOTH)).messages.inserted == 2
    # an organisation whose id is no UUID is loaded into as well, with keys of its own
    report = loads(Chat(PHONE, BOTH), org="other-org")
    assert (report.organization_id, report.messages.inserted, report.messages.already_there) == ("other-org", 1, 1)
    assert loads(Chat(PHONE, BOTH), org="other").messages.inserted == 0


def test_a_message_that_a_person_moved_to_another_client_stays_there_and_is_not_doubled(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    other = crm.conversation(crm.client("+996700000001"))
    crm.connection.execute("update messages set \"conversationId\" = %s where direction = 'INCOMING'", [other])
    report = loads(Chat(PHONE, (*BOTH, Message("3EB0A3", 9))))
    assert (report.messages.inserted, report.messages.already_there) == (1, 2)
    assert crm.value("select count(*) from messages") == 3


def test_json_of_another_shape_than_an_object_is_left_alone(crm: Crm, loads: Loads) -> None:
    client = crm.client(PHONE, metadata=["a", "list"], culturalContext=["b"])
    loads(Chat(PHONE, BOTH), skip_duplicates=False)
    assert crm.value('select metadata, "culturalContext" from clients') == (["a", "list"], ["b"])
    crm.connection.execute("update clients set metadata = '{\"wa2pg\": 5}', \"culturalContext\" = 'null'")
    loads(Chat(PHONE, (*BOTH, Message("3EB0A3", 9))), skip_duplicates=False)
    told, culture = crm.value('select metadata, "culturalContext" from clients where id = %s', client)
    assert told["wa2pg"]["account"] == "default"
    assert culture["countryCode"] == "KG"

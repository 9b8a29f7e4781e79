"""What lands where in the Soul KG CRM's tables."""

from datetime import UTC, datetime

import pytest

from load.keys import client_key
from load.targets.soul_kg.keys import conversation_key, message_key
from tests.load.clean_runs import Chat, Message, at, many_chats
from tests.load.conftest import ORGANIZATION
from tests.load.soul_kg.conftest import ORG, Crm, Loads, naive

PHONE = "+996555123456"
TALK = (
    Message("3EB0A1", 0, "INCOMING", "Здравствуйте", {"language": "ru"}),
    Message("3EB0A2", 5, "OUTGOING", "Добрый день", {"language": "ru", "delivery": "read"}),
)


def test_a_client_gets_the_columns_and_json_keys_of_the_crm(crm: Crm, loads: Loads) -> None:
    report = loads(Chat(PHONE, TALK, status="WARMED", more={"addresses": ["123@lid", f"{PHONE[1:]}@s.whatsapp.net"]}))
    row = crm.value("select to_jsonb(c) from clients c")
    imported_at = row["metadata"].pop("importDate")
    assert row.pop("updatedAt").startswith(imported_at[:10])
    assert row == {
        "id": str(client_key(ORGANIZATION, PHONE)),
        "organizationId": ORG,
        "phone": PHONE,
        "email": None,
        "firstName": "Anna",
        "lastName": "Petrova",
        "status": "WARMED",
        "preferredLanguage": "ru",
        "culturalContext": {
            "country": "Kyrgyzstan",
            "countryCode": "KG",
            "language": "ru",
            "timezone": "Asia/Bishkek",
        },
        "metadata": {
            "importSource": "wa2pg",
            "importId": report.run,
            "statusDetectionMethod": "rules",
            "messageCount": 2,
            "firstContactDate": "2026-03-01T09:00:00.000Z",
            "lastContactDate": "2026-03-01T09:05:00.000Z",
            "nameSource": "push_name",
            "wa2pg": {
                "run": report.run,
                "account": "default",
                "lastMessageAt": "2026-03-01T09:05:00.000Z",
                "phone": PHONE,
                "addresses": ["123@lid", f"{PHONE[1:]}@s.whatsapp.net"],
                "status": "WARMED",
            },
        },
        "createdAt": "2026-03-01T09:00:00",
        "assignedPartnerId": None,
        "promptVariantId": None,
    }


def test_conversation_messages_and_history_are_those_of_the_crm(crm: Crm, loads: Loads) -> None:
    report = loads(Chat(PHONE, TALK, status="WARMED"))
    client = str(client_key(ORGANIZATION, PHONE))
    conversation = conversation_key(ORGANIZATION, client, 0)
    found = crm.rows(
        'select id, "clientId", channel, status, "managedBy", "lastMessageAt", "createdAt" from conversations'
    )
    assert found == [(conversation, client, "WHATSAPP", "ACTIVE", "AI", naive(5), naive(0))]
    assert crm.rows(
        'select id, "conversationId", "organizationId", direction, sender, "senderId", content, language,'
        ' "whatsappMessageId", status, error, "createdAt" from messages order by "createdAt"'
    ) == [
        (
            message_key(ORGANIZATION, client, "INCOMING", "3EB0A1"), conversation, ORG, "INCOMING", "CLIENT", None,
            "Здравствуйте", "ru", "false_996555123456@c.us_3EB0A1", "DELIVERED", None, naive(0),
        ),
        (
            message_key(ORGANIZATION, client, "OUTGOING", "3EB0A2"), conversation, ORG, "OUTGOING", "HUMAN", None,
            "Добрый день", "ru", "true_996555123456@c.us_3EB0A2", "DELIVERED", None, naive(5),
        ),
    ]  # fmt: skip
    assert crm.rows(
        'select "clientId", "oldStatus", "newStatus", "changedBy", "changedById", reason from client_status_history'
    ) == [(client, None, "WARMED", "SYSTEM", None, "asked for a price")]
    assert (report.layout, report.organization_id, report.history_rows) == ("soul_kg", ORG, 1)
    assert (report.chats.imported, report.messages.inserted) == (1, 2)
    assert report.messages_locked_seconds is not None
    assert 0 < report.messages_locked_seconds <= report.seconds


@pytest.mark.parametrize(
    ("direction", "delivery", "status"),
    [
        ("OUTGOING", "error", "FAILED"),
        ("OUTGOING", "pending", "PENDING"),
        ("OUTGOING", "sent", "SENT"),
        ("OUTGOING", None, "SENT"),
        ("OUTGOING", "delivered", "DELIVERED"),
        ("OUTGOING", "read", "DELIVERED"),
        ("OUTGOING", "played", "DELIVERED"),
        ("INCOMING", None, "DELIVERED"),
        ("INCOMING", "read", "DELIVERED"),
    ],
)
def test_delivery_becomes_the_status_of_the_crm(
    crm: Crm, loads: Loads, direction: str, delivery: str | None, status: str
) -> None:
    loads(Chat(PHONE, (Message("A", 0, direction, more={"delivery": delivery}),)))
    assert crm.value("select status from messages") == status


@pytest.mark.parametrize(
    ("more", "content"),
    [
        ({"type": "IMAGE"}, "[image]"),
        ({"type": "IMAGE", "media_bytes": 250_400}, "[image: 250 kB]"),
        (
            {"type": "DOCUMENT", "media_name": "programme.pdf", "media_bytes": 1_234_567},
            "[document: programme.pdf, 1.2 MB]",
        ),
        ({"type": "DOCUMENT", "media_name": " two\nlines\t.pdf "}, "[document: two lines .pdf]"),
        ({"type": "AUDIO", "media_bytes": 999}, "[audio: 999 bytes]"),
        ({"type": "CALL"}, "[call]"),
        ({"type": "TEXT"}, "[message]"),
        ({"type": "OTHER"}, "[message]"),
        ({"type": "OTHER", "deleted_at": at(9)}, "[deleted message]"),
    ],
)
def test_a_message_without_text_gets_a_readable_placeholder(
    crm: Crm, loads: Loads, more: dict[str, object], content: str
) -> None:
    for number, body in enumerate((None, "")):
        loads(Chat(f"+99655512345{number}", (Message("A", body=body, more=more),)))
    assert crm.rows("select content from messages") == [content, content]


def test_a_caption_is_the_content_and_a_deleted_message_keeps_its_text(crm: Crm, loads: Loads) -> None:
    caption = Message("A", 0, body="our yurt", more={"type": "IMAGE", "media_bytes": 5})
    deleted = Message("B", 1, body="never mind", more={"deleted_at": at(2)})
    loads(Chat(PHONE, (caption, deleted)))
    assert crm.rows('select content from messages order by "createdAt"') == ["our yurt", "never mind"]


def test_nothing_known_is_null_and_no_key(crm: Crm, loads: Loads) -> None:
    nothing = {"country": None, "time_zone": None, "first_message_at": None, "last_message_at": None}
    chat = Chat(PHONE, (Message("A", more={"language": "und"}),), None, None, None, None, {}, more=nothing)
    loads(chat)
    row = crm.value("select to_jsonb(c) from clients c")
    assert (row["firstName"], row["lastName"], row["preferredLanguage"]) == (None, None, None)
    assert row["culturalContext"] == {}
    assert {"firstContactDate", "lastContactDate", "nameSource"} & set(row["metadata"]) == set()
    assert crm.value("select language from messages") is None


def test_awkward_texts_arrive_as_they_were_without_nul(crm: Crm, loads: Loads) -> None:
    texts = [
        "x" * 1_000_000,
        "tab\there\nline\r\\ back \\N slash",
        "'; drop table messages; --",
        "\u202eright to left\u202c سلام 👩‍👩‍👧‍👦 𝔘 \U0010ffff",
        "in\0side",
        "[image] says the client",
    ]
    messages = tuple(Message(f"A{number}", number, body=text) for number, text in enumerate(texts))
    name = "Robert'); drop table clients; --"
    report = loads(Chat(PHONE, messages, name, "Robert');", 'drop "table" \\ clients; --'))
    assert crm.rows('select content from messages order by "createdAt"') == [text.replace("\0", "") for text in texts]
    assert crm.value('select "firstName", "lastName" from clients') == ("Robert');", 'drop "table" \\ clients; --')
    assert any("1 row held the character NUL" in warning for warning in report.warnings)
    assert loads(Chat(PHONE, messages)).messages.already_there == len(texts)


def test_a_message_without_any_time_is_neither_first_nor_last(crm: Crm, loads: Loads) -> None:
    timeless = Message("B", more={"sent_at": datetime(1970, 1, 1, tzinfo=UTC)})
    chat = Chat(PHONE, (Message("A", 3),))
    loads(chat)
    loads(chat.but(messages=(timeless, Message("A", 3)), more={"first_message_at": naive(3)}))
    assert crm.value('select "lastMessageAt" from conversations') == naive(3)
    assert crm.value("select metadata ->> 'firstContactDate' from clients") == "2026-03-01T09:03:00.000Z"
    assert crm.value("select metadata -> 'messageCount' from clients") == 2


def test_the_mexican_form_of_a_number_is_kept_in_the_id_that_the_integration_writes(crm: Crm, loads: Loads) -> None:
    loads(Chat("+525512345678", more={"addresses": ["5215512345678@s.whatsapp.net"]}))
    assert crm.value('select "whatsappMessageId" from messages') == "false_5215512345678@c.us_A"


def test_the_figures_add_up_and_the_count_is_what_people_check(crm: Crm, loads: Loads) -> None:
    report = loads(*many_chats(7), limit=4)
    assert crm.value('select count(*) from clients where "organizationId" = %s', ORG) == 4
    assert (report.chats.total, report.chats.imported, report.chats.left_out) == (7, 4, 3)
    assert (report.messages.total, report.messages.inserted, report.messages.left_out) == (21, 12, 9)

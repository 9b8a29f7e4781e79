"""Every variant of a WhatsApp message becomes a kind and a text that a person can read."""

from typing import Any

import pytest

from extract.whatsapp.content import content_of
from extract.whatsapp.protobufs import Message, e2e_pb2, web_pb2
from extract.whatsapp.stubs import stub_content
from tests.extract.payloads import info

IMAGE = {"mimetype": "image/jpeg", "fileLength": 10}
TEMPLATE = {"hydratedTitleText": "Title", "hydratedContentText": "Body", "hydratedFooterText": "Foot"}
KEY = {"ID": "TARGET", "remoteJID": "x@lid"}
STUBS = web_pb2.WebMessageInfo.StubType


def _message(**fields: Any) -> Any:
    return Message(**fields)


def _wrapped(name: str, inner: Any, depth: int = 1) -> Any:
    for _ in range(depth):
        outer = Message()
        getattr(outer, name).message.CopyFrom(inner)
        inner = outer
    return inner


LOCATION = {"name": "Hotel", "address": "Ala-Too 1", "degreesLatitude": 42.5, "degreesLongitude": 74}
BUTTONS = {"contentText": "Choose", "footerText": "f", "buttons": [{"buttonText": {"displayText": "A"}}]}
CARDS = {"cards": [{"body": {"text": "one"}}, {"body": {"text": "two"}}]}
ORDER = {"orderTitle": "Cart", "itemCount": 2, "totalAmount1000": 12_500, "totalCurrencyCode": "USD"}
CONTACTS = {"displayName": "2 contacts", "contacts": [{"displayName": "A"}]}
PRODUCT = {"product": {"title": "Yurt", "description": "big"}, "body": "b"}
EVENT = {"name": "Meeting", "description": "d", "startTime": 1_772_366_400}
EDIT = {"type": "MESSAGE_EDIT", "key": KEY, "editedMessage": {"conversation": "new"}}


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"conversation": "hi"}, "text", "hi"),
        ({"extendedTextMessage": {"text": "see https://x.kg", "title": "X"}}, "text", "see https://x.kg"),
        ({"imageMessage": {**IMAGE, "caption": "lake"}}, "image", "lake"),
        ({"imageMessage": IMAGE}, "image", None),
        ({"videoMessage": {"caption": "film", "seconds": 3}}, "video", "film"),
        ({"ptvMessage": {"seconds": 3}}, "video", None),
        ({"audioMessage": {"PTT": True, "seconds": 9}}, "voice", None),
        ({"audioMessage": {"seconds": 9}}, "audio", None),
        ({"documentMessage": {"fileName": "offer.pdf", "caption": "our offer"}}, "document", "our offer"),
        ({"stickerMessage": {"mimetype": "image/webp"}}, "sticker", None),
        ({"stickerPackMessage": {"name": "Cats", "caption": "c"}}, "sticker", "Cats\nc"),
        (
            {"locationMessage": LOCATION},
            "location",
            "Hotel\nAla-Too 1\n42.500000, 74.000000",
        ),
        ({"liveLocationMessage": {"caption": "here"}}, "location", "here"),
        (
            {"contactMessage": {"displayName": "Guide", "vcard": "BEGIN:VCARD\nTEL;type=CELL:+996 555 1\nEND:VCARD"}},
            "contact",
            "Guide\n+996 555 1",
        ),
        ({"contactsArrayMessage": CONTACTS}, "contact", "2 contacts\nA"),
        ({"pollCreationMessage": {"name": "When?", "options": [{"optionName": "Mon"}]}}, "poll", "When?\n- Mon"),
        ({"pollCreationMessageV2": {"name": "q"}}, "poll", "q"),
        ({"pollCreationMessageV3": {"name": "q"}}, "poll", "q"),
        ({"pollCreationMessageV5": {"name": "q"}}, "poll", "q"),
        ({"pollCreationMessageV6": {"name": "q"}}, "poll", "q"),
        ({"pollUpdateMessage": {"pollCreationMessageKey": KEY}}, "poll_vote", None),
        ({"reactionMessage": {"text": "👍", "key": KEY}}, "reaction", "👍"),
        ({"reactionMessage": {"text": "", "key": KEY}}, "reaction", ""),
        (
            {"buttonsMessage": BUTTONS},
            "text",
            "Choose\nf\n[A]",
        ),
        ({"buttonsMessage": {"contentText": "Choose", "imageMessage": IMAGE}}, "image", "Choose"),
        ({"buttonsResponseMessage": {"selectedDisplayText": "A", "selectedButtonID": "1"}}, "buttons_reply", "A"),
        ({"buttonsResponseMessage": {"selectedButtonID": "1"}}, "buttons_reply", "1"),
        (
            {"listMessage": {"title": "T", "description": "D", "sections": [{"rows": [{"title": "R"}]}]}},
            "text",
            "T\nD\n- R",
        ),
        ({"listResponseMessage": {"title": "R", "singleSelectReply": {"selectedRowID": "7"}}}, "buttons_reply", "R"),
        ({"templateMessage": {"hydratedTemplate": TEMPLATE}}, "text", "Title\nBody\nFoot"),
        ({"templateMessage": {"hydratedFourRowTemplate": TEMPLATE}}, "text", "Title\nBody\nFoot"),
        ({"templateMessage": {"interactiveMessageTemplate": {"body": {"text": "b"}}}}, "text", "b"),
        ({"templateButtonReplyMessage": {"selectedDisplayText": "Yes", "selectedID": "y"}}, "buttons_reply", "Yes"),
        (
            {"interactiveMessage": {"header": {"title": "H"}, "body": {"text": "B"}, "footer": {"text": "F"}}},
            "text",
            "H\nB\nF",
        ),
        (
            {"interactiveMessage": {"carouselMessage": CARDS}},
            "text",
            "one\ntwo",
        ),
        ({"interactiveResponseMessage": {"body": {"text": "chosen"}}}, "buttons_reply", "chosen"),
        ({"highlyStructuredMessage": {"params": ["a", "b"]}}, "text", "a\nb"),
        (
            {"orderMessage": ORDER},
            "order",
            "Cart\n2 items\n12.50 USD",
        ),
        ({"productMessage": PRODUCT}, "product", "Yurt\nbig\nb"),
        ({"invoiceMessage": {"note": "n"}}, "order", "n"),
        ({"sendPaymentMessage": {"noteMessage": {"conversation": "for tea"}}}, "order", "for tea"),
        ({"callLogMesssage": {"callOutcome": "MISSED", "isVideo": True}}, "call", "missed video call"),
        ({"callLogMesssage": {"callOutcome": "CONNECTED", "durationSecs": 75}}, "call", "voice call, 75 s"),
        ({"scheduledCallCreationMessage": {"title": "Plan", "scheduledTimestampMS": 0}}, "call", "Plan"),
        ({"bcallMessage": {"caption": "live"}}, "call", "live"),
        ({"groupInviteMessage": {"groupName": "Trek", "caption": "join"}}, "group_invite", "Trek\njoin"),
        ({"albumMessage": {"expectedImageCount": 2, "expectedVideoCount": 1}}, "album", "2 images, 1 videos"),
        ({"eventMessage": EVENT}, "event", "Meeting\nd\n2026-03-01 12:00 UTC"),
        ({"placeholderMessage": {"type": "MASK_LINKED_DEVICES"}}, "unavailable", None),
        ({"secretEncryptedMessage": {"encPayload": b"x"}}, "unavailable", None),
        ({"encReactionMessage": {"encPayload": b"x"}}, "unavailable", None),
        ({"protocolMessage": {"type": "REVOKE", "key": KEY}}, "revoke", None),
        ({"protocolMessage": EDIT}, "edit", "new"),
        ({"protocolMessage": {"type": "EPHEMERAL_SETTING", "ephemeralExpiration": 86400}}, "system", None),
        ({"senderKeyDistributionMessage": {"groupID": "g"}}, "system", None),
        ({"pinInChatMessage": {"type": "PIN_FOR_ALL"}}, "system", None),
        ({"senderKeyDistributionMessage": {"groupID": "g"}, "conversation": "hi"}, "text", "hi"),
        ({"messageContextInfo": {"messageSecret": b"s"}, "imageMessage": {**IMAGE, "caption": "c"}}, "image", "c"),
        ({"paymentInviteMessage": {"expiryTimestamp": 5}}, "unknown", None),
    ],
)  # fmt: skip
def test_a_variant_has_its_kind_and_text(fields: dict[str, Any], kind: str, text: str | None) -> None:
    content = content_of(_message(**fields))

    assert (content.kind, content.text) == (kind, text)


WRAPPERS = [
    field.name for field in Message.DESCRIPTOR.fields if field.message_type is e2e_pb2.FutureProofMessage.DESCRIPTOR
]


@pytest.mark.parametrize("wrapper", [*WRAPPERS, "deviceSentMessage", "commentMessage"])
def test_every_wrapper_gives_what_it_wraps(wrapper: str) -> None:
    content = content_of(_wrapped(wrapper, Message(conversation="inside")))

    assert (content.kind, content.text) == ("text", "inside")


def test_there_are_as_many_wrappers_as_the_schema_has() -> None:
    assert len(WRAPPERS) >= 30


def test_eight_wrappers_are_opened_and_a_ninth_is_not() -> None:
    inner = Message(conversation="deep")

    assert content_of(_wrapped("ephemeralMessage", inner, depth=8)).text == "deep"
    assert content_of(_wrapped("ephemeralMessage", inner, depth=9)).kind == "unknown"


def test_a_view_once_message_that_this_device_was_not_given_is_unavailable() -> None:
    message = Message()
    message.viewOnceMessageV2.message.SetInParent()

    assert content_of(message).kind == "unavailable"


def test_a_file_keeps_its_name_type_size_and_checksum_inside_its_envelope() -> None:
    document = {"fileName": "offer.pdf", "mimetype": "application/pdf", "fileLength": 12, "fileSHA256": b"s" * 32}
    content = content_of(_wrapped("documentWithCaptionMessage", Message(documentMessage=document)))

    assert content.media_name == "offer.pdf"
    assert (content.media.mimetype, content.media.fileLength, content.media.fileSHA256) == (
        "application/pdf",
        12,
        b"s" * 32,
    )


@pytest.mark.parametrize(
    ("stub", "kind", "text"),
    [
        ("REVOKE", "revoke", None),
        ("CIPHERTEXT", "unavailable", None),
        ("CALL_MISSED_VOICE", "call", "missed voice call"),
        ("CALL_MISSED_VIDEO", "call", "missed video call"),
        ("CALL_MISSED_GROUP_VIDEO", "call", "missed group video call"),
        ("E2E_ENCRYPTED", "system", "E2E_ENCRYPTED"),
    ],
)
def test_a_notice_without_content_has_its_kind(stub: str, kind: str, text: str | None) -> None:
    content = stub_content(info(message=None, messageStubType=STUBS.Value(stub)))

    assert (content.kind, content.text) == (kind, text)


def test_a_deleted_message_points_at_itself_with_the_time_of_its_deletion() -> None:
    content = stub_content(info("GONE", message=None, messageStubType=STUBS.Value("REVOKE"), revokeMessageTimestamp=5))

    assert (content.target_id, content.at_ms) == ("GONE", 5000)


def test_an_edit_carries_its_target_its_time_and_what_it_became() -> None:
    edit = {"type": "MESSAGE_EDIT", "key": KEY, "timestampMS": 7, "editedMessage": {"imageMessage": {"caption": "new"}}}
    content = content_of(_wrapped("editedMessage", Message(protocolMessage=edit)))

    assert (content.kind, content.text, content.target_id, content.at_ms) == ("edit", "new", "TARGET", 7)
    assert content.inner is not None
    assert content.inner.kind == "image"


def test_a_hostile_list_of_a_hundred_thousand_lines_is_read_at_once() -> None:
    options = [{"optionName": f"option {number}"} for number in range(100_000)]
    poll = content_of(Message(pollCreationMessage={"name": "q", "options": options}))
    card = content_of(Message(contactMessage={"displayName": "x", "vcard": "TEL:" + " " * 100_000 + "x"}))

    assert poll.text is not None
    assert poll.text.count("\n") == 100_000
    assert card.text == "x"

"""The sample account holds every kind of message and every planted oddity."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from extract.whatsapp.protobufs import Message, WebMessageInfo, e2e_pb2
from extract.whatsapp.sample import SAMPLE_AS_OF
from tests.sample_walk import occurrences, variants, walked

STUBS = WebMessageInfo.StubType


def all_variants() -> Counter[str]:
    return Counter(name for seen in occurrences() for name, _ in variants(seen.info.message))


def contexts() -> Iterator[Any]:
    for seen in occurrences():
        for _, value in variants(seen.info.message):
            if hasattr(value, "contextInfo"):
                yield value.contextInfo


@pytest.mark.parametrize(
    "variant",
    [
        "conversation", "extendedTextMessage", "imageMessage", "videoMessage", "ptvMessage", "audioMessage",
        "documentMessage", "documentWithCaptionMessage", "stickerMessage", "locationMessage", "contactMessage",
        "pollCreationMessageV3", "pollUpdateMessage", "buttonsMessage", "buttonsResponseMessage", "listMessage",
        "listResponseMessage", "templateMessage", "templateButtonReplyMessage", "orderMessage", "productMessage",
        "groupInviteMessage", "eventMessage", "albumMessage", "associatedChildMessage", "viewOnceMessageV2",
        "ephemeralMessage", "deviceSentMessage", "editedMessage", "protocolMessage", "reactionMessage",
        "callLogMesssage",
    ],
)  # fmt: skip
def test_the_message_variant_occurs(variant: str) -> None:
    assert all_variants()[variant]


def test_media_come_with_and_without_caption_and_voice_apart_from_audio() -> None:
    media = [pair for seen in occurrences() for pair in variants(seen.info.message)]
    assert {bool(value.caption) for name, value in media if name == "imageMessage"} == {True, False}
    assert {value.PTT for name, value in media if name == "audioMessage"} == {True, False}
    assert any(value.fileName.endswith(".pdf") for name, value in media if name == "documentMessage")


def test_replies_forwards_and_ad_clicks_are_marked_in_the_context() -> None:
    known = {seen.info.key.ID for seen in occurrences()}
    replies = {context.stanzaID for context in contexts() if context.stanzaID}
    assert len(replies) >= 3
    assert replies <= known
    assert any(context.isForwarded for context in contexts())
    adverts = {
        (c.externalAdReply.title, c.externalAdReply.sourceURL) for c in contexts() if c.HasField("externalAdReply")
    }
    assert len(adverts) == 2
    assert all(title and url for title, url in adverts)


def changes(kind: int) -> set[tuple[str, str, bool, bool, bool]]:
    """Edits or revokes: chat, target, whether wrapped, from whom, and who wrote the target by its key."""
    found = set()
    for seen in occurrences():
        for name, value in variants(seen.info.message):
            if name == "protocolMessage" and value.HasField("type") and value.type == kind:
                wrapped = seen.info.message.HasField("editedMessage")
                found.add((seen.chat, value.key.ID, wrapped, seen.info.key.fromMe, value.key.fromMe))
    return found


def test_edits_are_wrapped_and_bare_known_and_unknown_own_and_foreign() -> None:
    edits = changes(e2e_pb2.ProtocolMessage.MESSAGE_EDIT)
    known = {(seen.chat, seen.info.key.ID) for seen in occurrences()}
    assert {wrapped for _, _, wrapped, _, _ in edits} == {True, False}
    assert sum((chat, target) not in known for chat, target, *_ in edits) == 1
    assert sum(editor != author for *_, editor, author in edits) == 1


def test_revokes_come_as_messages_and_as_stubs_and_one_target_is_unknown() -> None:
    revokes = changes(e2e_pb2.ProtocolMessage.REVOKE)
    known = {(seen.chat, seen.info.key.ID) for seen in occurrences()}
    assert sorted((chat, target) in known for chat, target, *_ in revokes) == [False, True]
    stubs = {s.identity for s in occurrences() if s.info.messageStubType == STUBS.Value("REVOKE")}
    readable = {s.identity for s in occurrences() if s.info.HasField("message")}
    assert len(stubs & readable) == 1
    assert len(stubs - readable) == 1


def test_later_payloads_change_text_status_reaction_and_readability() -> None:
    states: dict[tuple[str, bool, str], list[Any]] = {}
    for seen in occurrences():
        states.setdefault(seen.identity, []).append(seen.info)
    texts = status = changed = removed = decrypted = 0
    for first, *later in states.values():
        last = later[-1] if later else first
        texts += first.message.conversation != last.message.conversation and last.HasField("message")
        status += last.status > first.status
        if first.reactions:
            assert last.reactions[0].senderTimestampMS > first.reactions[0].senderTimestampMS
            changed += last.reactions[0].text not in {"", first.reactions[0].text}
            removed += last.reactions[0].text == ""
        decrypted += not first.HasField("message") and last.HasField("message")
    assert (texts - decrypted >= 2, status > 50, changed, removed, decrypted) == (True, True, 1, 1, 1)


@pytest.mark.parametrize(
    "stub", ["E2E_ENCRYPTED", "CIPHERTEXT", "CALL_MISSED_VOICE", "CALL_MISSED_VIDEO", "GROUP_CREATE"]
)
def test_the_stub_occurs(stub: str) -> None:
    assert any(
        s.info.HasField("messageStubType") and s.info.messageStubType == STUBS.Value(stub) for s in occurrences()
    )


def test_the_call_log_has_calls_that_no_thread_shows() -> None:
    calls = [call for payload in walked().payloads.values() for call in payload.callLogRecords]
    times = {seen.info.messageTimestamp for seen in occurrences()}
    assert sum(call.startTime in times for call in calls) == 4
    assert sum(call.startTime not in times for call in calls) == 1


def test_a_text_holds_bytes_that_are_no_utf8() -> None:
    broken = [s.info.message.conversation for s in occurrences() if isinstance(s.info.message.conversation, bytes)]
    assert broken
    for text in broken:
        with pytest.raises(UnicodeDecodeError):
            text.decode()


def test_one_message_has_no_key_and_one_no_id() -> None:
    keyless = {s.info.message.conversation for s in occurrences() if not s.info.HasField("key")}
    nameless = {
        s.info.message.conversation for s in occurrences() if s.info.HasField("key") and not s.info.key.HasField("ID")
    }
    assert (len(keyless), len(nameless)) == (1, 1)


def test_one_time_is_zero_and_one_is_in_2085() -> None:
    times = {s.info.messageTimestamp for s in occurrences()}
    assert sorted(time for time in times if time > SAMPLE_AS_OF.timestamp()) == [3641234567]
    assert min(times) == 0


def test_an_unknown_variant_keeps_its_bytes() -> None:
    unknown = {
        s.info.message.SerializeToString()
        for s in occurrences()
        if s.info.HasField("message") and not s.info.message.ListFields()
    }
    assert len(unknown) == 1
    assert Message.FromString(unknown.pop()).ByteSize() == 24

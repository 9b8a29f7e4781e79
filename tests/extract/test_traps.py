"""What WhatsApp's protobufs do to the unwary; each found by running neonize against them."""

import logging
from pathlib import Path

import pytest

from extract.whatsapp.protobufs import HistorySync, Message, WebMessageInfo
from tests.extract.payloads import CHAT, NOON, decoded, history, info


def test_an_absent_kind_of_chunk_is_not_taken_for_the_first(tmp_path: Path) -> None:
    # an absent syncType reads 0, which is INITIAL_BOOTSTRAP
    rows = decoded(tmp_path, history(info(), sync_type=None))["messages"]

    assert [row["origin"] for row in rows] == ["history:UNKNOWN"]


def test_an_absent_type_of_a_protocol_message_is_no_revoke(tmp_path: Path) -> None:
    message = Message()
    message.protocolMessage.key.ID = "X"

    assert decoded(tmp_path, history(info(message=message)))["messages"][0]["kind"] == "system"


def test_an_absent_status_is_no_error(tmp_path: Path) -> None:
    rows = decoded(tmp_path, history(info("A"), info("B", status="ERROR"), info("C", status="READ")))["messages"]

    assert [row["delivery"] for row in rows] == [None, "error", "read"]


def test_an_unknown_protocol_message_type_is_no_revoke(tmp_path: Path) -> None:
    message = Message()
    message.protocolMessage.key.ID = "X"
    raw = message.SerializeToString()
    # protocolMessage.type (field 2) = 99, a number that the closed enum does not have
    patched = Message.FromString(bytes([0x62, raw[1] + 2]) + raw[2:] + b"\x10\x63")

    assert decoded(tmp_path, history(info(message=patched)))["messages"][0]["kind"] == "system"


def test_invalid_utf8_is_replaced_in_the_text_and_kept_in_the_raw_bytes(tmp_path: Path) -> None:
    raw = info(message="abcdef").SerializeToString().replace(b"abcdef", b"ab\xff\xfeef")
    rows = decoded(tmp_path, history(WebMessageInfo.FromString(raw)))["messages"]

    assert rows[0]["text"] == "ab\ufffd\ufffdef"
    assert b"ab\xff\xfeef" in rows[0]["raw"]


def test_ids_that_differ_in_invalid_bytes_stay_different(tmp_path: Path) -> None:
    ids = [b"AB\xff", b"AB\xfe", b"AB\xef\xbf\xbd", b"AB\xef\xbf\xbdff", b"AB\\xff"]
    made = [info("X" * len(name)).SerializeToString().replace(b"X" * len(name), name) for name in ids]
    rows = decoded(tmp_path, history(*(WebMessageInfo.FromString(raw) for raw in made)))["messages"]

    assert [row["message_id"] for row in rows] == [
        "AB\ufffdff",
        "AB\ufffdfe",
        "AB\ufffd\ufffd",
        "AB\ufffd\ufffdff",
        "AB\\xff",
    ]


def test_an_action_names_its_target_as_the_target_names_itself(tmp_path: Path) -> None:
    target = info("TARGET").SerializeToString()
    revoke = info("OTHER", message=Message(protocolMessage={"type": "REVOKE", "key": {"ID": "TARGET"}}))
    made = [raw.replace(b"TARGET", b"TARG\xff\xfe") for raw in (target, revoke.SerializeToString())]
    message, action = decoded(tmp_path, history(*(WebMessageInfo.FromString(raw) for raw in made)))["messages"]

    assert action["target_id"] == message["message_id"]


def test_a_row_of_a_list_with_invalid_utf8_is_read_as_far_as_it_can_be(tmp_path: Path) -> None:
    rows = [{"title": "Song-Kol"}, {"title": "xxxxxx"}, {}]
    raw = info(message=Message(listMessage={"title": "Tours", "sections": [{"rows": rows}]})).SerializeToString()
    made = WebMessageInfo.FromString(raw.replace(b"xxxxxx", b"Kar\xffka"))

    assert decoded(tmp_path, history(made))["messages"][0]["text"] == "Tours\n- Song-Kol\n- Kar\ufffdka"


def test_message_times_are_seconds_and_reaction_times_milliseconds(tmp_path: Path) -> None:
    made = info(at=NOON)
    reaction = made.reactions.add(text="👍", senderTimestampMS=NOON * 1000 + 250)
    reaction.key.fromMe = True
    message, reacted = decoded(tmp_path, history(made))["messages"]

    assert message["sent_at"].timestamp() == NOON
    assert reacted["sent_at"].timestamp() == NOON + 0.25


@pytest.mark.parametrize("at", [0, 2**63, 253_402_300_800])
def test_a_time_that_is_none_is_null_and_the_message_is_kept(tmp_path: Path, at: int) -> None:
    rows = decoded(tmp_path, history(info(at=at)))["messages"]

    assert [(row["text"], row["sent_at"]) for row in rows] == [("hello", None)]


def test_a_time_far_in_the_future_is_kept_as_it_came(tmp_path: Path) -> None:
    rows = decoded(tmp_path, history(info(at=4_000_000_000)))["messages"]

    assert rows[0]["sent_at"].year == 2096


def test_a_message_without_key_is_kept_without_an_id(tmp_path: Path) -> None:
    bare = WebMessageInfo(message=Message(conversation="who am I"), messageTimestamp=NOON)
    rows = decoded(tmp_path, history(bare))["messages"]

    assert [(row["chat_jid"], row["message_id"], row["text"]) for row in rows] == [(CHAT, None, "who am I")]
    assert WebMessageInfo.FromString(rows[0]["raw"]) == bare


def test_an_unknown_variant_is_kept_as_unknown_with_its_bytes(tmp_path: Path) -> None:
    future = Message.FromString(b"\xda\x3f\x03abc")  # field 1019, which no schema has yet
    rows = decoded(tmp_path, history(info(message=future)))["messages"]

    assert rows[0]["kind"] == "unknown"
    assert b"\xda\x3f\x03abc" in rows[0]["raw"]


def test_an_unknown_notice_is_a_notice(tmp_path: Path) -> None:
    raw = info(message=None).SerializeToString() + b"\xc0\x01\xbf\x07"  # messageStubType (field 24) = 959
    rows = decoded(tmp_path, history(WebMessageInfo.FromString(raw)))["messages"]

    assert rows[0]["kind"] == "system"


def test_raw_is_the_very_bytes_that_came_unknown_fields_and_order_included(tmp_path: Path) -> None:
    one = info().SerializeToString()
    odd = one + b"\xda\x3f\x03abc"
    payload = HistorySync(syncType="RECENT")
    payload.conversations.add(ID=CHAT).messages.add()
    record = b"\x0a" + bytes([len(odd)]) + odd
    conversation = b"\x0a" + bytes([len(CHAT)]) + CHAT.encode() + b"\x12" + bytes([len(record)]) + record
    raw_payload = b"\x08\x03\x12" + bytes([len(conversation) & 0x7F | 0x80, len(conversation) >> 7]) + conversation
    rows = decoded(tmp_path, raw_payload)["messages"]

    assert [row["raw"] for row in rows] == [odd]


def test_overlapping_chunks_keep_every_occurrence(tmp_path: Path) -> None:
    rows = decoded(tmp_path, history(info("A"), info("B")), history(info("B"), info("C")))["messages"]

    assert [(row["payload"], row["position"], row["message_id"]) for row in rows] == [
        (1, 0, "A"), (1, 1, "B"), (2, 0, "B"), (2, 1, "C"),
    ]  # fmt: skip


def test_an_edited_message_in_history_is_itself_and_its_edit(tmp_path: Path) -> None:
    message = Message()
    edit = message.editedMessage.message.protocolMessage
    edit.type = edit.MESSAGE_EDIT
    edit.key.ID = "A1"
    edit.timestampMS = (NOON + 60) * 1000
    edit.editedMessage.conversation = "final"
    base, change = decoded(tmp_path, history(info("A1", message=message)))["messages"]

    assert (base["kind"], base["text"], base["sent_at"].timestamp()) == ("text", "final", NOON)
    assert (change["kind"], change["target_id"], change["sent_at"].timestamp()) == ("edit", "A1", NOON + 60)


def test_a_deleted_message_that_still_has_its_content_is_itself_and_its_deletion(tmp_path: Path) -> None:
    gone = info("A1", message="secret", messageStubType="REVOKE", revokeMessageTimestamp=NOON + 60)
    message, deletion = decoded(tmp_path, history(gone))["messages"]

    assert (message["kind"], message["text"], message["sent_at"].timestamp()) == ("text", "secret", NOON)
    assert (deletion["kind"], deletion["target_id"], deletion["sent_at"].timestamp()) == ("revoke", "A1", NOON + 60)


def test_a_deleted_message_whose_content_is_the_deletion_is_one_row(tmp_path: Path) -> None:
    revoke = Message(protocolMessage={"type": "REVOKE", "key": {"ID": "A1"}})
    rows = decoded(tmp_path, history(info("A1", message=revoke, messageStubType="REVOKE")))["messages"]

    assert [(row["kind"], row["target_id"]) for row in rows] == [("revoke", "A1")]


def test_an_edit_of_another_message_stays_an_edit(tmp_path: Path) -> None:
    message = Message()
    edit = message.protocolMessage
    edit.type = edit.MESSAGE_EDIT
    edit.key.ID = "OLD"
    edit.editedMessage.conversation = "final"
    rows = decoded(tmp_path, history(info("NEW", message=message)))["messages"]

    assert [(row["kind"], row["message_id"], row["target_id"]) for row in rows] == [("edit", "NEW", "OLD")]


def test_replies_forwards_and_ads_are_told(tmp_path: Path) -> None:
    message = Message()
    context = message.extendedTextMessage.contextInfo
    message.extendedTextMessage.text = "hi"
    context.stanzaID, context.isForwarded = "Q", True
    context.externalAdReply.title, context.externalAdReply.sourceURL = "Song-Köl", "https://fb.me/x"
    row = decoded(tmp_path, history(info(message=message)))["messages"][0]

    assert (row["reply_to_id"], row["forwarded"], row["ad_title"], row["ad_url"]) == (
        "Q",
        True,
        "Song-Köl",
        "https://fb.me/x",
    )


def test_a_group_message_names_its_sender_and_a_private_one_does_not(tmp_path: Path) -> None:
    group = info(chat="1@g.us", participant="996700@s.whatsapp.net")
    rows = decoded(tmp_path, history(group, chat="1@g.us"), history(info()))["messages"]

    assert [row["sender_jid"] for row in rows] == ["996700@s.whatsapp.net", None]


def test_votes_in_a_poll_are_rows_of_their_own(tmp_path: Path) -> None:
    made = info("POLL", message=Message(pollCreationMessage={"name": "q"}))
    made.pollUpdates.add(senderTimestampMS=NOON * 1000).pollUpdateMessageKey.ID = "VOTE"
    rows = decoded(tmp_path, history(made))["messages"]

    assert [(row["kind"], row["message_id"], row["target_id"]) for row in rows] == [
        ("poll", "POLL", None),
        ("poll_vote", "VOTE", "POLL"),
    ]


def test_importing_the_protobufs_leaves_logging_as_it_was() -> None:
    assert not [handler for handler in logging.getLogger().handlers if "neonize" in repr(handler)]

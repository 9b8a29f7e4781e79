"""`snapshots diff`: two snapshots whose differences are known, category by category."""

from pathlib import Path

import pytest

from extract.snapshot_diff import Difference, SnapshotDiff, diff_snapshots
from extract.whatsapp.protobufs import Message, Reaction, e2e_pb2
from schemas.manifest import DamagedArchiveError
from tests.extract.payloads import CHAT, extract, history, info, snapshots

ONLY_A = "996555000002@s.whatsapp.net"
ONLY_B = "996555000003@s.whatsapp.net"
NOTHING = dict.fromkeys(Difference.__dataclass_fields__, 0)


def _edit(target: str, text: str) -> Message:
    protocol = e2e_pb2.ProtocolMessage(type=e2e_pb2.ProtocolMessage.MESSAGE_EDIT, timestampMS=1_772_366_500_000)
    protocol.key.ID = target
    protocol.editedMessage.conversation = text
    return Message(protocolMessage=protocol)


def _revoke(target: str) -> Message:
    protocol = e2e_pb2.ProtocolMessage(type=e2e_pb2.ProtocolMessage.REVOKE)
    protocol.key.ID = target
    return Message(protocolMessage=protocol)


def _with_reaction(message_id: str) -> object:
    reacted = info(message_id)
    reaction = Reaction(text="+", senderTimestampMS=1_772_366_500_000)
    reaction.key.ID, reaction.key.fromMe = "R1", True
    reacted.reactions.append(reaction)
    return reacted


@pytest.fixture
def found(tmp_path: Path) -> SnapshotDiff:
    """A and B, which differ in every way that is told."""
    extract(
        tmp_path,
        history(
            info("SAME"),
            info("LOST"),
            info("TWICE"),
            info("TWICE"),
            info("OTHER-WORDS", message="one"),
            info("EDITED"),
            info("READ", from_me=True, status=2),
            info("DELETED"),
            info("REACTED"),
            info(""),
        ),
        history(info("X1"), chat=ONLY_A),
    )
    extract(
        tmp_path,
        history(
            info("SAME"),
            info("NEW"),
            info("TWICE"),
            info("NEW"),
            info("OTHER-WORDS", message="two"),
            info("E1", message=_edit("EDITED", "corrected")),
            info("READ", from_me=True, status=4),
            info("V1", message=_revoke("DELETED")),
            _with_reaction("REACTED"),
            info("V2", message=_revoke("NOBODY-KNOWS")),
        ),
        history(info("Y1"), info("Y2"), chat=ONLY_B),
    )
    a, b = snapshots(tmp_path)
    return diff_snapshots(a.path, b.path)


def test_each_category_has_what_was_put_there(found: SnapshotDiff) -> None:
    assert (found.chats_only_a, found.chats_only_b) == (1, 1)
    assert found.messages == Difference(
        only_a=2,  # LOST, X1
        only_b=3,  # NEW, Y1, Y2
        same=2,  # SAME, TWICE
        changed=5,
        edited=2,  # OTHER-WORDS, EDITED
        delivery=1,
        deleted=1,
        reacted=1,
        duplicates_a=1,  # TWICE
        duplicates_b=1,  # NEW
    )
    assert found.without_key == (1, 0)
    assert found.without_target == (0, 1)


def test_the_counts_of_the_chats_are_those_of_the_whole(found: SnapshotDiff) -> None:
    chats = {chat.chat: chat for chat in found.chats}
    assert chats[ONLY_A].messages == Difference(**NOTHING | {"only_a": 1})
    assert chats[ONLY_B].messages == Difference(**NOTHING | {"only_b": 2})
    assert (chats[ONLY_B].in_a, chats[ONLY_B].in_b) == (False, True)
    assert chats[CHAT].messages.changed == 5
    assert found.chats[0].chat == CHAT


def test_the_other_way_round_a_and_b_change_places(found: SnapshotDiff) -> None:
    back = diff_snapshots(found.b.path, found.a.path).messages
    assert (back.only_a, back.only_b) == (found.messages.only_b, found.messages.only_a)
    assert (back.same, back.changed) == (found.messages.same, found.messages.changed)


def test_a_snapshot_does_not_differ_from_itself(found: SnapshotDiff) -> None:
    itself = diff_snapshots(found.a.path, found.a.path).messages
    assert (itself.only_a, itself.only_b, itself.changed, itself.same) == (0, 0, 0, 9)


def test_a_person_under_number_and_lid_is_one_chat(tmp_path: Path) -> None:
    lid = "100000000000001@lid"
    extract(tmp_path, history(info("M1")))
    extract(tmp_path, history(info("M1", chat=lid), chat=lid, pnJID=CHAT))
    a, b = snapshots(tmp_path)
    found = diff_snapshots(a.path, b.path)

    assert [(chat.chat, chat.in_a, chat.in_b) for chat in found.chats] == [(CHAT, True, True)]
    assert (found.messages.same, found.messages.changed) == (1, 0)


def test_damage_is_named_and_not_compared(found: SnapshotDiff) -> None:
    path = found.b.path / "chats.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedArchiveError, match=r"chats\.parquet of snapshot .* is not what was sealed"):
        diff_snapshots(found.a.path, found.b.path)

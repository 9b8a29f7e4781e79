"""What the archive covers: first and last message, gaps, what the phone still holds, which snapshot brought what."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from extract.coverage import ChatCoverage, Coverage, Gap, GapKind, PhoneHolds, coverage
from extract.redecode import redecode
from extract.whatsapp.protobufs import Conversation
from schemas.datadir import DataDir
from schemas.errors import ExitCode, UserError
from schemas.progress import Step
from tests.extract.payloads import CHAT, NOON, archive, extract, history, info, snapshots

OTHER = "996555000002@s.whatsapp.net"
LID = "100000000000001@lid"
HOUR, DAY = 3600, 86400
ALL_SENT = Conversation.EndOfHistoryTransferType.Value("COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY")
MORE = Conversation.EndOfHistoryTransferType.Value("COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY")


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(NOON + seconds, UTC)


def talk(prefix: str, start: int, count: int, every: int = HOUR, chat: str = CHAT) -> list[Any]:
    """So many messages, one every so many seconds, from `start` seconds after noon."""
    return [info(f"{prefix}{number}", at=NOON + start + number * every, chat=chat) for number in range(count)]


def covered(tmp_path: Path) -> Coverage:
    return coverage(DataDir(tmp_path / "data"), "default")


def only_chat(tmp_path: Path) -> ChatCoverage:
    (chat,) = covered(tmp_path).chats
    return chat


def test_a_chat_reaches_from_its_first_to_its_last_message(tmp_path: Path) -> None:
    extract(tmp_path, history(*talk("M", 0, 3)), history(info("X", chat=OTHER, at=NOON + DAY), chat=OTHER))
    latest, chat = covered(tmp_path).chats

    assert (latest.chat, chat.chat) == (OTHER, CHAT)
    assert (chat.messages, chat.first, chat.last) == (3, moment(0), moment(2 * HOUR))
    assert chat.habit is None
    assert chat.gaps == []


def test_reactions_and_broken_times_neither_count_nor_reach_anywhere(tmp_path: Path) -> None:
    extract(tmp_path, history(info("M1"), info("M2", at=0), info("M3", at=NOON + 3650 * DAY)))
    chat = only_chat(tmp_path)

    assert (chat.messages, chat.first, chat.last) == (3, moment(0), moment(0))


def test_a_silence_beyond_the_chats_habit_is_a_gap(tmp_path: Path) -> None:
    extract(tmp_path, history(*talk("A", 0, 12), *talk("B", 40 * DAY, 12)))
    chat = only_chat(tmp_path)

    assert chat.habit == timedelta(hours=1)
    assert chat.gaps == [Gap(GapKind.UNEXPLAINED, moment(11 * HOUR), moment(40 * DAY))]


def test_the_same_silence_is_no_gap_where_it_is_the_habit(tmp_path: Path) -> None:
    extract(tmp_path, history(*talk("A", 0, 15, every=40 * DAY - DAY), info("Z", at=NOON - 60 * DAY)))
    assert only_chat(tmp_path).gaps == []


def test_a_silence_is_explained_when_the_phone_said_that_it_had_sent_everything(tmp_path: Path) -> None:
    messages = [*talk("A", -60 * DAY, 12), *talk("B", 0, 12)]
    extract(tmp_path, history(*messages, endOfHistoryTransferType=ALL_SENT))
    chat = only_chat(tmp_path)

    assert chat.phone_holds is PhoneHolds.NOTHING_MORE
    assert [gap.kind for gap in chat.gaps] == [GapKind.SILENCE]


def test_what_the_phone_said_before_a_silence_explains_nothing(tmp_path: Path) -> None:
    extract(tmp_path, history(*talk("A", -60 * DAY, 12), endOfHistoryTransferType=ALL_SENT))
    extract(tmp_path, history(*talk("B", 0, 12)))

    assert [gap.kind for gap in only_chat(tmp_path).gaps] == [GapKind.UNEXPLAINED]


def test_what_the_phone_still_holds_lies_before_the_first_message_and_after_the_last(tmp_path: Path) -> None:
    extract(tmp_path, history(*talk("A", 0, 2), endOfHistoryTransferType=MORE, lastMsgTimestamp=NOON + 5 * DAY))
    chat = only_chat(tmp_path)

    assert chat.phone_holds is PhoneHolds.MORE
    assert chat.phone_last == moment(5 * DAY)
    assert chat.gaps == [
        Gap(GapKind.OLDER_ON_PHONE, None, moment(0)),
        Gap(GapKind.NEWER_ON_PHONE, moment(HOUR), moment(5 * DAY)),
    ]


def test_a_chat_without_a_message_is_listed_with_what_the_phone_said(tmp_path: Path) -> None:
    extract(tmp_path, history(lastMsgTimestamp=NOON, name="Anna"))
    chat = only_chat(tmp_path)

    assert (chat.name, chat.messages, chat.first, chat.parts) == ("Anna", 0, None, [])
    assert chat.gaps == [Gap(GapKind.NEWER_ON_PHONE, None, moment(0))]


def test_each_snapshot_is_told_with_what_it_brought_first_and_what_it_brought_again(tmp_path: Path) -> None:
    extract(tmp_path, history(*talk("A", 0, 3), sync_type="INITIAL_BOOTSTRAP"), history(*talk("A", 0, 4)))
    extract(tmp_path, history(*talk("A", 0, 5), sync_type="FULL"))
    first, second = (snapshot.name for snapshot in snapshots(tmp_path))
    parts = [(part.snapshot, part.origin, part.messages, part.repeated) for part in only_chat(tmp_path).parts]

    assert parts == [
        (first, "history:INITIAL_BOOTSTRAP", 3, 0),
        (first, "history:RECENT", 1, 3),
        (second, "history:FULL", 1, 4),
    ]
    assert sum(part.messages for part in only_chat(tmp_path).parts) == only_chat(tmp_path).messages == 5


def test_a_persons_number_and_lid_are_one_chat(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A1")), history(info("A2", chat=LID), chat=LID, pnJID=CHAT))
    chat = only_chat(tmp_path)

    assert (chat.chat, chat.addresses, chat.messages) == (CHAT, (LID, CHAT), 2)


def test_days_on_which_nobody_wrote_at_all_are_a_gap_of_the_account(tmp_path: Path) -> None:
    chats = [f"99655500001{number}@s.whatsapp.net" for number in range(4)]
    payloads = [
        history(*talk(f"A{chat}", n * HOUR, 6, 4 * HOUR, chat), *talk(f"B{chat}", 9 * DAY, 2, HOUR, chat), chat=chat)
        for n, chat in enumerate(chats)
    ]
    extract(tmp_path, *payloads)

    assert covered(tmp_path).gaps == [Gap(GapKind.UNEXPLAINED, moment(23 * HOUR), moment(9 * DAY))]
    assert [chat.gaps for chat in covered(tmp_path).chats] == [[]] * 4


def test_a_redecoded_snapshot_is_not_counted_beside_its_original(tmp_path: Path) -> None:
    extract(tmp_path, history(*talk("A", 0, 3)))
    again = redecode(DataDir(tmp_path / "data"), "default", snapshots(tmp_path)[0].name).snapshot
    (part,) = only_chat(tmp_path).parts

    assert (part.snapshot, part.messages, part.repeated) == (again, 3, 0)


def test_a_damaged_file_is_left_out_and_named(tmp_path: Path) -> None:
    extract(tmp_path, history(*talk("A", 0, 3)))
    extract(tmp_path, history(*talk("B", DAY, 3)))
    (snapshots(tmp_path)[0].path / "messages/part-0000.parquet").unlink()
    found = covered(tmp_path)

    assert found.chats[0].first == moment(DAY)
    assert [(part.path, part.rows) for part in found.left_out] == [("messages/part-0000.parquet", 3)]


def test_an_account_without_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no archive") as raised:
        covered(tmp_path)
    assert raised.value.exit_code is ExitCode.ARCHIVE
    assert not archive(tmp_path).exists()


def test_how_far_it_is_can_be_told(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")))
    steps: list[Step] = []
    coverage(DataDir(tmp_path / "data"), "default", steps.append)
    read = [(step.done, step.total) for step in steps if step.name == "reading what the archive covers"]
    assert read == [(done, len(read)) for done in range(len(read))]
    assert len(read) > 1

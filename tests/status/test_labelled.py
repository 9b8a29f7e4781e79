"""Files of labelled conversations: what is read, and what is said of lines that are none."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import ExitCode, UserError
from schemas.words import MessageType, Status
from transform.status.labelled import read_conversations

PRIVATE = "Тайное слово +996555123456"


def line(**changes: Any) -> dict[str, Any]:
    message = {"ts": "2026-02-27T10:15:00Z", "from_me": False, "type": "text", "text": PRIVATE}
    whole = {"id": "c1", "as_of": "2026-03-01T09:00:00Z", "status": "QUALIFIED", "messages": [message]}
    return {key: value for key, value in (whole | changes).items() if value is not ...}


def message(**changes: Any) -> list[dict[str, Any]]:
    return [line()["messages"][0] | changes]


def written(tmp_path: Path, *lines: Any) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines), "utf-8")
    return path


def test_messages_come_in_time_order_up_to_the_moment_and_times_without_an_offset_are_utc(tmp_path: Path) -> None:
    messages = [
        {"ts": "2026-02-28T12:00:00+06:00", "from_me": True, "type": "document", "text": "offer.pdf"},
        {"ts": "2026-03-02T00:00:00", "from_me": False, "type": "text", "text": "later"},
        {"ts": "2026-02-27T10:15:00", "from_me": False, "type": "voice", "text": None},
    ]
    (one,) = read_conversations(written(tmp_path, "", line(messages=messages, why="x", lang="ru")))
    assert (one.line, one.id, one.status) == (2, "c1", Status.QUALIFIED)
    assert [(said.sent_at, said.from_me, said.type, said.text) for said in one.messages] == [
        (datetime(2026, 2, 27, 10, 15, tzinfo=UTC), False, MessageType.AUDIO, None),
        (datetime(2026, 2, 28, 6, 0, tzinfo=UTC), True, MessageType.DOCUMENT, "offer.pdf"),
    ]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{" + PRIVATE, "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        (json.dumps([PRIVATE]), "is not a JSON object"),
        (line(id=7), "has no id"),
        (line(id=...), "has no id"),
        (line(status=PRIVATE), "has no known status: one of NEW_LEAD QUALIFIED"),
        (line(status=[]), "has no known status"),
        (line(as_of="yesterday " + PRIVATE), "has no as_of"),
        (line(as_of=1772355600), "has no as_of"),
        (line(messages=PRIVATE), "has no list of messages"),
        (line(messages=[]), "has no list of messages"),
        (line(messages=[PRIVATE]), "holds something that is no message (1. of the list)"),
        (line(messages=message(ts="12:00")), "has no ts in message 1"),
        (line(messages=message(from_me="no")), "has no from_me in message 1"),
        (line(messages=message(type=PRIVATE)), "has an unknown type in message 1: one of audio call"),
        (line(messages=message(text=[PRIVATE])), "has a text in message 1 that is none"),
        (line(), "has the id of line 1"),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong_and_without_what_it_says(tmp_path: Path, bad: Any, said: str) -> None:
    with pytest.raises(UserError) as raised:
        read_conversations(written(tmp_path, line(), "", bad))
    assert raised.value.message.startswith(f"Line 3 of labelled.jsonl {said}")
    assert raised.value.exit_code is ExitCode.USAGE
    assert raised.value.hint
    assert "Тайное" not in raised.value.message + raised.value.hint
    assert raised.value.__cause__ is None


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "labelled.jsonl"
    path.write_bytes(json.dumps(line()).encode() + b"\n\xff\xfe\n")
    with pytest.raises(UserError, match=r"^Line 2 of labelled.jsonl is not UTF-8"):
        read_conversations(path)


def test_an_empty_file_is_no_measure(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no conversation"):
        read_conversations(written(tmp_path, "\n\n"))

"""A conversation as it is sent: redacted, cut where it is long, a JSON object a line.

The rule for cutting, where a conversation has more than MOST_MESSAGES messages or more than MOST_CHARACTERS: the first
FIRST messages and the last LAST stay; of those between, the newest that carry an offer or a payment (a document or
picture, a sum). Each text is cut to MOST_OF_A_TEXT characters, its end kept too. What is left out is counted there.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.words import MessageType
from transform.llm.names import NameMask
from transform.llm.redaction import redact
from transform.status import ChatMessage

FIRST = 4
LAST = 30
MOST_MESSAGES = 60
MOST_OF_A_TEXT = 600
MOST_CHARACTERS = 24_000
_KEPT_END = 150
_NO_TIME = datetime.fromtimestamp(0, UTC)
_FILES = frozenset({MessageType.DOCUMENT, MessageType.IMAGE})
# a sum of three and more digits, in whatever script the digits are
_SUM = re.compile(r"\d(?:[ .,\u00a0]?\d){2}")
_BEGUN_PLACEHOLDER = re.compile(r"\[[A-Z]*\Z")
_ENDED_PLACEHOLDER = re.compile(r"\A[A-Z]*\]")


@dataclass(frozen=True)
class Situation:
    """What the silence of a conversation is reckoned from; times are None where none is known."""

    last_from_me: bool
    first_at: datetime | None
    last_at: datetime | None
    last_client_at: datetime | None


def situation_of(messages: Sequence[ChatMessage]) -> Situation:
    """The situation at the end of `messages`, of which there is at least one."""
    timed = [message for message in messages if message.timed]
    theirs = [message.sent_at for message in timed if not message.from_me]
    return Situation(
        last_from_me=messages[-1].from_me,
        first_at=timed[0].sent_at if timed else None,
        last_at=timed[-1].sent_at if timed else None,
        last_client_at=theirs[-1] if theirs else None,
    )


def written_down(messages: Sequence[ChatMessage], names: NameMask) -> str:
    """The lines that are sent for `messages` (in time order). No line holds a `<`, so none can end the conversation."""
    kept = sorted(_kept(messages))
    lines: dict[int, str] = {}
    room = MOST_CHARACTERS
    # the end matters most: where even this is too much, the oldest lines go
    for place in reversed(kept):
        line = _line(messages[place], names)
        room -= len(line) + 1
        if room < 0:
            break
        lines[place] = line
    return "\n".join(_with_gaps(lines, len(messages)))


def _kept(messages: Sequence[ChatMessage]) -> set[int]:
    count = len(messages)
    if count <= MOST_MESSAGES:
        return set(range(count))
    ends = {*range(FIRST), *range(count - LAST, count)}
    between = [place for place in range(FIRST, count - LAST) if _is_telling(messages[place])]
    return ends | set(between[-(MOST_MESSAGES - FIRST - LAST) :])


def _is_telling(message: ChatMessage) -> bool:
    return message.type in _FILES or bool(message.text and _SUM.search(message.text))


def _with_gaps(lines: dict[int, str], count: int) -> Iterator[str]:
    expected = 0
    for place in sorted(lines):
        if place > expected:
            yield _as_json({"left_out": place - expected})
        yield lines[place]
        expected = place + 1
    if expected < count:
        yield _as_json({"left_out": count - expected})


def _line(message: ChatMessage, names: NameMask) -> str:
    said = {
        "at": f"{message.sent_at:%Y-%m-%d %H:%M}" if message.timed and message.sent_at > _NO_TIME else None,
        "who": "company" if message.from_me else "client",
        "type": message.type.lower(),
        "text": _cut(redact(message.text, names)) if message.text else "",
    }
    return _as_json({name: value for name, value in said.items() if value is not None})


def _cut(text: str) -> str:
    """Its beginning and its end; a placeholder that the cut would go through is left out whole."""
    if len(text) <= MOST_OF_A_TEXT:
        return text
    head = _BEGUN_PLACEHOLDER.sub("", text[: MOST_OF_A_TEXT - _KEPT_END])
    tail = _ENDED_PLACEHOLDER.sub("", text[-_KEPT_END:])
    return f"{head} … {tail}"


def _as_json(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")

"""Labelled conversations: JSON Lines, one conversation a line, as docs/status.md describes them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.errors import ExitCode, UserError
from schemas.translation import _
from schemas.words import MessageType, Status
from transform.status.contract import ChatMessage

_TYPES = {str(kind).lower(): kind for kind in MessageType} | {"voice": MessageType.AUDIO}
_MOST_BYTES = 16 << 20
_MOMENT = "2026-03-01T09:00:00Z"
_EXAMPLE = (
    '{"id": "c1", "as_of": "2026-03-01T09:00:00Z", "status": "NEW_LEAD", "messages": '
    '[{"ts": "2026-02-28T10:00:00Z", "from_me": false, "type": "text", "text": "Hello"}]}'
)


@dataclass(frozen=True)
class LabelledConversation:
    """A conversation with the status that a person gave it; `line` is its place in the file."""

    line: int
    id: str
    status: Status
    as_of: datetime
    messages: tuple[ChatMessage, ...]


class _LineError(Exception):
    """What is wrong with a line, in words that quote nothing of it."""


def read_conversations(path: Path) -> list[LabelledConversation]:
    """The conversations of a file, their messages up to `as_of` in time order; empty lines do not count.

    Raises UserError (2) that names the first line that is none and what is wrong with it, never what it says.
    """
    conversations: list[LabelledConversation] = []
    lines: dict[str, int] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                one = _conversation(number, line)
                if one.id in lines:
                    raise _LineError(_("has the id of line {line}", line=str(lines[one.id])))
            except _LineError as fault:
                raise UserError(
                    _("Line {line} of {file} {problem}.", line=str(number), file=path.name, problem=fault),
                    hint=_("one line: {example}", example=_EXAMPLE),
                    exit_code=ExitCode.USAGE,
                ) from None
            lines[one.id] = number
            conversations.append(one)
    if not conversations:
        raise UserError(
            _("{file} holds no conversation.", file=path.name),
            hint=_("one line: {example}", example=_EXAMPLE),
            exit_code=ExitCode.USAGE,
        )
    return conversations


def _conversation(number: int, line: bytes) -> LabelledConversation:
    if len(line) > _MOST_BYTES:
        raise _LineError(_("is longer than 16 MB"))
    try:
        fields = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        raise _LineError(_("is not UTF-8 text")) from None
    except (ValueError, RecursionError):
        raise _LineError(_("is not JSON")) from None
    if not isinstance(fields, dict):
        raise _LineError(_("is not a JSON object"))
    name = fields.get("id")
    if not isinstance(name, str) or not name:
        raise _LineError(_("has no id (a text)"))
    status = fields.get("status")
    if not isinstance(status, str) or status not in set(Status):
        raise _LineError(_("has no known status: one of {statuses}", statuses=" ".join(Status)))
    as_of = _moment(fields.get("as_of"))
    given = fields.get("messages")
    if not isinstance(given, list) or not given:
        raise _LineError(_("has no list of messages"))
    messages = [_message(fields, place) for place, fields in enumerate(given, start=1)]
    messages = sorted((message for message in messages if message.sent_at <= as_of), key=lambda one: one.sent_at)
    return LabelledConversation(number, name, Status(status), as_of, tuple(messages))


def _message(fields: Any, place: int) -> ChatMessage:
    where = str(place)
    if not isinstance(fields, dict):
        raise _LineError(_("holds something that is no message ({place}. of the list)", place=where))
    sent_at = _moment(fields.get("ts"), in_message=where)
    from_me, text = fields.get("from_me"), fields.get("text")
    kind = _TYPES.get(str(fields.get("type", "text")).lower())
    if not isinstance(from_me, bool):
        raise _LineError(
            _("has no from_me in message {place} (true: the company wrote it; false: the client)", place=where)
        )
    if kind is None:
        raise _LineError(
            _("has an unknown type in message {place}: one of {types}", place=where, types=" ".join(sorted(_TYPES)))
        )
    if text is not None and not isinstance(text, str):
        raise _LineError(_("has a text in message {place} that is none", place=where))
    return ChatMessage(sent_at, from_me, kind, text or None)


def _moment(value: Any, in_message: str | None = None) -> datetime:
    """A moment in ISO 8601; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        if in_message is None:
            raise _LineError(_("has no as_of (a time like {example})", example=_MOMENT)) from None
        raise _LineError(
            _("has no ts in message {place} (a time like {example})", place=in_message, example=_MOMENT)
        ) from None

r"""The sample's chats as they are written down: conversations/*.toml, read into plain dataclasses.

A chat's `script` holds one message a line, oldest first:

    2026-02-14 10:05 < Здравствуйте!                                  absolute time, < the client
    +4m > {document name="Issyk-Kul.pdf" id=offer} Наша программа     four minutes later, > the company
    +1d < {re=offer} Спасибо, посмотрим                               a reply to the message named `offer`

Times are Bishkek's (UTC+6); `\n` is a line break inside a message. Braces hold the kind (`text` when left out)
and attributes: `id` names a message, `re` replies to one, `of` is what an edit, revoke, reaction or vote is about,
`by` is a group member's number, `was` the text before an edit, `react`/`react_was` the other side's reaction (now
and in the first payload), `wrap` the envelope, `at` a broken timestamp. The rest belongs to its kind (variants.py).
"""

import hashlib
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files

BISHKEK = timezone(timedelta(hours=6))
PERSON_SERVER = "s.whatsapp.net"
LID_SERVER = "lid"

_LINE = re.compile(
    r"(?:(?P<date>\d{4}-\d\d-\d\d \d\d:\d\d)|\+(?P<count>\d+)(?P<unit>[mhd])) (?P<side>[<>])"
    r"(?: \{(?P<braces>[^}]*)\})?(?: (?P<text>.*))?"
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def digest(*parts: object) -> bytes:
    """Thirty-two bytes that depend on `parts` alone: the sample's only source of variety."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()


def number(limit: int, *parts: object) -> int:
    """A number in [0, limit) that depends on `parts` alone."""
    return int.from_bytes(digest(*parts)[:6], "big") % limit


@dataclass(frozen=True)
class Line:
    """One message of a script."""

    label: str
    sent_at: datetime
    from_me: bool
    kind: str
    text: str
    attributes: Mapping[str, str]

    def get(self, name: str, default: str = "") -> str:
        """Give an attribute as it was written."""
        return self.attributes.get(name, default)


@dataclass(frozen=True)
class Chat:
    """One thread. `phone` is known to us as authors; `told_by` says where the payloads tell it for a LID."""

    key: str
    jid: str
    lines: tuple[Line, ...]
    phone: str = ""
    lid: str = ""
    told_by: str = ""
    name: str = ""
    push: str = ""
    business: str = ""
    inline: str = ""
    introduced: str = ""
    status: str = ""
    language: str = ""
    archived: bool = False
    unread: int = 0
    members: tuple[str, ...] = field(default=())

    @property
    def individual(self) -> bool:
        """Whether a person writes here (the expected clients carry a status, everything else does not)."""
        return bool(self.status)

    def message_id(self, label: str) -> str:
        """Give a message's id: 3EB0… for ours, as WhatsApp Web makes them, hex of phones for the others."""
        hexadecimal = digest(self.key, label).hex().upper()
        line = next((line for line in self.lines if line.label == label), None)
        if line is None or not line.from_me:
            return "3A" + hexadecimal[:18] if number(2, self.key) else "AC" + hexadecimal[:30]
        return "3EB0" + hexadecimal[:18]

    def line(self, label: str) -> Line | None:
        """Give the message that was named `label`, if the script has it."""
        return next((line for line in self.lines if line.label == label), None)


def _read_line(key: str, position: int, written: str, before: datetime | None) -> Line:
    found = _LINE.fullmatch(written)
    if found is None:
        raise ValueError(f"{key}, line {position + 1} of its script cannot be read")
    if found["date"]:
        sent_at = datetime.fromisoformat(found["date"]).replace(tzinfo=BISHKEK).astimezone(UTC)
    elif before is None:
        raise ValueError(f"{key}: a script begins with a date")
    else:
        sent_at = before + timedelta(**{_UNITS[found["unit"]]: int(found["count"])})
    sent_at += timedelta(seconds=3 + number(27, key, position, "seconds"))
    if before is not None and sent_at <= before:
        raise ValueError(f"{key}, line {position + 1} of its script goes back in time")
    kind, attributes = "text", {}
    for token in shlex.split(found["braces"] or ""):
        name, equals, value = token.partition("=")
        if equals:
            attributes[name] = value
        else:
            kind = name
    label = attributes.pop("id", f"#{position}")
    return Line(label, sent_at, found["side"] == ">", kind, (found["text"] or "").replace("\\n", "\n"), attributes)


def _read_script(key: str, script: str) -> tuple[Line, ...]:
    lines: list[Line] = []
    for position, written in enumerate(filter(None, map(str.strip, script.splitlines()))):
        lines.append(_read_line(key, position, written, lines[-1].sent_at if lines else None))
    return tuple(lines)


def _read_chat(entry: dict[str, object]) -> Chat:
    script = str(entry.pop("script", ""))
    key = str(entry["key"])
    phone, lid = str(entry.get("phone", "")), str(entry.get("lid", ""))
    # Mexican mobiles are still addressed as 521…; everybody else's address is the number's digits
    digits = str(entry.pop("address", phone.removeprefix("+")))
    jid = str(entry.pop("jid", "")) or (f"{lid}@{LID_SERVER}" if lid else f"{digits}@{PERSON_SERVER}")
    members = tuple(str(member) for member in entry.pop("members", ()))  # type: ignore[attr-defined]
    return Chat(jid=jid, lines=_read_script(key, script), members=members, **entry)  # type: ignore[arg-type]


@cache
def chats() -> tuple[Chat, ...]:
    """Every thread of the sample, in the order of their files' names and places."""
    folder = files(__package__) / "conversations"
    texts = [
        resource.read_text(encoding="utf-8")
        for resource in sorted(folder.iterdir(), key=lambda resource: resource.name)
        if resource.name.endswith(".toml")
    ]
    found = tuple(_read_chat(entry) for text in texts for entry in tomllib.loads(text)["chat"])
    if len({chat.key for chat in found}) != len(found):
        raise ValueError("two chats of the sample have one key")
    return found

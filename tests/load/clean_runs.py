"""Builds clean runs as transform leaves them: four Parquet tables and run.json."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.clean_run import FORMAT, RUN_JSON, Accounting, CleanRun, CleanRunFolder, TableFile
from schemas.files import sha256_of
from schemas.manifest import Tool
from schemas.tables import CLEAN_TABLES
from schemas.words import CHANNEL_WHATSAPP

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


@dataclass(frozen=True)
class Message:
    id: str
    minute: int = 0
    direction: str = "INCOMING"
    body: str | None = "hello"
    more: dict[str, Any] = field(default_factory=dict)

    def row(self, phone: str) -> dict[str, Any]:
        values = {
            "phone": phone,
            "direction": self.direction,
            "whatsapp_message_id": self.id,
            "type": "TEXT",
            "body": self.body,
            "sent_at": at(self.minute),
            "language": "en",
            "delivery": "read",
            "reply_to": None,
            "forwarded": False,
            "edited_at": None,
            "deleted_at": None,
            "reactions": "[]",
            "media_mime": None,
            "media_name": None,
            "media_bytes": None,
        } | self.more
        return values | {"content_hash": content_hash(values)}


def content_hash(row: dict[str, Any]) -> str:
    """As transform/sql/070_messages.sql makes it; it tells neither language nor phone."""

    def text(name: str) -> str | None:
        value = row[name]
        if isinstance(value, datetime):
            value = round(value.timestamp() * 1000)
        return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)

    fields = [text(name) for name in _HASHED]
    told = "".join("-" if field is None else f"{len(field.encode())}:{field}" for field in fields)
    return hashlib.sha256(told.encode()).hexdigest()


_HASHED = (
    "type", "sent_at", "edited_at", "deleted_at", "delivery", "reply_to", "forwarded", "reactions", "media_mime",
    "media_name", "media_bytes", "body",
)  # fmt: skip


@dataclass(frozen=True)
class Chat:
    phone: str
    messages: tuple[Message, ...] = (Message("A"),)
    name: str | None = "Anna Petrova"
    first_name: str | None = "Anna"
    last_name: str | None = "Petrova"
    language: str | None = "ru"
    languages: dict[str, float] = field(default_factory=lambda: {"ru": 0.8, "ky": 0.2})
    status: str = "NEW_LEAD"
    more: dict[str, Any] = field(default_factory=dict)
    archived: bool = False

    def but(self, **changes: Any) -> "Chat":
        return replace(self, **changes)

    def client(self) -> dict[str, Any]:
        times = [row["sent_at"] for row in self.rows()]
        incoming = sum(message.direction == "INCOMING" for message in self.messages)
        return {
            "phone": self.phone,
            "name": self.name,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "name_source": "push_name" if self.name else None,
            "preferred_language": self.language,
            "language_confidence": 0.9,
            "languages": json.dumps(self.languages),
            "status": self.status,
            "status_confidence": 0.8,
            "status_source": "rules",
            "status_reason": "asked for a price",
            "country": "KG",
            "time_zone": "Asia/Bishkek",
            "first_message_at": min(times),
            "last_message_at": max(times),
            "incoming_count": incoming,
            "outgoing_count": len(self.messages) - incoming,
            "ad_title": None,
            "addresses": [f"{self.phone[1:]}@s.whatsapp.net"],
            "skip": False,
        } | self.more

    def rows(self) -> list[dict[str, Any]]:
        return [message.row(self.phone) for message in self.messages]


def many_chats(count: int, messages: int = 3) -> list[Chat]:
    """Chats with different last times, some of them shared."""
    return [
        Chat(
            f"+9965550{number:05}",
            tuple(
                Message(f"{number}-{turn}", number // 2 + turn, ("INCOMING", "OUTGOING")[turn % 2], f"text {turn}")
                for turn in range(messages)
            ),
            status=("NEW_LEAD", "QUALIFIED", "SOLD")[number % 3],
        )
        for number in range(count)
    ]


def write_clean_run(
    folder: Path,
    chats: Iterable[Chat],
    *,
    account: str = "default",
    messages: list[dict[str, Any]] | None = None,
    row_group: int = 65_536,
) -> CleanRunFolder:
    """The run at `folder`; `messages` are rows that belong to none of the chats."""
    folder.mkdir(parents=True)
    ordered = sorted(chats, key=lambda chat: chat.phone)
    clients = [chat.client() for chat in ordered]
    conversations = [
        {
            "phone": client["phone"],
            "channel": CHANNEL_WHATSAPP,
            "first_message_at": client["first_message_at"],
            "last_message_at": client["last_message_at"],
            "message_count": client["incoming_count"] + client["outgoing_count"],
            "archived": chat.archived,
        }
        for chat, client in zip(ordered, clients, strict=True)
    ]
    rows = [row for chat in ordered for row in chat.rows()] + (messages or [])
    content = {"clients": clients, "conversations": conversations, "messages": rows, "rejects": []}
    tables = {}
    for name, schema in CLEAN_TABLES.items():
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(content[name], schema), path, row_group_size=row_group)
        tables[name] = TableFile(rows=len(content[name]), bytes=path.stat().st_size, sha256=sha256_of(path))
    run = CleanRun(
        format=FORMAT,
        tool=Tool(name="wa2pg", version="0.1.0"),
        run="20261123T031500Z-k3f9",
        account=account,
        started_at=START,
        finished_at=START,
        as_of=START,
        snapshots=[],
        settings={},
        inputs_sha256="0" * 64,
        tables=tables,
        accounting=Accounting(
            rows_in=len(rows), rows_out=len(rows), duplicates=0, applied={}, not_for_crm={}, rejected={}, undecoded={}
        ),
        people_without_number=2,
        messages_without_number=5,
        contacts_without_messages=0,
        own_known=True,
        history_complete=True,
        warnings=[],
    )
    (folder / RUN_JSON).write_bytes(run.to_json())
    return CleanRunFolder(folder, run)

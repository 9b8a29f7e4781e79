"""Tiny archives by hand: raw rows in, a sealed snapshot with manifest and chain out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.datadir import DataDir
from schemas.files import replace_file, sha256_of
from schemas.manifest import (
    MANIFEST,
    MANIFEST_SHA256,
    OWN,
    ChainLine,
    Counts,
    FileEntry,
    Link,
    Manifest,
    Own,
    Payloads,
    Source,
    Span,
    Tool,
    append_to_chain,
    read_snapshot,
    sealed_snapshots,
)
from schemas.own import own_document
from schemas.tables import RAW_TABLES, fingerprint
from schemas.words import Ended, SourceKind

Row = dict[str, Any]

ANNA = "996555000001@s.whatsapp.net"
BAKYT = "996555000002@s.whatsapp.net"
OWN_PHONE = "996312000000@s.whatsapp.net"
OWN_LID = "900000000000000@lid"
ANNA_LID = "100000000000001@lid"
ANNA_PHONE = "+996555000001"
BAKYT_PHONE = "+996555000002"
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


def minute(number: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=number)


def message(chat: str | None = ANNA, message_id: str | None = "M1", text: str | None = "hello", **columns: Any) -> Row:
    """A raw message, incoming unless told otherwise."""
    row: Row = {
        "chat_jid": chat,
        "message_id": message_id,
        "from_me": False,
        "sent_at": NOON,
        "kind": "text",
        "text": text,
        "forwarded": False,
        "origin": "history:RECENT",
        "raw": b"raw",
        "raw_format": "WebMessageInfo",
    }
    return row | columns


def action(kind: str, target: str | None = "M1", text: str | None = None, chat: str = ANNA, **columns: Any) -> Row:
    """An edit, revoke, reaction or poll vote by the chat's person unless told otherwise."""
    columns = {"sent_at": minute(60), "message_id": None} | columns
    return message(chat, columns.pop("message_id"), text, kind=kind, target_id=target, **columns)


def chat(jid: str = ANNA, **columns: Any) -> Row:
    return {"chat_jid": jid, "raw": b"raw"} | columns


def contact(jid: str = ANNA, source: str = "session", **columns: Any) -> Row:
    return {"jid": jid, "source": source} | columns


def pair(lid: str = ANNA_LID, pn: str = ANNA, source: str = "mapping", **columns: Any) -> Row:
    return {"lid": lid, "pn": pn, "source": source} | columns


def reject(reason: str = "not_a_message", detail: str | None = None, **columns: Any) -> Row:
    return {"reason": reason, "detail": detail, "raw": b"raw"} | columns


@dataclass
class Payload:
    """What one payload brought; messages are in the phone's order, newest first."""

    messages: Sequence[Row] = ()
    chats: Sequence[Row] = ()
    contacts: Sequence[Row] = ()
    lid_map: Sequence[Row] = ()
    rejects: Sequence[Row] = ()


def payload(*messages: Row, **tables: Sequence[Row]) -> Payload:
    return Payload(messages, **tables)


@dataclass
class Archive:
    """An account's archive that grows by snapshots."""

    data: DataDir
    account: str = "office"
    names: list[str] = field(default_factory=list)

    @property
    def path(self) -> Path:
        return self.data.archive(self.account)

    def add(
        self,
        *payloads: Payload,
        own: Own | None = None,
        complete: bool = True,
        redecode_of: str | None = None,
        parts: int = 1,
    ) -> str:
        """Seal one snapshot; its messages go to so many files."""
        name = f"20260601T{len(self.names):06d}Z-aaaa"
        folder = self.path / name
        (folder / "messages").mkdir(parents=True)
        rows = {table: list(_numbered(payloads, table)) for table in RAW_TABLES}
        size = -(-len(rows["messages"]) // parts) or 1
        files = [
            _write(folder, f"messages/part-{n:04d}.parquet", "messages", rows["messages"][n * size : (n + 1) * size])
            for n in range(parts)
        ]
        files += [_write(folder, f"{table}.parquet", table, rows[table]) for table in RAW_TABLES if table != "messages"]
        before = sealed_snapshots_before(self.path, name)
        manifest = Manifest(
            format=1,
            tool=Tool(name="wa2pg", version="0"),
            account=self.account,
            snapshot=name,
            own=Own(phone=OWN_PHONE, lid=OWN_LID) if own is None else own,
            source=Source(kind=SourceKind.REDECODE if redecode_of else SourceKind.REPLAY, detail=redecode_of),
            started_at=AS_OF,
            sealed_at=AS_OF,
            complete=complete,
            ended=Ended.SOURCE_END,
            counts=Counts(
                payloads=Payloads(announced=len(payloads), received=len(payloads)),
                rows={table: len(found) for table, found in rows.items()},
                rejects={},
                kinds=dict(Counter(str(row["kind"]) for row in rows["messages"])),
            ),
            span=Span(first=None, last=None),
            files=files,
            previous=before,
        )
        (folder / MANIFEST).write_bytes(manifest.to_json())
        sha256 = sha256_of(folder / MANIFEST)
        (folder / MANIFEST_SHA256).write_text(f"{sha256}  {MANIFEST}\n")
        append_to_chain(self.path, ChainLine(snapshot=name, sha256=sha256, at=AS_OF))
        self.names.append(name)
        return name

    def remove(self, name: str) -> None:
        """Take a snapshot out as `wa2pg snapshots` would: the chain says so."""
        snapshot = read_snapshot(self.path / name)
        append_to_chain(self.path, ChainLine(event="removed", snapshot=name, sha256=snapshot.sha256, at=AS_OF))
        snapshot.path.rename(self.path / f"removed-{name}")

    def remember_own(self, own: Own) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        replace_file(self.path / OWN, own_document(own))


def sealed_snapshots_before(path: Path, name: str) -> Link | None:
    (path / name).rename(path / f"{name}.partial")
    sealed = sealed_snapshots(path)
    (path / f"{name}.partial").rename(path / name)
    return Link(snapshot=sealed[-1].name, sha256=sealed[-1].sha256) if sealed else None


def _numbered(payloads: Iterable[Payload], table: str) -> Iterable[Row]:
    for number, one in enumerate(payloads):
        for position, row in enumerate(getattr(one, table, ())):
            place = {"payload": number, "position": position}
            yield {key: value for key, value in place.items() if key in RAW_TABLES[table].names} | row


def _write(folder: Path, path: str, table: str, rows: Sequence[Row]) -> FileEntry:
    schema = RAW_TABLES[table]
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), folder / path)
    return FileEntry(
        path=path,
        table=table,
        rows=len(rows),
        bytes=(folder / path).stat().st_size,
        sha256=sha256_of(folder / path),
        fingerprint=fingerprint(schema),
    )

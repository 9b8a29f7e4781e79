"""Real HistorySync payloads for tests, and a look at what extract made of them."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extract.report import ExtractReport
from extract.whatsapp.protobufs import Conversation, HistorySync, HistorySyncMsg, Message, WebMessageInfo
from extract.whatsapp.replay import replay
from schemas.datadir import DataDir
from schemas.manifest import Own, Snapshot, read_snapshot, sealed_snapshots

CHAT = "996555000001@s.whatsapp.net"
NOON = 1_772_366_400  # 2026-03-01T12:00:00Z, seconds


def info(message_id: str = "A1", *, chat: str = CHAT, from_me: bool = False, at: int = NOON, **fields: Any) -> Any:
    """A WebMessageInfo in a chat; `message` is a Message or the text of one."""
    message = fields.pop("message", "hello")
    if isinstance(message, str):
        message = Message(conversation=message)
    made = WebMessageInfo(messageTimestamp=at, **fields)
    made.key.remoteJID, made.key.fromMe, made.key.ID = chat, from_me, message_id
    if message is not None:
        made.message.CopyFrom(message)
    return made


def history(*infos: Any, chat: str = CHAT, sync_type: str | None = "RECENT", **conversation: Any) -> Any:
    """A HistorySync with one conversation that holds these messages, in this order."""
    made = HistorySync()
    if sync_type is not None:
        made.syncType = HistorySync.HistorySyncType.Value(sync_type)
    entry = made.conversations.add()
    entry.CopyFrom(Conversation(ID=chat, **conversation))
    for one in infos:
        entry.messages.append(HistorySyncMsg(message=one))
    return made


def write(folder: Path, *payloads: Any) -> Path:
    """Write payloads (protobufs or bytes) as 01.pb, 02.pb, … and return the folder."""
    folder.mkdir(exist_ok=True)
    for number, payload in enumerate(payloads, 1):
        content = payload if isinstance(payload, bytes) else payload.SerializePartialToString()
        (folder / f"{number:02d}.pb").write_bytes(content)
    return folder


def extract(tmp_path: Path, *payloads: Any, own: Own | None = None, again: bool = False) -> ExtractReport:
    """Replay these payloads into the account `default` below tmp_path/data."""
    return replay(
        DataDir(tmp_path / "data"), "default", [write(tmp_path / "in", *payloads)], own=own or Own(), again=again
    )


def archive(tmp_path: Path) -> Path:
    return tmp_path / "data/archive/default"


def snapshots(tmp_path: Path) -> list[Snapshot]:
    return sealed_snapshots(archive(tmp_path))


def table(snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    """All rows of one table of a snapshot."""
    tables = [pq.read_table(path) for path in snapshot.files(name)]
    rows: list[dict[str, Any]] = pa.concat_tables(tables).to_pylist()
    return rows


def decoded(tmp_path: Path, *payloads: Any) -> dict[str, list[dict[str, Any]]]:
    """Every raw table's rows after extracting these payloads."""
    report = extract(tmp_path, *payloads)
    assert report.snapshot is not None
    snapshot = read_snapshot(archive(tmp_path) / report.snapshot)
    return {
        name: table(snapshot, name)
        for name in ("messages", "chats", "contacts", "lid_map", "calls", "rejects", "journal")
    }

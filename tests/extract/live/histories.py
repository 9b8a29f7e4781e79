"""Histories for the tests' phone, and what became of them in the archive."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extract.whatsapp.protobufs import Message
from schemas.manifest import Snapshot, sealed_snapshots
from tests.extract.payloads import CHAT, history, info
from tests.whatsapp_server import ChatMessage


def chunk(order: int, of: int = 5, *, messages: int = 3, text: str = "hello", sync_type: str = "FULL") -> bytes:
    """The chunk `order` of `of`, with messages whose ids name it."""
    infos = [info(f"C{order}M{number}", message=text, at=1_772_000_000 + order) for number in range(messages)]
    made = history(*infos, sync_type=sync_type)
    made.chunkOrder, made.progress = order, 100 * order // of
    content: bytes = made.SerializeToString()
    return content


def chunks(count: int = 5, **fields: Any) -> list[bytes]:
    """A whole history in so many chunks."""
    return [chunk(order, count, **fields) for order in range(1, count + 1)]


def large_text(size: int) -> str:
    """Text that does not compress away."""
    return hashlib.shake_128(b"a long day").hexdigest(size // 2)


def chat_message(message_id: str, text: str = "hi", sender: str = CHAT, **fields: Any) -> ChatMessage:
    return ChatMessage(sender, message_id, Message(conversation=text).SerializeToString(), **fields)


def snapshots(data: Path, account: str = "default") -> list[Snapshot]:
    return sealed_snapshots(data / "archive" / account)


def rows(snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pa.concat_tables([pq.read_table(path) for path in snapshot.files(table)]).to_pylist()
    return found


def message_ids(*sealed: Snapshot) -> set[str]:
    return {row["message_id"] for snapshot in sealed for row in rows(snapshot, "messages")}


def chunk_ids(*orders: int, messages: int = 3) -> set[str]:
    """The ids of the messages in these chunks."""
    return {f"C{order}M{number}" for order in orders for number in range(messages)}

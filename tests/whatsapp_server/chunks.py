"""How the phone sends its history: a notice for each chunk, with the payload in it or with where to get it."""

import zlib
from dataclasses import dataclass
from typing import Any

from tests.whatsapp_server.media import Upload, seal_history
from tests.whatsapp_server.scenario import Scenario
from tests.whatsapp_server.wire import Fields, message

# fields of waE2E.Message and ProtocolMessage
_PROTOCOL_MESSAGE, _TYPE, _NOTIFICATION = 12, 2, 6
_HISTORY_SYNC_NOTIFICATION = 5


@dataclass(frozen=True)
class Chunk:
    id: str
    plain: bytes  # a serialized waE2E.Message
    upload: Upload | None
    about: dict[str, Any]


def pack(number: int, blob: bytes, scenario: Scenario) -> Chunk:
    """The chunk at this place of the history, from 1; `blob` is a serialized HistorySync."""
    name, head = f"HIST{number:04d}", Fields(blob)
    sync_type, order, progress = (head.number(at) for at in (1, 5, 6))
    payload = b"no zlib stream" if number in scenario.garbage_chunks else zlib.compress(blob, 1)
    by_media = number in scenario.media_chunks | scenario.lost_media
    upload = seal_history(name, payload) if by_media else None
    content = (6, sync_type or 0), (7, order), (9, progress), *(_media(upload) if upload else [(11, payload)])
    notice = message((_TYPE, _HISTORY_SYNC_NOTIFICATION), (_NOTIFICATION, message(*content)))
    about = {"sync_type": sync_type, "order": order, "progress": progress, "bytes": len(payload)}
    return Chunk(name, message((_PROTOCOL_MESSAGE, notice)), None if number in scenario.lost_media else upload, about)


def _media(upload: Upload) -> list[tuple[int, int | bytes | str | None]]:
    return [(1, upload.sha256), (2, upload.size), (3, upload.key), (4, upload.sealed_sha256), (5, upload.path)]

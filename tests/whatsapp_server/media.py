"""What the phone uploads for its linked device, and the host that keeps it: a chunk too big to be sent inline."""

import asyncio
import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from tests.whatsapp_server.events import EventLog
from tests.whatsapp_server.keys import derive
from tests.whatsapp_server.signal_session import encrypt_cbc
from tests.whatsapp_server.transport import read_head

MEDIA_HOST = "mmg.whatsapp.net"
_MAC_SIZE = 10


@dataclass(frozen=True)
class Upload:
    """A sealed file; whoever has `key` can open it."""

    name: str
    key: bytes
    sha256: bytes
    size: int
    sealed: bytes

    @property
    def sealed_sha256(self) -> bytes:
        return hashlib.sha256(self.sealed).digest()

    @property
    def path(self) -> str:
        """The client asks for it with more parameters at its end."""
        return f"/v/tests/{self.name}.enc?ccb=1"

    @property
    def token(self) -> str:
        return base64.urlsafe_b64encode(self.sealed_sha256).decode()


def seal_history(name: str, content: bytes) -> Upload:
    key = os.urandom(32)
    keys = derive(key, b"WhatsApp History Keys", 112)
    vector, cipher_key, mac_key = keys[:16], keys[16:48], keys[48:80]
    sealed = encrypt_cbc(cipher_key, vector, content)
    mac = hmac.digest(mac_key, vector + sealed, hashlib.sha256)[:_MAC_SIZE]
    return Upload(name, key, hashlib.sha256(content).digest(), len(content), sealed + mac)


class MediaHost:
    """Keeps uploads until they are deleted."""

    def __init__(self, events: EventLog, delay: float) -> None:
        self._events, self._delay = events, delay
        self._uploads: dict[str, Upload] = {}

    def put(self, upload: Upload) -> None:
        self._uploads[upload.name] = upload

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one HTTP request after the other, until the client hangs up."""
        while True:
            (method, target, _), _ = await read_head(reader)
            found = self._find(method, urlsplit(target).path)
            name, status = PurePosixPath(urlsplit(target).path).stem, "200 OK" if found else "404 Not Found"
            self._events.add(f"media_{method.lower()}", id=found.name if found else name, status=int(status[:3]))
            body = found.sealed if found and method == "GET" else b""
            if body:
                await asyncio.sleep(self._delay)
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()

    def _find(self, method: str, path: str) -> Upload | None:
        """What is to be read is known by its path, what is to be deleted by the digest at the end of one."""
        for upload in self._uploads.values():
            if method == "GET" and path == urlsplit(upload.path).path:
                return upload
            if method == "DELETE" and path == f"/mms/md-msg-hist/{upload.token}":
                return self._uploads.pop(upload.name)
        return None

"""From a TCP connection to WhatsApp's frames: a CONNECT proxy that is itself the host, TLS, websocket, 24-bit lengths.

Nothing is ever passed on: what the client believes to be the way to a host ends here.
"""

import asyncio
import base64
import hashlib
import ssl
import struct

CHAT_HOST = "web.whatsapp.com"
_MAX_FRAME = (1 << 24) - 1
# RFC 6455
_WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_FINAL, _BINARY, _CLOSE, _MASKED = 0x80, 2, 8, 0x80
_LENGTH_16, _LENGTH_64 = 126, 127


class ClientGoneError(Exception):
    """The client closed its websocket."""


async def read_head(reader: asyncio.StreamReader) -> tuple[list[str], dict[str, str]]:
    """The three words of an HTTP request's first line, and its headers by lower-case name."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    request, *lines = head.strip().split("\r\n")
    headers = (line.partition(":") for line in lines)
    return request.split(" ", 2), {name.strip().lower(): value.strip() for name, _, value in headers}


async def accept_tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext, hosts: tuple[str, ...]
) -> tuple[str, bool]:
    """Answer a CONNECT; return the host that was asked for, and whether TLS to it stands."""
    (method, target, _), _ = await read_head(reader)
    host = target.removesuffix(":443")
    if method != "CONNECT" or host not in hosts:
        writer.write(b"HTTP/1.1 502 Not played here\r\nContent-Length: 0\r\n\r\n")
        return f"{method} {target}", False
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await writer.start_tls(context)
    return host, True


class FrameStream:
    """Frames inside the binary messages of a websocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._unread = bytearray()

    async def upgrade(self) -> None:
        _, headers = await read_head(self._reader)
        digest = hashlib.sha1((headers["sec-websocket-key"] + _WEBSOCKET_GUID).encode(), usedforsecurity=False).digest()
        self._writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )

    async def read_prologue(self) -> bytes:
        """`WA`, protocol and dictionary version: said once, and part of the Noise transcript."""
        return await self._take(4)

    async def read_frame(self) -> bytes:
        return await self._take(int.from_bytes(await self._take(3), "big"))

    async def send_frame(self, content: bytes) -> None:
        size = len(content)
        if size > _MAX_FRAME:
            raise ValueError(f"a frame holds {_MAX_FRAME} bytes, this one would have {size}")
        total = size + 3
        if total < _LENGTH_16:
            head = struct.pack(">BB", _FINAL | _BINARY, total)
        elif total < 1 << 16:
            head = struct.pack(">BBH", _FINAL | _BINARY, _LENGTH_16, total)
        else:
            head = struct.pack(">BBQ", _FINAL | _BINARY, _LENGTH_64, total)
        # one write: two tasks may send at the same time
        self._writer.write(b"".join((head, size.to_bytes(3, "big"), content)))
        await self._writer.drain()

    async def _take(self, count: int) -> bytes:
        while len(self._unread) < count:
            self._unread += await self._read_message()
        taken = bytes(self._unread[:count])
        del self._unread[:count]
        return taken

    async def _read_message(self) -> bytes:
        kind, size = await self._reader.readexactly(2)
        if not size & _MASKED:
            raise ValueError("a client's websocket message must be masked")
        size &= ~_MASKED
        if size >= _LENGTH_16:
            size = int.from_bytes(await self._reader.readexactly(2 if size == _LENGTH_16 else 8), "big")
        mask, masked = await self._reader.readexactly(4), await self._reader.readexactly(size)
        if kind & 0x0F == _CLOSE:
            raise ClientGoneError("closed its websocket")
        if kind & 0x0F > _BINARY:  # a ping or pong
            return b""
        # as whole numbers: byte by byte would take seconds for a megabyte
        pad = (mask * (size // 4 + 1))[:size]
        return (int.from_bytes(masked, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")

    def close(self) -> None:
        self._writer.close()

"""A payload's bytes as WhatsApp sent them: plain protobuf, or deflated (zlib) as on the wire."""

import zlib

# WhatsApp's own chunks stay far below; a bomb must not take the machine
MAX_INFLATED = 1 << 30
# a zlib stream with a 32 KiB window begins with 0x78; as a protobuf tag that byte would be field 15 as
# a number, and HistorySync's field 15 is a message
_ZLIB_FIRST_BYTE = 0x78
# fed in pieces, so that what lies before a damaged byte is had
_PIECE = 1 << 20


class InflateError(ValueError):
    """The payload cannot be inflated whole; `reason` is the reject's, `inflated` what could be had."""

    def __init__(self, reason: str, inflated: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.inflated = inflated


def inflate(payload: bytes) -> bytes:
    """Return the protobuf bytes of a payload; raises InflateError when it is damaged or beyond 1 GiB."""
    if not payload.startswith(bytes([_ZLIB_FIRST_BYTE])):
        return payload
    stream = zlib.decompressobj()
    parts: list[bytes] = []
    total = 0
    for offset in range(0, len(payload), _PIECE):
        try:
            part = stream.decompress(payload[offset : offset + _PIECE], MAX_INFLATED - total + 1)
        except zlib.error:
            raise InflateError("inflate_failed", b"".join(parts)) from None
        total += len(part)
        if total > MAX_INFLATED:
            raise InflateError("inflates_beyond_1_gib")
        parts.append(part)
    inflated = b"".join(parts)
    if not stream.eof or stream.unused_data:
        raise InflateError("inflate_failed", inflated)
    return inflated

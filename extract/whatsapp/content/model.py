"""The value that every converter returns, and how its text is put together."""

import codecs
from dataclasses import dataclass
from typing import Any

from schemas.words import Kind


@dataclass(slots=True)
class Content:
    """One message's content.

    `text` is what a person would read (None when there is nothing to read), `context` the variant's
    ContextInfo, `media` the protobuf that describes a file (mimetype, fileLength, fileSHA256, seconds),
    `media_name` its file name. `target_id` and `at_ms` (milliseconds) belong to edits, revokes,
    reactions and votes.
    """

    kind: Kind
    text: str | None = None
    context: Any = None
    media: Any = None
    media_name: str | None = None
    target_id: str | None = None
    at_ms: int | None = None
    inner: "Content | None" = None


def read_text(value: str | bytes) -> str | None:
    """A protobuf string as text, None when empty.

    WhatsApp's schema is proto2, which lets invalid UTF-8 through: the library then returns bytes.
    The invalid ones become U+FFFD here; the raw column keeps them.
    """
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value or None


def read_id(value: str | bytes) -> str | None:
    """A message's id as text, None when empty; different ids stay different.

    An id is compared, so an invalid byte becomes U+FFFD and its two hex digits, and a U+FFFD that came U+FFFD twice.
    """
    if isinstance(value, str) and _REPLACEMENT not in value:
        return value or None
    raw = value if isinstance(value, bytes) else value.encode()
    valid = raw.replace(_REPLACEMENT.encode(), 2 * _REPLACEMENT.encode())
    return valid.decode("utf-8", _BYTE_BY_BYTE) or None


def _byte_by_byte(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"{_REPLACEMENT}{byte:02x}" for byte in error.object[error.start : error.end]), error.end


_REPLACEMENT = "\ufffd"
_BYTE_BY_BYTE = "wa2pg-byte-by-byte"
codecs.register_error(_BYTE_BY_BYTE, _byte_by_byte)


def join_lines(*parts: str | bytes | None) -> str | None:
    """The parts that say something, a line each, without repeating one; None when there is none."""
    # a dictionary keeps the order, and finds a repeated line at once in a list of a million
    lines = dict.fromkeys(line for part in parts if part and (line := read_text(part)))
    return "\n".join(lines) or None

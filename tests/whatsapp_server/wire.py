"""Protobuf by field number: the few messages that the server itself reads and writes."""

from extract.whatsapp.wire import LENGTH_DELIMITED, VARINT, read_fields


def varint(value: int) -> bytes:
    groups = []
    while True:
        value, low = value >> 7, value & 0x7F
        groups.append(low | (0x80 if value else 0))
        if not value:
            return bytes(groups)


def message(*fields: tuple[int, int | bytes | str | None]) -> bytes:
    """A serialized message of these (number, value) fields, in this order; None is left out."""
    parts: list[bytes] = []
    for number, value in fields:
        if isinstance(value, int):
            parts += varint(number << 3 | VARINT), varint(value)
        elif value is not None:
            content = value.encode() if isinstance(value, str) else value
            parts += varint(number << 3 | LENGTH_DELIMITED), varint(len(content)), content
    return b"".join(parts)


class Fields:
    """The top level of a serialized message; of a repeated field the last one."""

    def __init__(self, data: bytes) -> None:
        view = memoryview(data)
        self._values = {number: (kind, view[start:end]) for number, kind, start, end in read_fields(view)}

    def __contains__(self, number: int) -> bool:
        return number in self._values

    def number(self, number: int) -> int | None:
        """The value of a varint field, None where the message has none."""
        kind, value = self._values.get(number, (VARINT, None))
        if value is None or kind != VARINT:
            return None
        return sum((byte & 0x7F) << 7 * place for place, byte in enumerate(value))

    def content(self, number: int) -> bytes:
        """The value of a bytes, string or message field; raises KeyError where the message has none."""
        return bytes(self._values[number][1])

    def inner(self, number: int) -> "Fields":
        return Fields(self.content(number))

"""Protobuf's wire format one level deep: where each field's bytes lie.

A whole HistorySync given to the protobuf library is decoded or refused as one; read level by level,
a damaged record costs itself alone, and every message keeps the very bytes it came in.
Format: https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator

VARINT, FIXED64, LENGTH_DELIMITED, FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BYTES = 10
_MAX_FIELD_NUMBER = 2**29 - 1


class WireError(ValueError):
    """The bytes stop being protobuf at `offset`.

    Where that is because a field is longer than what is left, `number` is the field's and `start` where its
    value begins.
    """

    def __init__(self, offset: int, number: int | None = None, start: int | None = None) -> None:
        super().__init__(f"no protobuf field at byte {offset}")
        self.offset = offset
        self.number = number
        self.start = start


def read_fields(data: memoryview) -> Iterator[tuple[int, int, int, int]]:
    """Yield (field number, wire type, start, end) for each field; data[start:end] is its value.

    Raises WireError at the first byte that is no field; what was yielded before it stands.
    """
    position, size = 0, len(data)
    while position < size:
        begin = position
        tag, position = _varint(data, position, size, begin)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == LENGTH_DELIMITED:
            length, position = _varint(data, position, size, begin)
            end = position + length
            if end > size:
                raise WireError(begin, number, position)
        elif wire_type == VARINT:
            _, end = _varint(data, position, size, begin)
        elif wire_type == FIXED64:
            end = position + 8
        elif wire_type == FIXED32:
            end = position + 4
        else:
            raise WireError(begin)
        if not 0 < number <= _MAX_FIELD_NUMBER or end > size:
            raise WireError(begin)
        yield number, wire_type, position, end
        position = end


def _varint(data: memoryview, position: int, size: int, begin: int) -> tuple[int, int]:
    if position >= size:
        raise WireError(begin)
    byte = data[position]
    position += 1
    if byte < 0x80:
        return byte, position
    value, shift = byte & 0x7F, 7
    limit = min(size, position + _MAX_VARINT_BYTES - 1)
    while position < limit:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise WireError(begin)

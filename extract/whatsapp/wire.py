"""Protobuf's wire format one level deep: where each field's bytes lie.

A whole HistorySync given to the protobuf library is decoded or refused as one; read level by level,
a damaged record costs itself alone, and every message keeps the very bytes it came in.
Format: https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Iterator

VARINT, FIXED64, LENGTH_DELIMITED, GROUP, FIXED32 = 0, 1, 2, 3, 5
_END_OF_GROUP = 4
# the protobuf library goes a hundred deep; WhatsApp's schema has no groups at all
_MAX_GROUPS = 64
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

    The value of a group, an older form of message, goes up to and with the tag that ends it.
    Raises WireError at the first byte that is no field; what was yielded before it stands.
    """
    position, size = 0, len(data)
    while position < size:
        begin = position
        number, wire_type, start, position = _field(data, begin, size, begin)
        if wire_type == GROUP:
            position = _end_of_group(data, position, size, number, begin)
        elif wire_type == _END_OF_GROUP:
            raise WireError(begin)
        yield number, wire_type, start, position


def _field(data: memoryview, position: int, size: int, begin: int) -> tuple[int, int, int, int]:
    """(number, wire type, start, end) of the field at `position`; a group's is empty here."""
    tag, start = _varint(data, position, size, begin)
    number, wire_type = tag >> 3, tag & 7
    if wire_type == LENGTH_DELIMITED:
        length, start = _varint(data, start, size, begin)
        end = start + length
        if end > size:
            raise WireError(begin, number, start)
    elif wire_type == VARINT:
        _, end = _varint(data, start, size, begin)
    elif wire_type == FIXED64:
        end = start + 8
    elif wire_type == FIXED32:
        end = start + 4
    elif wire_type in {GROUP, _END_OF_GROUP}:
        end = start
    else:
        raise WireError(begin)
    if not 0 < number <= _MAX_FIELD_NUMBER or end > size:
        raise WireError(begin)
    return number, wire_type, start, end


def _end_of_group(data: memoryview, position: int, size: int, number: int, begin: int) -> int:
    """Where a group, and every group inside it, has ended."""
    open_groups = [number]
    while open_groups:
        number, wire_type, _, position = _field(data, position, size, begin)
        if wire_type == GROUP:
            open_groups.append(number)
            if len(open_groups) > _MAX_GROUPS:
                raise WireError(begin)
        elif wire_type == _END_OF_GROUP and open_groups.pop() != number:
            raise WireError(begin)
    return position


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

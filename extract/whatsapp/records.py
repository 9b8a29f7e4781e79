"""The records of a history, found in its bytes: each can then be decoded, kept or rejected by itself."""

from extract.whatsapp.protobufs import HistorySyncMsg
from extract.whatsapp.wire import LENGTH_DELIMITED, VARINT, WireError, read_fields

_MESSAGE = HistorySyncMsg.DESCRIPTOR.fields_by_name["message"].number
_MESSAGE_TAG = bytes([_MESSAGE << 3 | LENGTH_DELIMITED])
_ORDER_TAG = bytes([HistorySyncMsg.DESCRIPTOR.fields_by_name["msgOrderID"].number << 3 | VARINT])
# a length of four bytes (256 MiB) behind the tag; a tag and ten bytes of a number
_LONGEST_LENGTH = 5
_LONGEST_NUMBER = 11


def split_records(
    data: memoryview, wanted: frozenset[int]
) -> tuple[list[tuple[int, int, int]], bytearray, WireError | None]:
    """The records of the wanted fields as (field, start, end), all other fields' bytes, and the damage, if any."""
    records: list[tuple[int, int, int]] = []
    rest = bytearray()
    begin = 0
    try:
        for number, wire_type, start, end in read_fields(data):
            if number in wanted and wire_type == LENGTH_DELIMITED:
                records.append((number, start, end))
            else:
                rest += data[begin:end]
            begin = end
    except WireError as error:
        return records, rest, error
    return records, rest, None


def message_bytes(record: bytes) -> bytes | None:
    """The WebMessageInfo in a HistorySyncMsg, in the very bytes it came in; None when there is none.

    Where the field comes twice, protobuf's meaning is the two merged, which is their bytes joined.
    """
    plain = _plain_message(record)
    if plain is not None:
        return plain
    found: bytes | None = None
    try:
        for number, wire_type, start, end in read_fields(memoryview(record)):
            if number == _MESSAGE and wire_type == LENGTH_DELIMITED:
                found = record[start:end] if found is None else found + record[start:end]
    except WireError:
        return None
    return found


def _plain_message(record: bytes) -> bytes | None:
    """The same of a record in the form that nearly all have: the message, then perhaps its order number.

    Anything else is None and for the reader of any form, which takes four times as long.
    """
    if record[:1] != _MESSAGE_TAG:
        return None
    length, shift, start = 0, 0, 1
    for byte in record[1:_LONGEST_LENGTH]:
        length |= (byte & 0x7F) << shift
        shift += 7
        start += 1
        if byte < 0x80:
            break
    else:
        return None
    end = start + length
    if end == len(record):
        return record[start:]
    number = record[end:]
    is_number = 1 < len(number) <= _LONGEST_NUMBER and number[:1] == _ORDER_TAG and number[-1] < 0x80
    return record[start:end] if is_number and all(byte >= 0x80 for byte in number[1:-1]) else None

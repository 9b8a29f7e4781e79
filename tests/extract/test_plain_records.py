"""The short way to a message's bytes says what the long one says, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.whatsapp import records
from extract.whatsapp.protobufs import HistorySyncMsg
from extract.whatsapp.wire import LENGTH_DELIMITED, WireError, read_fields
from tests.extract.payloads import info


def the_long_way(record: bytes) -> bytes | None:
    found: bytes | None = None
    try:
        for number, wire_type, start, end in read_fields(memoryview(record)):
            if number == 1 and wire_type == LENGTH_DELIMITED:
                found = (found or b"") + record[start:end]
    except WireError:
        return None
    return found


@pytest.mark.parametrize("size", [0, 1, 100, 127, 128, 16_384, 3_000_000])
@pytest.mark.parametrize("order", [None, 0, 1, 127, 128, 2**64 - 1])
def test_a_record_as_phones_send_it(size: int, order: int | None) -> None:
    message = info("A", message="x" * size)
    record = HistorySyncMsg(message=message, msgOrderID=order).SerializeToString()
    assert records._plain_message(record) == message.SerializeToString()


_TAGS = st.sampled_from([b"\x0a", b"\x10", b"\x12", b"\x08", b"\x1b", b"\x0a\x02ab", b"\x10\x05"])


@given(st.lists(st.one_of(_TAGS, st.binary(max_size=6)), max_size=6).map(b"".join))
def test_any_bytes(record: bytes) -> None:
    plain = records._plain_message(record)
    assert plain is None or plain == the_long_way(record)
    assert records.message_bytes(record) == the_long_way(record)

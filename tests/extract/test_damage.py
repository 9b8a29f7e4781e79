"""A damaged record costs itself alone, and its bytes are kept."""

import zlib
from pathlib import Path

import pytest
from google.protobuf.empty_pb2 import Empty
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.whatsapp import inflate as inflating
from extract.whatsapp.inflate import InflateError, inflate
from extract.whatsapp.protobufs import HistorySync
from extract.whatsapp.wire import LENGTH_DELIMITED, WireError, read_fields
from tests.extract.payloads import decoded, history, info


def _three() -> bytes:
    payload: bytes = history(info("A"), info("B"), info("C")).SerializeToString()
    return payload


def _ids(rows: dict[str, list[dict[str, object]]]) -> list[object]:
    return [row["message_id"] for row in rows["messages"]]


def _reasons(rows: dict[str, list[dict[str, object]]]) -> list[object]:
    return [row["reason"] for row in rows["rejects"]]


def test_a_damaged_message_is_a_reject_with_its_bytes_and_its_neighbours_stand(tmp_path: Path) -> None:
    # B's WebMessageInfo begins with its key; a length beyond the record makes it undecodable
    good = info("B").SerializeToString()
    bad = good[:1] + b"\x7f" + good[2:]
    rows = decoded(tmp_path, _three().replace(good, bad))

    assert _ids(rows) == ["A", "C"]
    assert _reasons(rows) == ["message_undecodable"]
    assert bad in rows["rejects"][0]["raw"]
    assert rows["rejects"][0]["position"] == 1


def test_a_payload_that_is_cut_off_gives_what_lies_before_the_cut(tmp_path: Path) -> None:
    payload = history(info("A"))
    payload.conversations.extend(history(info("B"), chat="2@lid").conversations)
    whole = payload.SerializeToString()
    rows = decoded(tmp_path, whole[:-10])

    assert _ids(rows) == ["A"]
    assert _reasons(rows) == ["payload_cut_off", "conversation_cut_off"]
    assert whole[:-10].endswith(rows["rejects"][0]["raw"])


def test_a_conversation_that_is_cut_off_inside_a_whole_payload_gives_its_first_messages(tmp_path: Path) -> None:
    conversation = history(info("A"), info("B")).conversations[0].SerializeToString()[:-10]
    rows = decoded(
        tmp_path, b"\x08\x03\x12" + bytes([len(conversation) & 0x7F | 0x80, len(conversation) >> 7]) + conversation
    )

    assert _ids(rows) == ["A"]
    assert _reasons(rows) == ["conversation_cut_off"]


def test_what_is_no_payload_is_a_reject_whole(tmp_path: Path) -> None:
    rows = decoded(tmp_path, b"just a readme\n", b"")

    assert _reasons(rows) == ["not_a_history_payload", "empty_payload"]
    assert [row["raw"] for row in rows["rejects"]] == [b"just a readme\n", b""]


def test_a_deflated_payload_is_told_by_its_first_byte(tmp_path: Path) -> None:
    rows = decoded(tmp_path, zlib.compress(_three()))

    assert _ids(rows) == ["A", "B", "C"]
    assert rows["journal"][0]["content"] == zlib.compress(_three())


def test_a_cut_off_deflated_payload_gives_what_can_be_inflated(tmp_path: Path) -> None:
    big = history(*(info(f"M{number}", message=f"text {number * 7919}") for number in range(3000)))
    packed = zlib.compress(big.SerializeToString())[:-2000]
    rows = decoded(tmp_path, packed)

    assert 0 < len(_ids(rows)) < 3000
    assert _reasons(rows)[0] == "inflate_failed"
    assert rows["rejects"][0]["raw"] == packed


def test_a_bomb_is_not_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "MAX_INFLATED", 1 << 20)
    assert len(inflate(zlib.compress(bytes(1 << 20)))) == 1 << 20
    with pytest.raises(InflateError) as raised:
        inflate(zlib.compress(bytes((1 << 20) + 1)))

    assert raised.value.reason == "inflates_beyond_1_gib"


def test_the_cap_on_inflating_is_one_gibibyte() -> None:
    assert inflating.MAX_INFLATED == 2**30


def test_a_group_costs_nothing_of_the_conversation_that_it_stands_in(tmp_path: Path) -> None:
    # groups are an older form of message: field 900 with a number, a text and a group inside
    group = b"\xa3\x38" + b"\x08\x05" + b"\x12\x02ab" + b"\x1b\x08\x01\x1c" + b"\xa4\x38"
    before = history(info("A")).conversations[0].SerializeToString()
    after = history(info("B")).conversations[0].SerializeToString()
    conversation = before + group + after
    rows = decoded(
        tmp_path, b"\x08\x03\x12" + bytes([len(conversation) & 0x7F | 0x80, len(conversation) >> 7]) + conversation
    )

    assert _ids(rows) == ["A", "B"]
    assert _reasons(rows) == []
    assert group in rows["chats"][0]["raw"]


@pytest.mark.parametrize("group", [b"\x0b", b"\x0b\x08", b"\x0b\x14", b"\x0c", b"\x0b" * 10_000])
def test_a_group_without_its_own_end_is_damage_where_it_begins(group: bytes) -> None:
    with pytest.raises(WireError) as raised:
        list(read_fields(memoryview(b"\x08\x01" + group)))

    assert raised.value.offset == 2


GROUPS = st.recursive(
    st.binary(max_size=6),
    lambda inner: st.tuples(st.integers(1, 15), inner).map(
        lambda group: bytes([group[0] << 3 | 3]) + group[1] + bytes([group[0] << 3 | 4])
    ),
)


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=60) | st.lists(GROUPS, max_size=4).map(b"".join))
def test_the_wire_is_read_as_the_protobuf_library_reads_it(data: bytes) -> None:
    fields: list[tuple[int, int, int, int]] = []
    damaged_at = len(data)
    try:
        fields += read_fields(memoryview(data))
    except WireError as error:
        damaged_at = error.offset
    end = 0
    for number, _, start, stop in fields:
        assert number > 0
        assert end < start <= stop
        end = stop
    assert end == damaged_at
    # what is whole to the wire is whole to the library, whose Empty keeps every field as it came
    assert Empty.FromString(data[:damaged_at]).SerializeToString() == data[:damaged_at]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_done_to_a_payload_it_is_decoded_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    raw = bytearray(_three())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    rows = decoded(tmp_path_factory.mktemp("damage"), bytes(raw))

    assert rows["journal"][0]["content"] == bytes(raw)
    assert rows["messages"] or rows["rejects"] or rows["chats"]


def test_a_top_level_list_of_records_is_found_by_the_wire() -> None:
    payload = history(info("A"))
    fields = [(number, kind) for number, kind, _, _ in read_fields(memoryview(payload.SerializeToString()))]

    assert (HistorySync.DESCRIPTOR.fields_by_name["conversations"].number, LENGTH_DELIMITED) in fields

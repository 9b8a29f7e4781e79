"""What PostgreSQL reads from rows in its binary format."""

import datetime
import json
import uuid

import psycopg
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load.binary_format import HEADER, TRAILER, binary_rows, row_values
from load.embedded import Embedded

SCHEMA = pa.schema(
    [
        ("key", pa.binary()),
        ("words", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
        ("size", pa.int64()),
        ("yes", pa.bool_()),
        ("found", pa.string()),
    ]
)
# PostgreSQL has no NUL in a text, and UTF-8 no lone surrogate
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ROW = st.tuples(
    st.none() | st.uuids().map(lambda key: key.bytes),
    st.none() | TEXT,
    st.none() | st.datetimes(timezones=st.just(datetime.UTC)),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.booleans(),
    st.none() | st.lists(TEXT).map(json.dumps),
)


def table_of(rows: list[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], SCHEMA)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, max_size=20), skipped=st.integers(0, 3))
def test_every_value_arrives_as_it_was(server: Embedded, rows: list[tuple[object, ...]], skipped: int) -> None:
    # a slice of Arrow keeps the buffers of the whole
    sent = table_of(rows).slice(skipped)
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(
            "create temporary table kept (key uuid, words text, at timestamptz, size bigint, yes boolean, found jsonb)"
        )
        with connection.cursor().copy(b"copy kept from stdin (format binary)") as copy:
            copy.write(HEADER)
            for batch in sent.to_batches():
                for row in binary_rows(batch, {"found"}).to_pylist():
                    copy.write(row)
            copy.write(TRAILER)
        connection.execute("set timezone = 'UTC'")
        kept = connection.execute("select * from kept order by ctid").fetchall()
    expected = [
        (key and uuid.UUID(bytes=key), words, at, size, yes, found and json.loads(found))
        for key, words, at, size, yes, found in zip(*(column.to_pylist() for column in sent.columns), strict=True)
    ]
    assert kept == expected


def test_the_values_of_a_row_are_found_in_it() -> None:
    key = uuid.uuid4()
    (row,) = binary_rows(table_of([(key.bytes, "", None, None, True, "[]")]).to_batches()[0], {"found"}).to_pylist()
    assert list(row_values(row)) == [key.bytes, b"", None, None, b"\x01", b"\x01[]"]


def test_constants_end_every_row() -> None:
    run = uuid.uuid4().bytes
    batch = pa.RecordBatch.from_pydict({"words": ["one", None]})
    rows = [list(row_values(row)) for row in binary_rows(batch, constants=[run, b"1"]).to_pylist()]
    assert rows == [[b"one", run, b"1"], [None, run, b"1"]]
    assert {row[:2] for row in binary_rows(batch, constants=[run, b"1"]).to_pylist()} == {b"\x00\x03"}


def test_a_type_that_nobody_taught_it_is_refused() -> None:
    with pytest.raises(TypeError, match="double"):
        binary_rows(pa.RecordBatch.from_pydict({"share": [0.5]}))


def test_a_time_before_all_times_becomes_no_other_one() -> None:
    first = pa.array([-(2**63) + 1], pa.int64()).cast(pa.timestamp("us", "UTC"))
    with pytest.raises(pa.ArrowInvalid):
        binary_rows(pa.RecordBatch.from_arrays([first], ["at"]))

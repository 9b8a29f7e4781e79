"""PostgreSQL's binary format of COPY, made from Arrow without a Python object for each value.

    HEADER, rows, TRAILER
    row      number of columns (int16), and each value's length (int32, -1 for null) and bytes, most significant first
    value    what its type's receive function takes: a uuid's 16 bytes, a text's UTF-8, a timestamp's microseconds since
             2000 (int64), a jsonb's version (1) and text

Source: https://www.postgresql.org/docs/current/sql-copy.html ("Binary Format").
"""

import struct
from collections.abc import Container, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_JSONB_VERSION = b"\x01"
# 2000-01-01 in microseconds since 1970
_POSTGRES_EPOCH = 946_684_800_000_000
_BYTES = pa.large_binary()


def binary_rows(
    batch: pa.RecordBatch, jsonb: Container[str] = (), constants: Sequence[bytes] = ()
) -> pa.LargeBinaryArray:
    """A row of the format for each row of a batch of binary (uuid, bytea), string, timestamp[us], int64 and bool.

    String columns named in `jsonb` are for columns of that type; `constants` are values that end every row. Raises
    TypeError for a column of another type, ArrowInvalid for a time that cannot be counted from 2000.
    """
    parts: list[pa.Array | pa.Scalar] = [pa.scalar(struct.pack(">h", batch.num_columns + len(constants)), _BYTES)]
    for field, column in zip(batch.schema, batch.columns, strict=True):
        value = _bytes(column)
        lengths = pc.binary_length(value)
        if field.name in jsonb:
            mark = pc.if_else(value.is_valid(), pa.scalar(_JSONB_VERSION, _BYTES), pa.scalar(b"", _BYTES))
            parts += [_big_endian(pc.add(lengths, len(_JSONB_VERSION)).fill_null(-1), "i4"), mark, value.fill_null(b"")]
        else:
            parts += [_big_endian(lengths.fill_null(-1), "i4"), value.fill_null(b"")]
    parts.append(pa.scalar(b"".join(struct.pack(">i", len(value)) + value for value in constants), _BYTES))
    return pc.binary_join_element_wise(*parts, pa.scalar(b"", _BYTES))


def row_values(row: bytes) -> Iterator[bytes | None]:
    """The values of one row of the format."""
    at = 2
    while at < len(row):
        (length,) = struct.unpack_from(">i", row, at)
        at += 4
        yield None if length < 0 else row[at : at + length]
        at += max(length, 0)


def _bytes(column: pa.Array) -> pa.LargeBinaryArray:
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.if_else(column, pa.scalar(b"\x01", _BYTES), pa.scalar(b"\x00", _BYTES))
    if pa.types.is_timestamp(kind) and kind.unit == "us":
        since = pc.subtract_checked(column.cast(pa.int64()), _POSTGRES_EPOCH)
        return _with_nulls_of(column, _big_endian(since.fill_null(0), "i8"))
    if pa.types.is_int64(kind):
        return _with_nulls_of(column, _big_endian(column.fill_null(0), "i8"))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind):
        return column.cast(_BYTES)
    raise TypeError(f"no binary format for {kind}")


def _with_nulls_of(column: pa.Array, values: pa.LargeBinaryArray) -> pa.LargeBinaryArray:
    return pc.if_else(column.is_valid(), values, pa.scalar(None, _BYTES)) if column.null_count else values


def _big_endian(numbers: pa.Array, kind: str) -> pa.LargeBinaryArray:
    values: npt.NDArray[np.integer] = numbers.to_numpy(zero_copy_only=False).astype(f">{kind}")
    width = values.dtype.itemsize
    ends = np.arange(0, (len(values) + 1) * width, width, dtype=np.int64)
    return pa.LargeBinaryArray.from_buffers(_BYTES, len(values), [None, pa.py_buffer(ends), pa.py_buffer(values)])

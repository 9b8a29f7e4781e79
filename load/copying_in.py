"""Rows on their way to COPY, in text or in binary, without a Python object for each."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from load.binary_format import binary_rows

_ROWS_AT_ONCE = 8192
_BYTES_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class _Piece:
    # the rows stand one after another in Arrow's data buffer, which is what COPY wants
    data: memoryview
    ends: memoryview
    first: int
    rows: int

    def part(self, low: int, high: int) -> memoryview:
        return self.data[self.ends[self.first + low] : self.ends[self.first + high]]


@dataclass(frozen=True)
class Rows:
    """Rows as COPY takes them; a range of them is found without reading the others."""

    pieces: tuple[_Piece, ...]

    def __len__(self) -> int:
        return sum(piece.rows for piece in self.pieces)

    def part(self, low: int, high: int) -> Iterator[memoryview]:
        """The bytes of the rows from `low` up to, without, `high`, in slices that COPY takes at once."""
        for piece in self.pieces:
            begin, end = max(low, 0), min(high, piece.rows)
            if begin < end:
                part = piece.part(begin, end)
                for start in range(0, len(part), _BYTES_AT_ONCE):
                    yield part[start : start + _BYTES_AT_ONCE]
            low, high = low - piece.rows, high - piece.rows


def read_lines(query: duckdb.DuckDBPyRelation) -> Rows:
    """Run a query whose one column is a line in PostgreSQL's text format."""
    return Rows(tuple(_piece(batch.column(0)) for batch in query.to_arrow_reader(_ROWS_AT_ONCE) if len(batch)))


def read_rows(query: duckdb.DuckDBPyRelation, *, jsonb: Container[str] = (), constants: Sequence[bytes] = ()) -> Rows:
    """Run a query, each row in PostgreSQL's binary format; `jsonb` and `constants` as in binary_format.py."""
    batches = query.to_arrow_reader(_ROWS_AT_ONCE)
    return Rows(tuple(_piece(binary_rows(batch, jsonb, constants)) for batch in batches if len(batch)))


def column_bytes(column: pa.Array) -> Iterator[memoryview]:
    """The lines of one column, in slices that COPY takes at once."""
    return Rows((_piece(column),)).part(0, len(column))


def _piece(column: pa.Array) -> _Piece:
    _, offsets, data = column.buffers()
    large = pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type)
    ends = memoryview(offsets).cast("q") if large else memoryview(offsets).cast("i")
    return _Piece(memoryview(data), ends, column.offset, len(column))

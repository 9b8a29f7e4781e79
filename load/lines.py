"""Rows in PostgreSQL's text format on their way to COPY, without a Python object for each."""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

_ROWS_AT_ONCE = 8192
_BYTES_AT_ONCE = 1 << 20
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


@dataclass(frozen=True)
class _Piece:
    # the lines stand one after another in Arrow's data buffer, which is what COPY wants
    data: memoryview
    ends: memoryview
    first: int
    rows: int

    def part(self, low: int, high: int) -> memoryview:
        return self.data[self.ends[self.first + low] : self.ends[self.first + high]]


@dataclass(frozen=True)
class Lines:
    """Rows that end in a newline each; a range of them is found without reading the others."""

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

    def values(self, row: int) -> list[str | None]:
        """The columns of one row as they will be in the table."""
        line = b"".join(self.part(row, row + 1)).decode().removesuffix("\n")
        return [None if value == "\\N" else _unescaped(value) for value in line.split("\t")]


def read_lines(query: duckdb.DuckDBPyRelation) -> Lines:
    """Run a query whose one column is a line."""
    return Lines(tuple(_piece(batch.column(0)) for batch in query.to_arrow_reader(_ROWS_AT_ONCE) if len(batch)))


def column_bytes(column: pa.Array) -> Iterator[memoryview]:
    """The lines of one column, in slices that COPY takes at once."""
    return Lines((_piece(column),)).part(0, len(column))


def _piece(column: pa.Array) -> _Piece:
    _, offsets, data = column.buffers()
    large = pa.types.is_large_string(column.type)
    ends = memoryview(offsets).cast("q") if large else memoryview(offsets).cast("i")
    return _Piece(memoryview(data), ends, column.offset, len(column))


def _unescaped(value: str) -> str:
    parts = iter(value)
    return "".join(_ESCAPES[next(parts)] if sign == "\\" else sign for sign in parts)

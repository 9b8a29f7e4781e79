"""Rows out of the database by COPY, as a table of Arrow: without a Python object for each value."""

import io
from collections.abc import Mapping
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv


def no_rows(schema: pa.Schema) -> pa.Table:
    """A table without rows; `schema.empty_table()` would spend a fifth of a second on importing pandas where it can."""
    return pa.Table.from_batches([], schema)


def copied_out(
    connection: psycopg.Connection, statement: bytes, parameters: Mapping[str, Any], schema: pa.Schema
) -> pa.Table:
    """What a `copy (…) to stdout (format csv)` gives, in the columns of `schema`; only an unquoted nothing is null."""
    known = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
        for line in copy:
            known.write(line)
    if not known.tell():
        return no_rows(schema)
    known.seek(0)
    return pyarrow.csv.read_csv(
        known,
        pyarrow.csv.ReadOptions(column_names=schema.names),
        pyarrow.csv.ParseOptions(newlines_in_values=True),
        pyarrow.csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )

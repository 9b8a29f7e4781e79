"""Messages of a clean run into the layout `crm`: what is there is fetched, only what is new or changed is sent.

In batches of whole chats, so that memory does not grow with the archive. Many new rows go straight into the table;
where that meets a row which somebody else inserted meanwhile, and always for few rows, they go through a temporary
table and ON CONFLICT.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.csv

from load.statements import statement
from load.targets.crm.clients import Import
from schemas.progress import Progress, Step

_THERE = pa.schema(
    [
        ("number", pa.int32()),
        ("direction", pa.string()),
        ("whatsapp_message_id", pa.string()),
        ("content_hash", pa.string()),
        ("ours", pa.bool_()),
    ]
)
_CHATS = pa.schema([("number", pa.int32()), ("phone", pa.string()), ("conversation_id", pa.string())])
_COLUMNS = (
    b"id, organization_id, conversation_id, direction, whatsapp_message_id, type, body, sent_at, language, delivery, "
    b"reply_to, forwarded, edited_at, deleted_at, reactions, media_mime, media_name, media_bytes, content_hash, "
    b"import_run_id"
)
_LINES_AT_ONCE = 8192
_BYTES_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class BatchSizes:
    """`batch`: clean messages compared at once. `direct`: so many new rows go straight into the table."""

    batch: int = 250_000
    direct: int = 50_000


SIZES = BatchSizes()


@dataclass(frozen=True)
class MessageCounts:
    """Clean messages of the chats that were looked at, and rows of them that lost a NUL."""

    looked_at: int
    with_nul: int


def load_messages(work: Import, clean: duckdb.DuckDBPyConnection, progress: Progress) -> MessageCounts:
    """Insert the new messages of the chosen chats and bring changed ones up to date."""
    work.connection.execute(statement("crm", "stage_messages"))
    rows = work.connection.execute(
        "select number, phone, conversation_id::text from wa2pg_chats order by number"
    ).fetchall()
    clean.register("chats", pa.Table.from_pylist([dict(zip(_CHATS.names, row, strict=True)) for row in rows], _CHATS))
    batches = clean.execute(_duck("plan_batches"), {"batch": SIZES.batch}).fetchall()
    total = sum(messages for _, _, messages in batches)
    done = with_nul = 0
    clean.register("batch", _CHATS.empty_table())
    clean.register("there", _THERE.empty_table())
    clean.execute(_duck("compare_messages"))
    for first, last, messages in batches:
        progress(Step("loading messages", done, total))
        with_nul += _load_batch(work, clean, first, last)
        done += messages
    progress(Step("loading messages", done, total))
    return MessageCounts(total, with_nul)


def messages_of_refused(work: Import, clean: duckdb.DuckDBPyConnection) -> int:
    """How many messages belong to chats that the database refused."""
    rows = work.connection.execute("select phone from wa2pg_clients where refused is not null").fetchall()
    clean.register("refused", pa.table({"phone": pa.array([phone for (phone,) in rows], pa.string())}))
    return _one(clean, "select count(*) from clean_messages semi join refused using (phone)", {})[0]


def messages_without_client(work: Import, clean: duckdb.DuckDBPyConnection) -> int:
    """How many messages belong to nobody in the clean clients; a sound clean run has none."""
    rows = work.connection.execute("select phone from wa2pg_clients").fetchall()
    clean.register("everybody", pa.table({"phone": pa.array([phone for (phone,) in rows], pa.string())}))
    return _one(clean, "select count(*) from clean_messages anti join everybody using (phone)", {})[0]


def _load_batch(work: Import, clean: duckdb.DuckDBPyConnection, first: int, last: int) -> int:
    chats = clean.execute("select * from chats where number between $first and $last", {"first": first, "last": last})
    clean.register("batch", chats.to_arrow_table())
    clean.register("there", _messages_there(work, first, last))
    new, changed = _one(clean, _duck("count_verdicts"), {})
    if new:
        _insert_new(work, clean, new)
    if changed:
        _stage(work, clean, "changed")
        work.execute("update_messages")
        work.connection.execute("truncate wa2pg_messages")
    written = [verdict for verdict, count in (("new", new), ("changed", changed)) if count]
    return sum(_one(clean, _duck("count_nul"), {"verdict": verdict})[0] for verdict in written)


def _messages_there(work: Import, first: int, last: int) -> pa.Table:
    known = io.BytesIO()
    names = {"account": work.account, "first": first, "last": last}
    with work.connection.cursor() as cursor, cursor.copy(statement("crm", "export_message_keys"), names) as copy:
        for line in copy:
            known.write(line)
    if not known.tell():
        return _THERE.empty_table()
    known.seek(0)
    return pyarrow.csv.read_csv(
        known,
        pyarrow.csv.ReadOptions(column_names=_THERE.names),
        pyarrow.csv.ParseOptions(newlines_in_values=True),
        pyarrow.csv.ConvertOptions(
            column_types=_THERE,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _insert_new(work: Import, clean: duckdb.DuckDBPyConnection, count: int) -> None:
    if count >= SIZES.direct:
        try:
            with work.connection.transaction():
                _copy(work, clean, "new", b"public.messages")
        except psycopg.errors.UniqueViolation:
            pass  # rolled back to before the copy: the way below takes what is not there
        else:
            return
    _stage(work, clean, "new")
    work.execute("insert_staged_messages")
    work.connection.execute("truncate wa2pg_messages")


def _stage(work: Import, clean: duckdb.DuckDBPyConnection, verdict: str) -> None:
    _copy(work, clean, verdict, b"wa2pg_messages")
    work.connection.execute("analyze wa2pg_messages")


def _copy(work: Import, clean: duckdb.DuckDBPyConnection, verdict: str, table: bytes) -> None:
    with work.connection.cursor() as cursor, cursor.copy(b"copy %b (%b) from stdin" % (table, _COLUMNS)) as copy:
        for lines in _lines(work, clean, verdict):
            for start in range(0, len(lines), _BYTES_AT_ONCE):
                copy.write(lines[start : start + _BYTES_AT_ONCE])


def _lines(work: Import, clean: duckdb.DuckDBPyConnection, verdict: str) -> Iterator[memoryview]:
    names = {"organization": str(work.organization), "run": str(work.run), "verdict": verdict}
    reader = clean.sql(_duck("message_lines"), params=names).to_arrow_reader(_LINES_AT_ONCE)
    for batch in reader:
        column = batch.column(0)
        # the lines stand one after another in Arrow's data buffer, which is what COPY wants
        _, offsets, data = column.buffers()
        width = "q" if pa.types.is_large_string(column.type) else "i"
        ends = memoryview(offsets).cast(width)
        yield memoryview(data)[ends[column.offset] : ends[column.offset + len(column)]]


def _duck(name: str) -> str:
    return statement("crm", name).decode()


def _one(clean: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, str]) -> tuple[int, ...]:
    row = clean.execute(query, parameters).fetchone()
    if row is None:
        raise AssertionError("a query without groups gives one row")
    return row

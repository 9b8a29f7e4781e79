"""Messages of a clean run into the layout `crm`: what is there is fetched, only what is new or changed is sent.

In batches of rows, so that memory does not grow with the archive. Many new rows go straight into the table;
where that meets a row which somebody else inserted meanwhile, and always for few rows, they go through a temporary
table and ON CONFLICT.
"""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.csv

from load.clean_tables import compute, held_back, open_table, read_batches
from load.statements import statement
from load.targets.crm.work import Import
from schemas.clean_run import CleanRunFolder
from schemas.progress import Progress, Step
from schemas.tables import CLEAN_MESSAGES

_THERE = pa.schema(
    [
        ("number", pa.int32()),
        ("direction", pa.string()),
        ("whatsapp_message_id", pa.string()),
        ("content_hash", pa.string()),
        ("ours", pa.bool_()),
        ("conversation_id", pa.string()),
    ]
)
_CHATS = pa.schema(
    [
        ("number", pa.int32()),
        ("phone", pa.string()),
        ("conversation_id", pa.string()),
        ("refused", pa.bool_()),
    ]
)
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

    batch: int = 65_536
    direct: int = 50_000


SIZES = BatchSizes()


def load_messages(work: Import, clean: CleanRunFolder, progress: Progress) -> Counter[str]:
    """Insert the new messages of the chosen chats and bring changed ones up to date.

    Returns how many clean messages were `new`, `changed`, `same`, `left_out`, `refused` or `held_back` (with their
    chat) or of `nobody` in the clean clients (a sound run has none of those), and how many written ones lost a NUL
    (`nul`).
    """
    work.connection.execute(statement("crm", "stage_messages"))
    counts: Counter[str] = Counter()
    with compute("crm") as duck, open_table(clean, "messages") as file:
        duck.register("chats", _chats(work))
        duck.register("held_back", held_back(clean))
        duck.register("clean_messages", CLEAN_MESSAGES.empty_table())
        duck.register("there", _THERE.empty_table())
        duck.execute(_sql("compare_messages"))
        for batch in read_batches(file, SIZES.batch):
            progress(Step("loading messages", _done(counts), file.metadata.num_rows))
            duck.register("clean_messages", batch)
            counts += _load_batch(work, duck)
        progress(Step("loading messages", _done(counts), file.metadata.num_rows))
    return counts


def _done(counts: Counter[str]) -> int:
    return counts.total() - counts["nul"]


def _chats(work: Import) -> pa.Table:
    rows = work.connection.execute(statement("crm", "all_chats")).fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * len(_CHATS)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, _CHATS, strict=True)], _CHATS)


def _load_batch(work: Import, duck: duckdb.DuckDBPyConnection) -> Counter[str]:
    numbers = [number for (number,) in duck.execute(_sql("chats_in_batch")).fetchall()]
    duck.register("there", _messages_there(work, numbers))
    counts = Counter(dict(duck.execute(_sql("count_verdicts")).fetchall()))
    if counts["new"]:
        _insert_new(work, duck, counts["new"])
    if counts["changed"]:
        _stage(work, duck, "changed")
        work.execute("update_messages")
        work.connection.execute("truncate wa2pg_messages")
    for verdict in ("new", "changed"):
        if counts[verdict]:
            ((rows,),) = duck.execute(_sql("count_nul"), {"verdict": verdict}).fetchall()
            counts["nul"] += rows
    return counts


def _messages_there(work: Import, numbers: list[int]) -> pa.Table:
    known = io.BytesIO()
    names = {"account": work.account, "numbers": numbers}
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


def _insert_new(work: Import, duck: duckdb.DuckDBPyConnection, count: int) -> None:
    if count >= SIZES.direct:
        try:
            with work.connection.transaction():
                _copy(work, duck, "new", b"public.messages")
        except psycopg.errors.UniqueViolation:
            pass  # rolled back to before the copy: the way below takes what is not there
        else:
            return
    _stage(work, duck, "new")
    work.execute("insert_staged_messages")
    work.connection.execute("truncate wa2pg_messages")


def _stage(work: Import, duck: duckdb.DuckDBPyConnection, verdict: str) -> None:
    _copy(work, duck, verdict, b"wa2pg_messages")
    work.connection.execute("analyze wa2pg_messages")


def _copy(work: Import, duck: duckdb.DuckDBPyConnection, verdict: str, table: bytes) -> None:
    with work.connection.cursor() as cursor, cursor.copy(b"copy %b (%b) from stdin" % (table, _COLUMNS)) as copy:
        for lines in _lines(work, duck, verdict):
            for start in range(0, len(lines), _BYTES_AT_ONCE):
                copy.write(lines[start : start + _BYTES_AT_ONCE])


def _lines(work: Import, duck: duckdb.DuckDBPyConnection, verdict: str) -> Iterator[memoryview]:
    names = {"organization": str(work.organization), "run": str(work.run), "verdict": verdict}
    reader = duck.sql(_sql("message_lines"), params=names).to_arrow_reader(_LINES_AT_ONCE)
    for batch in reader:
        column = batch.column(0)
        # the lines stand one after another in Arrow's data buffer, which is what COPY wants
        _, offsets, data = column.buffers()
        large = pa.types.is_large_string(column.type)
        ends = memoryview(offsets).cast("q") if large else memoryview(offsets).cast("i")
        yield memoryview(data)[ends[column.offset] : ends[column.offset + len(column)]]


def _sql(name: str) -> str:
    return statement("crm", name).decode()

"""Messages of a clean run into the Soul KG CRM's tables: what is there is fetched, only what is new or changed is sent.

In batches of rows, so that memory does not grow with the archive. The table is locked (lock.py), so what is not there
when we look is not there when we write.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import psycopg
import pyarrow as pa

from load.clean_tables import compute, held_back, open_table, read_batches
from load.copying_in import column_bytes
from load.copying_out import copied_out
from load.database_errors import is_refusal
from load.statements import statement
from load.targets.soul_kg.chats import make_conversations
from load.targets.soul_kg.refused import Refusals, Rows
from load.targets.soul_kg.work import Import
from schemas.clean_run import CleanRunFolder
from schemas.progress import Progress, Step
from schemas.translation import N_

# what macro `placeholder` in copy_macros.sql makes (PostgreSQL's regular expressions)
PLACEHOLDER = r"^\[(image|video|audio|document|sticker|location|contact|call|message|deleted message)(: [^\n]*)?\]$"
_THERE = pa.schema(
    [
        ("number", pa.int32()),
        ("direction", pa.string()),
        ("whatsapp_message_id", pa.string()),
        ("ours", pa.bool_()),
        ("status", pa.string()),
        ("placeholder", pa.string()),
        ("created_at", pa.string()),
    ]
)
_CHATS = pa.schema(
    [
        ("number", pa.int32()),
        ("phone", pa.string()),
        ("client_id", pa.string()),
        ("conversation_id", pa.string()),
        ("address", pa.string()),
        ("refused", pa.bool_()),
    ]
)
_MESSAGE_COLUMNS = (
    b'id, "conversationId", "organizationId", direction, sender, content, language, "whatsappMessageId", status, '
    b'"createdAt"'
)
_CHANGE_COLUMNS = b"id, number, content, language, status, follows_text"
_ROWS_IN_BATCH = 65_536
_LINES_AT_ONCE = 8192


def load_messages(work: Import, clean: CleanRunFolder, refusals: Refusals, progress: Progress) -> Counter[str]:
    """Insert the new messages of the chosen chats and bring changed ones up to date; see LayoutLoad.load_messages."""
    for name in ("stage_changes", "stage_messages", "stage_touched"):
        work.connection.execute(statement("soul_kg", name))
    counts: Counter[str] = Counter()
    with compute("soul_kg") as duck, open_table(clean, "messages") as file:
        duck.register("chats", _chats(work))
        duck.register("held_back", held_back(clean))
        for batch in read_batches(file, _ROWS_IN_BATCH):
            progress(Step(N_("loading messages"), _done(counts), file.metadata.num_rows))
            duck.register("clean_messages", batch.append_column("row", pa.array(range(len(batch)), pa.int32())))
            counts += _load_batch(work, duck, refusals)
        progress(Step(N_("loading messages"), _done(counts), file.metadata.num_rows))
    work.connection.execute("analyze wa2pg_touched")
    return counts


def _done(counts: Counter[str]) -> int:
    return counts.total() - counts["nul"]


def _chats(work: Import) -> pa.Table:
    return _table(_CHATS, work.execute("all_chats").fetchall())


def _table(schema: pa.Schema, rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)


def _load_batch(work: Import, duck: duckdb.DuckDBPyConnection, refusals: Refusals) -> Counter[str]:
    numbers = [number for (number,) in duck.execute(_sql("chats_in_batch")).fetchall()]
    duck.register("there", _messages_there(work, numbers))
    duck.execute(_sql("judge_messages"))
    lacking = duck.execute(_sql("chats_without_conversation")).fetchall()
    if lacking:
        make_conversations(work, lacking)
        duck.register("chats", _chats(work))
    counts = Counter(dict(duck.execute(_sql("count_verdicts")).fetchall()))
    if counts["new"] or counts["changed"]:
        ((counts["nul"],),) = duck.execute(_sql("count_nul")).fetchall()
    for verdict, write in (("new", _insert_new), ("changed", _update_changed)):
        if counts[verdict]:
            before = len(refusals.found)
            write(work, duck, refusals)
            counts[verdict] -= len(refusals.found) - before
            counts["refused"] += len(refusals.found) - before
    return counts


def _messages_there(work: Import, numbers: list[int]) -> pa.Table:
    names = {"numbers": numbers, "placeholder": PLACEHOLDER}
    return copied_out(work.connection, statement("soul_kg", "export_message_keys"), names, _THERE)


def _update_changed(work: Import, duck: duckdb.DuckDBPyConnection, refusals: Refusals) -> None:
    ids, _ = _copy(work, duck, "change_lines", b"wa2pg_changes", _CHANGE_COLUMNS)
    work.connection.execute("analyze wa2pg_changes")

    def write(some: Sequence[str]) -> Rows:
        return work.execute("update_messages", ids=list(some)).fetchall()

    _record_updates(work, refusals.apply(ids, write, "changed_message_id"))
    work.connection.execute("truncate wa2pg_changes")


def _insert_new(work: Import, duck: duckdb.DuckDBPyConnection, refusals: Refusals) -> None:
    try:
        with work.connection.transaction():
            inserted, after = _copy(work, duck, "message_lines", b"public.messages", _MESSAGE_COLUMNS)
    except psycopg.Error as error:
        if not is_refusal(error):
            raise
        # a key is elsewhere: somebody has moved a message to another client's conversation, and there it stays; or a
        # rule of the database's own is against one
        ids, _ = _copy(work, duck, "message_lines", b"wa2pg_messages", _MESSAGE_COLUMNS)
        work.connection.execute("analyze wa2pg_messages")

        def write(some: Sequence[str]) -> Rows:
            return work.execute("insert_staged_messages", ids=list(some)).fetchall()

        rows = refusals.apply(ids, write, "staged_message_id")
        work.connection.execute("truncate wa2pg_messages")
        work.ledger.inserted("messages", (row[0] for row in rows), (row[3] for row in rows))
        _touch(work, ((number, 1, 0, at) for _, number, at, _ in rows))
        return
    work.ledger.inserted("messages", inserted, after)
    touched = duck.execute(_sql("count_touched")).fetchall()
    _touch(work, ((number, inserted, 0, at) for number, inserted, at in touched))


def _record_updates(work: Import, rows: list[tuple[Any, ...]]) -> None:
    work.ledger.updated("messages", ((key, before) for key, _, before, _ in rows), (row[3] for row in rows))
    _touch(work, ((number, 0, 1, None) for _, number, _, _ in rows))


def _touch(work: Import, rows: Iterable[tuple[Any, ...]]) -> None:
    with work.connection.cursor() as cursor, cursor.copy(b"copy wa2pg_touched from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _copy(
    work: Import, duck: duckdb.DuckDBPyConnection, lines: str, table: bytes, columns: bytes
) -> tuple[list[str], list[str]]:
    """Send the lines of a statement that gives (id, line) or (id, line, after); returns ids and afters."""
    ids: list[str] = []
    after: list[str] = []
    names = {"namespace": str(work.namespace), "organization": work.organization}
    text = _sql(lines)
    # DuckDB refuses a parameter that the statement does not have
    reader = duck.sql(text, params={name: value for name, value in names.items() if f"${name}" in text})
    with work.connection.cursor() as cursor, cursor.copy(b"copy %b (%b) from stdin" % (table, columns)) as copy:
        for batch in reader.to_arrow_reader(_LINES_AT_ONCE):
            ids += batch.column("id").to_pylist()
            if "after" in batch.schema.names:
                after += batch.column("after").to_pylist()
            for part in column_bytes(batch.column("line")):
                copy.write(part)
    return ids, after


def _sql(name: str) -> str:
    return statement("soul_kg", name).decode()

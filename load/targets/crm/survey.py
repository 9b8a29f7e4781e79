"""What the database has of each chat, found before anything is sent: one figure a chat says that all of it is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from load.copying_in import read_lines
from load.statements import statement
from load.targets.crm.archive import Archive
from load.targets.crm.work import Import

CHATS = pa.schema(
    [
        ("number", pa.int32()),
        ("phone", pa.string()),
        ("conversation_id", pa.binary()),
        ("refused", pa.bool_()),
        ("placed", pa.bool_()),
        ("whole", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Survey:
    """The chats as DuckDB compares with them (CHATS).

    `placed` chats, by number, have conversations that were there before this run; the conversations of `made` ones this
    run has made, and their messages are `new` ones. A `whole` chat has every clean message in the state that the
    archive knows.
    """

    chats: pa.Table
    placed: frozenset[int]
    made: frozenset[int]
    whole: bool
    new: int


def survey(work: Import, archive: Archive) -> Survey:
    """Count what the chosen chats have in the database and set it against the clean messages."""
    work.execute("make_totals")
    work.execute("choose_counted")
    work.connection.execute("analyze wa2pg_to_count")
    work.execute("count_messages")
    work.execute("keep_surveyed")
    there = {number: tuple(rest) for number, *rest in work.execute("chats_there").fetchall()}
    placed = frozenset(number for number, (is_placed, _, _) in there.items() if is_placed)
    archive.surveyed(marked=bool(placed))
    surveyed = archive.duck.execute("select phone, message_count, mark from surveyed").fetchall()
    archived = {phone: (count, str(mark)) for phone, count, mark in surveyed}
    rows = []
    for number, phone, conversation, refused in work.execute("all_chats").fetchall():
        is_placed, *known = there.get(number, (False, 0, ""))
        key = conversation.bytes if conversation else None
        rows.append((number, phone, key, refused, is_placed, archived.get(phone) == tuple(known)))
    columns = list(zip(*rows, strict=True)) or [()] * len(CHATS)
    table = pa.table([pa.array(column, field.type) for column, field in zip(columns, CHATS, strict=True)], CHATS)
    whole = all(row[-1] for row in rows if row[0] is not None and row[1] in archived)
    archive.duck.register("chats", table)
    made = frozenset(there) - placed
    new = sum(archived.get(row[1], (0,))[0] for row in rows if row[0] in made)
    return Survey(table, placed, made, whole, new)


def count_new_chats(work: Import, duck: duckdb.DuckDBPyConnection) -> None:
    """Take the figures of the conversations that this run has made from what was sent to them."""
    lines = read_lines(duck.sql(_sql("new_chats")))
    work.execute("stage_new_chats")
    with work.connection.cursor() as cursor, cursor.copy(b"copy wa2pg_new_chats from stdin") as copy:
        for part in lines.part(0, len(lines)):
            copy.write(part)
    work.execute("count_new_chats")


def count_again(work: Import, numbers: Sequence[int]) -> None:
    """Count the messages of these chats once more."""
    if numbers:
        work.connection.execute("truncate wa2pg_to_count")
        work.execute("choose_touched", numbers=list(numbers))
        work.execute("forget_counted")
        work.connection.execute("analyze wa2pg_to_count")
        work.execute("count_messages")


def _sql(name: str) -> str:
    return statement("crm", name).decode()

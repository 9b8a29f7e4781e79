"""What the database has of each chat, found before anything is sent: one figure a chat says that all of it is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from load.copying_in import read_lines
from load.copying_out import copied_out
from load.statements import statement
from load.targets.crm.archive import Archive
from load.targets.crm.work import Import

_EXPORTED = pa.schema(
    [
        ("number", pa.int32()),
        ("phone", pa.string()),
        ("conversation_id", pa.string()),
        ("refused", pa.bool_()),
        ("placed", pa.bool_()),
        ("ours_count", pa.int64()),
        ("ours_mark", pa.string()),
    ]
)


@dataclass(frozen=True)
class Survey:
    """The chosen chats by number, see judge_chats.sql and sum_up_chats.sql.

    `whole`: nothing has to be compared. `new`: how many messages the chats of `made` conversations bring.
    """

    placed: frozenset[int]
    made: frozenset[int]
    whole: bool
    new: int


def survey(work: Import, archive: Archive) -> Survey:
    """Count what the chosen chats have in the database and set it against the clean messages: makes table `chats`."""
    work.execute("make_totals")
    work.execute("choose_counted")
    work.connection.execute("analyze wa2pg_to_count")
    work.execute("count_messages")
    work.execute("keep_surveyed")
    exported = copied_out(work.connection, statement("crm", "export_chats"), {}, _EXPORTED)
    archive.surveyed(marked=pc.any(exported["placed"]).as_py() or False)
    archive.duck.register("exported_chats", exported)
    archive.duck.execute(_sql("judge_chats"))
    archive.duck.unregister("exported_chats")
    placed, made, whole, new = archive.duck.execute(_sql("sum_up_chats")).fetchall()[0]
    return Survey(frozenset(placed), frozenset(made), whole, new)


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

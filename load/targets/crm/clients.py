"""Clients and conversations of a clean run into the layout `crm`: all at once, or one by one when one is refused."""

import duckdb
import psycopg
from psycopg import sql

from load.copying_in import read_lines
from load.database_errors import describe, is_refusal
from load.report import FailedChat, LoadOptions
from load.statements import statement
from load.targets.crm.work import Import
from schemas.progress import Progress, Step
from schemas.translation import N_
from schemas.words import CHANNEL_WHATSAPP

_COPIED = (
    "rank",
    "client_key",
    "conversation_key",
    "second_client_key",
    "second_conversation_key",
    "phone",
    "name",
    "first_name",
    "last_name",
    "name_source",
    "preferred_language",
    "language_confidence",
    "languages",
    "status",
    "status_confidence",
    "status_source",
    "status_reason",
    "country",
    "time_zone",
    "first_message_at",
    "last_message_at",
    "incoming_count",
    "outgoing_count",
    "ad_title",
    "addresses",
    "archived",
)


def stage_clients(work: Import, duck: duckdb.DuckDBPyConnection) -> int:
    """Bring the clean clients to the server; returns how many of them lost a NUL."""
    work.connection.execute(statement("crm", "stage_clients"))
    columns = sql.SQL(", ").join(map(sql.Identifier, _COPIED))
    names = {"organization": str(work.organization), "channel": CHANNEL_WHATSAPP}
    lines = read_lines(duck.sql(statement("crm", "client_lines").decode(), params=names))
    with (
        work.connection.cursor() as cursor,
        cursor.copy(sql.SQL("copy wa2pg_clients ({}) from stdin").format(columns)) as copy,
    ):
        for part in lines.part(0, len(lines)):
            copy.write(part)
    ((with_nul,),) = duck.execute(statement("crm", "count_client_nul").decode()).fetchall()
    return int(with_nul)


def insert_chats(work: Import, options: LoadOptions, progress: Progress) -> None:
    """Choose the chats of this run and insert clients and conversations that are not there.

    A chat that the database refuses is marked with the reason; with a limit the next one takes its place.
    """
    while True:
        work.execute("choose_chats", only_new=options.only_new, limit=options.limit)
        work.connection.execute("analyze wa2pg_clients (phone, client_key, row_id, chosen)")
        try:
            with work.connection.transaction():
                _insert(work, None)
            break
        except psycopg.Error as error:
            if not is_refusal(error):
                raise
        _insert_one_by_one(work, progress)
    work.execute("map_chats")
    work.connection.execute("analyze wa2pg_chats")
    work.execute("find_places")
    work.connection.execute("analyze wa2pg_places")
    # neither there nor refused: some rule of the database's own made way for another row
    work.connection.execute(
        """
        update wa2pg_clients set refused = 'another row of the database stands in its place'
        where chosen and phone not in (select phone from wa2pg_chats)
        """
    )


def refused_chats(work: Import) -> list[FailedChat]:
    """The chats that the database did not take, by their clients' keys."""
    rows = work.connection.execute(
        "select client_key, refused from wa2pg_clients where refused is not null order by rank"
    ).fetchall()
    return [FailedChat(str(key), reason) for key, reason in rows]


def _insert_one_by_one(work: Import, progress: Progress) -> None:
    phones = work.connection.execute("select phone from wa2pg_clients where chosen order by rank").fetchall()
    for done, (phone,) in enumerate(phones):
        if done % 100 == 0:
            progress(Step(N_("finding the chats that the database refuses"), done, len(phones)))
        try:
            with work.connection.transaction():
                _insert(work, phone)
        except psycopg.Error as error:
            if not is_refusal(error):
                raise
            work.connection.execute(
                "update wa2pg_clients set refused = %s, chosen = false where phone = %s", [describe(error), phone]
            )


def _insert(work: Import, phone: str | None) -> None:
    work.execute("insert_clients", phone=phone)
    work.execute("insert_conversations", phone=phone)

"""Clients and conversations of a clean run: all at once, or one by one when the database refuses one."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

from load.database_errors import describe, is_refusal
from load.report import FailedChat, LoadOptions
from load.targets.soul_kg.keys import conversation_key
from load.targets.soul_kg.work import Import
from schemas.progress import Progress, Step
from schemas.translation import N_


def insert_chats(work: Import, options: LoadOptions, progress: Progress) -> None:
    """Choose the chats of this run and insert clients that are not there, each with his conversation.

    A chat that the database refuses is marked with the reason; with a limit the next one takes its place.
    """
    while True:
        work.execute("choose_chats", only_new=options.only_new, limit=options.limit)
        work.connection.execute("analyze wa2pg_clients")
        try:
            with work.connection.transaction():
                _insert(work, None)
            break
        except psycopg.Error as error:
            if not is_refusal(error):
                raise
        _insert_one_by_one(work, progress)
    work.execute("find_chats")
    work.connection.execute("analyze wa2pg_chats")
    work.execute("find_places")
    work.connection.execute("analyze wa2pg_places")
    work.connection.execute(
        """
        update wa2pg_clients set refused = 'another row of the database stands in its place'
        where chosen and phone not in (select phone from wa2pg_chats)
        """
    )
    _record(work)


def make_conversations(work: Import, chats: Sequence[tuple[int, str, datetime | None]]) -> dict[int, str]:
    """Make an ACTIVE conversation for each (number, client id, time of its first message); returns their keys."""
    clients = {number: client for number, client, _first in chats}
    there: dict[str, int] = dict(
        work.connection.execute(
            'select "clientId", count(*) from public.conversations where "clientId" = any(%s) group by 1',
            [list(clients.values())],
        ).fetchall()
    )
    counts = {number: there.get(client, 0) for number, client in clients.items()}
    keys: dict[int, str] = {}
    while len(keys) < len(clients):
        tried = {
            conversation_key(work.namespace, client, counts[number]): number
            for number, client in clients.items()
            if number not in keys
        }
        rows = work.connection.execute("select id from public.conversations where id = any(%s)", [list(tried)])
        taken = {key for (key,) in rows}
        keys |= {number: key for key, number in tried.items() if key not in taken}
        # somebody has removed or moved a conversation of the client: the next number
        for key in taken:
            counts[tried[key]] += 1
    work.execute(
        "insert_missing_conversations",
        numbers=list(clients),
        clients=list(clients.values()),
        keys=[keys[number] for number in clients],
        times=[first for _number, _client, first in chats],
    )
    work.ledger.inserted("conversations", keys.values())
    return keys


def refused_chats(work: Import) -> list[FailedChat]:
    """The chats that the database did not take, by their clients' keys."""
    rows = work.connection.execute(
        "select client_key, refused from wa2pg_clients where refused is not null order by rank"
    ).fetchall()
    return [FailedChat(key, reason) for key, reason in rows]


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


def _record(work: Import) -> None:
    rows = work.connection.execute("select client_key from wa2pg_clients where inserted order by 1").fetchall()
    work.ledger.inserted("clients", [key for (key,) in rows])
    rows = work.connection.execute(
        """
        select v.id from public.conversations v
        join wa2pg_clients s on s.conversation_key = v.id and s.client_key = v."clientId"
        where s.inserted order by 1
        """
    ).fetchall()
    work.ledger.inserted("conversations", [key for (key,) in rows])

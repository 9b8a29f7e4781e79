"""Which row of the database each client of a clean run is, also after he has changed his number."""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

from load.database_errors import is_refusal, numbers_refused
from load.keys import client_key
from load.statements import statement
from load.targets.soul_kg.countries import country_names
from load.targets.soul_kg.keys import chat_address, conversation_key
from load.targets.soul_kg.lock import lock_messages
from load.targets.soul_kg.work import Import
from schemas.progress import Progress

_COPIED = (
    "phone",
    "first_name",
    "last_name",
    "name_source",
    "preferred_language",
    "status",
    "status_source",
    "status_reason",
    "country",
    "time_zone",
    "first_message_at",
    "last_message_at",
    "addresses",
)
_MADE = (
    "client_key",
    "conversation_key",
    "second_client_key",
    "second_conversation_key",
    "address",
    "country_name",
    "message_count",
)
_LID = "@lid"


def stage_clients(work: Import, rows: Iterable[dict[str, Any]]) -> None:
    """Bring the clean clients to the server."""
    work.connection.execute(statement("soul_kg", "stage_clients"))
    columns = sql.SQL(", ").join(map(sql.Identifier, (*_MADE, *_COPIED)))
    target = sql.SQL("copy wa2pg_clients ({}) from stdin").format(columns)
    countries = country_names()
    with work.connection.cursor() as cursor, cursor.copy(target) as copy:
        for row in rows:
            copy.write_row((*_made(work, row, countries), *(row[name] for name in _COPIED)))
    work.connection.execute("analyze wa2pg_clients")


def match_people(work: Import, progress: Progress, patience: float) -> tuple[list[str], float]:
    """Lock what this run may change, give clients their new numbers, find the row of each staged client.

    Returns warnings, and since when others wait. Raises UserError (6) when the locks cannot be had (lock.py).
    """
    _claim(work)
    locked = lock_messages(work, progress, patience)
    # what was written until the lock was had is seen now
    _claim_again(work)
    work.execute("plan_moves")
    refused = _move(work)
    _claim_again(work)
    work.execute("match_clients")
    if refused:
        return [numbers_refused(refused)], locked
    return [], locked


def _made(work: Import, row: dict[str, Any], countries: dict[str, str]) -> tuple[Any, ...]:
    phone = row["phone"]
    lid = min((address for address in row["addresses"] if address.endswith(_LID)), default="")
    first = str(client_key(work.namespace, phone))
    second = str(client_key(work.namespace, phone, lid))
    return (
        first,
        conversation_key(work.namespace, first, 0),
        second,
        conversation_key(work.namespace, second, 0),
        chat_address(phone, row["addresses"]),
        countries.get(row["country"]),
        row["incoming_count"] + row["outgoing_count"],
    )


def _claim(work: Import) -> None:
    work.execute("read_rows")
    work.connection.execute("analyze wa2pg_rows")
    work.execute("claim_rows")
    work.connection.execute("analyze wa2pg_claims")


def _claim_again(work: Import) -> None:
    work.connection.execute("drop table wa2pg_rows, wa2pg_claims")
    _claim(work)


def _move(work: Import) -> int:
    while work.execute("drop_blocked_moves").rowcount:
        pass
    kept = work.execute("keep_moved").fetchall()
    try:
        with work.connection.transaction():
            work.execute("park_phones")
            work.execute("move_phones")
    except psycopg.Error as error:
        if not is_refusal(error):
            raise
        # somebody took one of the numbers meanwhile, or a rule of the database's own is against it
        work.connection.execute("truncate wa2pg_moves")
        return len(kept)
    work.ledger.updated("clients", kept)
    return 0

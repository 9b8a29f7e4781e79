"""Which row of the database each client of a clean run is, also after he has changed his number."""

import psycopg

from load.database_errors import is_refusal, numbers_refused
from load.targets.crm.work import Import
from schemas.translation import ngettext


def match_people(work: Import) -> list[str]:
    """Give clients who are there their new numbers, and tell which row each staged client is; returns warnings."""
    work.connection.execute("analyze wa2pg_clients (phone, client_key, second_client_key, conversation_key)")
    _claim(work)
    moving = work.execute("count_moving").fetchone()
    work.execute("lock_claimed")
    work.execute("plan_moves")
    _drop_blocked_moves(work)
    refused = _move_all(work)
    if moving and moving[0]:
        # what was claimed before the rows were held and moved may be another's now
        work.connection.execute("drop table wa2pg_claims")
        _claim(work)
    work.execute("match_clients")
    row = work.execute("count_doubles").fetchone()
    doubles = row[0] if row else 0
    warnings = []
    if refused:
        warnings.append(numbers_refused(refused))
    if doubles:
        warnings.append(
            ngettext(
                "{count} person has more than one client in the database, under numbers that were theirs one after "
                "the other; nothing was doubled, and only a person can say how to merge them",
                "{count} people have more than one client in the database, under numbers that were theirs one after "
                "the other; nothing was doubled, and only a person can say how to merge them",
                doubles,
            )
        )
    return warnings


def _claim(work: Import) -> None:
    work.execute("claim_clients")
    work.execute("drop_weak_claims")
    work.connection.execute("analyze wa2pg_claims")


def _drop_blocked_moves(work: Import) -> None:
    while work.execute("drop_blocked_moves").rowcount:
        pass


def _move_all(work: Import) -> int:
    """Change the numbers, all at once, or one by one when one is refused; returns how many were."""
    try:
        with work.connection.transaction():
            work.execute("park_phones")
            work.execute("move_phones", client=None)
    except psycopg.Error as error:
        if not is_refusal(error):
            raise
    else:
        return 0
    # somebody took one of the numbers meanwhile, or a rule of the database's own is against it
    _drop_blocked_moves(work)
    refused = 0
    for (client,) in work.connection.execute("select client_id from wa2pg_moves order by number").fetchall():
        try:
            with work.connection.transaction():
                work.execute("move_phones", client=client)
        except psycopg.Error as error:
            if not is_refusal(error):
                raise
            work.connection.execute("delete from wa2pg_moves where client_id = %s", [client])
            refused += 1
    return refused

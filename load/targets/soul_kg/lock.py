"""Holding what a load must not share with the CRM's live integration.

`messages` has no unique key, so that nothing but a lock keeps the integration from inserting a message between our
look at what is there and our commit. Whoever writes there waits; whoever reads does not.
"""

import time
from contextlib import suppress

import psycopg

from load.targets.soul_kg.work import Import
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step
from schemas.translation import N_, _

# below deadlock_timeout (1 s by default): where we and a transaction of the CRM hold what the other wants, we let go
_PATIENCE = "500ms"
_SECONDS_BETWEEN_TRIES = 0.2


def lock_messages(work: Import, progress: Progress, patience: float) -> float:
    """Hold the table `messages` and the claimed clients with their conversations; returns when, by time.monotonic.

    All or nothing: while one of them cannot be had the others are let go again, so that nobody waits for a load that
    waits itself. Raises UserError (6) when they cannot be had after `patience` seconds.
    """
    until = time.monotonic() + patience
    row = work.connection.execute("select current_setting('lock_timeout')").fetchone()
    before = row[0] if row else "0"
    while True:
        with suppress(psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected), work.connection.transaction():
            work.connection.execute("select set_config('lock_timeout', %s, true)", [_PATIENCE])
            work.connection.execute("lock table public.messages in share row exclusive mode")
            locked = time.monotonic()
            work.execute("lock_moving")
            work.execute("lock_rows")
            work.execute("lock_conversations")
            work.connection.execute("select set_config('lock_timeout', %s, true)", [before])
            return locked
        if time.monotonic() > until:
            raise UserError(
                _(
                    "Others still write to messages, or hold clients of this load, after {seconds} seconds.",
                    seconds=format(patience, "g"),
                ),
                hint=_("run this when less is going on, or give it more time with --lock-timeout SECONDS"),
                exit_code=ExitCode.DATABASE,
            )
        progress(Step(N_("waiting for others who are writing messages")))
        time.sleep(_SECONDS_BETWEEN_TRIES)

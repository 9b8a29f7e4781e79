"""Waiting for what other sessions hold: not silently, and not for ever."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step
from schemas.translation import N_, _

_SECONDS_BETWEEN_TRIES = 0.5
# most statements are over before anybody wonders
_SECONDS_UNTIL_ASKED = 2.0


def wait_for_turn(connection: psycopg.Connection, organization: uuid.UUID, progress: Progress, patience: float) -> None:
    """Let another load of the organisation end first; the lock goes with the transaction.

    Raises UserError (6) when it has not ended after `patience` seconds.
    """
    key = int.from_bytes(uuid.uuid5(organization, "load").bytes[:8], signed=True)
    deadline = time.monotonic() + patience
    while True:
        row = connection.execute("select pg_try_advisory_xact_lock(%s)", [key]).fetchone()
        if row and row[0]:
            return
        if time.monotonic() > deadline:
            raise UserError(
                _(
                    "Another load of this organisation is still running after {seconds} seconds.",
                    seconds=format(patience, "g"),
                ),
                hint=_("wait until it has ended, or give it more time with --lock-timeout SECONDS"),
                exit_code=ExitCode.DATABASE,
            )
        progress(Step(N_("waiting for another load of this organisation")))
        time.sleep(_SECONDS_BETWEEN_TRIES)


@contextmanager
def limited_waits(connection: psycopg.Connection, progress: Progress, patience: float) -> Iterator[None]:
    """No statement of the open transaction waits longer than `patience` seconds for a lock; while one does, say so.

    Whether one waits only another connection can ask. Where none can be had, nothing is said.
    """
    milliseconds = max(1, round(patience * 1000))
    connection.execute(b"set local lock_timeout = %d" % min(milliseconds, 2**31 - 1))
    row = connection.execute("select pg_backend_pid()").fetchone()
    done = threading.Event()
    watch = (_address(connection), row[0] if row else 0, progress, done)
    threading.Thread(target=_watch, args=watch, name="lock watch", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _address(connection: psycopg.Connection) -> dict[str, Any]:
    info = connection.info
    found: dict[str, Any] = dict(info.get_parameters())
    # of several hosts the one that answered
    if "," in found.get("host", ""):
        found |= {"host": info.host, "port": info.port}
        found.pop("hostaddr", None)
    return found | {"password": info.password or None, "connect_timeout": 5}


def _watch(address: dict[str, Any], process: int, progress: Progress, done: threading.Event) -> None:
    if done.wait(_SECONDS_UNTIL_ASKED):
        return
    try:
        with psycopg.connect(**address, autocommit=True, prepare_threshold=None) as asking:
            while not done.wait(_SECONDS_UNTIL_ASKED):
                row = asking.execute("select cardinality(pg_blocking_pids(%s)) > 0", [process]).fetchone()
                if row and row[0] and not done.is_set():
                    progress(Step(N_("waiting for a lock that another session of the database holds")))
    except psycopg.Error:
        return

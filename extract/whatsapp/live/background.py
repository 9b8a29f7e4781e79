"""Doing things on threads of their own that may block for ever or fail: neonize's calls have no time limits."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


def in_background(work: Callable[[], None]) -> threading.Thread:
    """Start it on a thread that keeps no process alive."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def within(seconds: float, work: Callable[[], Any]) -> bool:
    """Do it and wait no longer than this for it; whether it was done. What it raises counts as not done."""
    done = threading.Event()

    def attempt() -> None:
        with suppress(Exception):
            work()
            done.set()

    in_background(attempt).join(seconds)
    return done.is_set()

"""Asking the models in several processes, for histories of very many messages.

A process of its own has models of its own (about 150 MB) and takes a second or two to start, so this begins late, with
few, and only where cores are idle: on two cores it gained nothing (8.6 s for 200,000 texts in one process, 9 to 10 in
two more, measured on a shared machine).
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import connection

from schemas.machine import usable_cores
from transform.language.mixture import Mixture
from transform.language.model import Probabilities

ENOUGH_CORES = 4
_MOST = 4


class Processes:
    """Processes that give probabilities by the shipped models; started at the first question, gone after `close`."""

    def __init__(self, count: int | None = None) -> None:
        # not forked: the database of transform has threads, and a fork of a process with threads may hang
        self._pool = ProcessPoolExecutor(
            min(count or usable_cores() - 1, _MOST), multiprocessing.get_context("spawn"), initializer=_begin
        )

    def probabilities(self, chunks: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Iterator[Probabilities]:
        """Of each chunk of texts and their scripts, in order."""
        return self._pool.map(_probabilities, chunks)

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)


def _begin() -> None:
    # Ctrl-C is for the process that a person started; it ends the others
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    """Leave when the process that asks is gone, even if it was killed."""
    connection.wait([sentinel])
    os._exit(1)


@cache
def _mixture() -> Mixture:
    return Mixture()


def _probabilities(chunk: tuple[Sequence[str], Sequence[str]]) -> Probabilities:
    return _mixture().probabilities(*chunk)

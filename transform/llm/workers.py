"""Doing several things at once that mostly wait, such that nobody has to wait for them when the rest is called off."""

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class Workers(Generic[Job, Result]):
    """Threads that do `work` with what they are given, at most `count` at once.

    They are daemons: one that waits a minute for its next attempt keeps no program from ending.
    """

    def __init__(self, count: int, work: Callable[[Job], Result]) -> None:
        self._work = work
        self._given: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[Job, Result | Exception]] = queue.SimpleQueue()
        self.busy = 0
        self._count = count
        self._threads = 0

    @property
    def free(self) -> bool:
        """Whether one of them has nothing to do."""
        return self.busy < self._count

    def give(self, job: Job) -> None:
        """Have a job done; only when one is free."""
        self.busy += 1
        if self._threads < self.busy:
            self._threads += 1
            threading.Thread(target=self._run, daemon=True).start()
        self._given.put(job)

    def take(self) -> tuple[Job, Result | Exception]:
        """Wait for a job to be done: the job, and its result or what it raised."""
        while True:
            try:
                # in pieces, so that Ctrl-C is not kept waiting
                done = self._done.get(timeout=0.2)
            except queue.Empty:
                continue
            self.busy -= 1
            return done

    def _run(self) -> None:
        while True:
            job = self._given.get()
            try:
                result: Result | Exception = self._work(job)
            except Exception as error:  # noqa: BLE001 - whoever takes the result decides
                result = error
            self._done.put((job, result))

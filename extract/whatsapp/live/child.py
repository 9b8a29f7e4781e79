"""Starting, hearing, stopping and, where it must be, killing the child process."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from extract.whatsapp.live.orders import Orders
from extract.whatsapp.live.signs import STOP, read_signs

_MODULE = "extract.whatsapp.live.device"
_READ_BYTES = 1 << 16


@dataclass
class Child:
    """A running child. Its group is its own: Ctrl-C at the terminal reaches the parent alone."""

    process: "subprocess.Popen[bytes]"
    signs: int
    _rest: bytes = b""

    def hear(self, seconds: float) -> Iterator[dict[str, Any]]:
        """The signs that come within this time, at the latest until it has no more to say."""
        until = time.monotonic() + seconds
        while True:
            # also when the time is up: what is there already is heard
            left = max(0.0, until - time.monotonic())
            if not select.select([self.signs], [], [], left)[0]:
                return
            read = os.read(self.signs, _READ_BYTES)
            if not read:
                self.process.wait()
                return
            signs, self._rest = read_signs(self._rest + read)
            yield from signs

    @property
    def gone(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None

    def send(self, line: bytes) -> None:
        """Write a line to its stdin."""
        stdin = self.process.stdin
        if stdin is not None:
            # a broken pipe: it has ended by itself, which is heard elsewhere
            with suppress(OSError):
                stdin.write(line)
                stdin.flush()

    def ask_to_stop(self) -> None:
        """Ask it to end with what it has."""
        self.send(STOP)

    def kill(self) -> None:
        """End it, whatever it is doing; what it staged is in the journal."""
        if not self.gone:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        """Give the pipes back; the child must have ended."""
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        os.close(self.signs)


def start_child(orders: Orders, locks: tuple[int, ...]) -> Child:
    """Start the child. It inherits the locks' descriptors, and so holds them when this process dies.

    `orders.signs` and `orders.locks` are filled in here.
    """
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            # -P: the folder in which we stand may hold anybody's modules
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(writing, *locks),
            start_new_session=True,
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    child = Child(process, reading)
    child.send(replace(orders, signs=writing, locks=locks).to_line())
    return child

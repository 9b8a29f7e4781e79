"""What child and parent say to each other: one JSON object a line over pipes of their own.

The child's stdout and stderr are no channel: neonize and its Go part write their own chatter there.
"""

import json
import os
import select
import threading
from typing import Any

STOP = b"stop\n"
UNLINK = b"unlink\n"
# said twice a second; one that is not heard is worth nothing any more
_FLEETING = "figures"


class SignWriter:
    """Writes signs to a pipe and never waits for its reader, who may be stopped, slow or dead."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._pending = b""
        self._lock = threading.Lock()
        self.heard = True

    def __call__(self, sign: str, **details: Any) -> None:
        """Say one thing; what the pipe has no room for is said later."""
        with self._lock:
            self._flush()
            if self._pending and sign == _FLEETING:
                return
            self._pending += json.dumps({"sign": sign, **details}).encode() + b"\n"
            self._flush()

    def finish(self, seconds: float) -> None:
        """Wait so long at most for the reader to take what is left."""
        with self._lock:
            if self._pending and self.heard:
                select.select([], [self._descriptor], [], seconds)
                self._flush()

    def _flush(self) -> None:
        try:
            while self._pending and self.heard:
                self._pending = self._pending[os.write(self._descriptor, self._pending) :]
        except BlockingIOError:
            return
        except OSError:
            # the parent is gone; what arrives is still journalled
            self.heard = False


def read_signs(buffered: bytes) -> tuple[list[dict[str, Any]], bytes]:
    """The whole signs in what was read so far, and the rest."""
    *lines, rest = buffered.split(b"\n")
    return [json.loads(line) for line in lines if line], rest

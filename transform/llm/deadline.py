"""An end to a request, whatever the server does: httpx bounds only the wait for each piece, and there can be many."""

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any

_CONNECTED = (".connect_tcp.complete", ".start_tls.complete")


class Deadline:
    """Ends a request after `seconds`, while the block lasts: give `trace` as the request's extension of that name.

    `stream` is the connection that the request may go over without opening one, from an earlier block; afterwards it is
    the one that it went over.
    """

    def __init__(self, seconds: float, stream: Any = None) -> None:
        self.stream = stream
        self._until = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self.end)
        self._timer.daemon = True
        self._ended = False

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    @property
    def passed(self) -> bool:
        """Whether the time is over: what was read may then be only a part."""
        return self._ended or time.monotonic() > self._until

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take note of the connection that httpcore opens."""
        if event.endswith(_CONNECTED):
            with self._lock:
                self.stream = info["return_value"]
                ended = self._ended
            if ended:
                self.end()

    def end(self) -> None:
        """End it now; whoever waits for the server is woken."""
        with self._lock:
            self._ended = True
            stream = self.stream
        connected = stream.get_extra_info("socket") if stream is not None else None
        if connected is not None:
            # closing wakes nobody, and an SSLSocket's own shutdown takes the reader's state away from under it
            with suppress(OSError):
                socket.socket.shutdown(connected, socket.SHUT_RDWR)

"""What the server saw and did, for the test that looks on from another thread."""

import threading
import time
from typing import Any

Event = dict[str, Any]


class EventLog:
    """Events in their order, each {"event": its name, "at": seconds since the start, **details}."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.changed = threading.Condition()
        self._start = time.monotonic()

    def add(self, name: str, **details: Any) -> None:
        with self.changed:
            self.events.append({"event": name, "at": round(time.monotonic() - self._start, 3), **details})
            self.changed.notify_all()

    def wait_for(self, name: str, timeout: float, **details: Any) -> Event:
        """The first event of this name with these details, now or within `timeout` seconds; else TimeoutError."""
        wanted = {"event": name, **details}

        def found() -> Event | None:
            return next((event for event in self.events if wanted.items() <= event.items()), None)

        with self.changed:
            event = self.changed.wait_for(found, timeout)
            if event is None:
                seen = "\n".join(f"  {each}" for each in self.events) or "  nothing at all"
                raise TimeoutError(f"no {wanted} within {timeout} s; the server saw\n{seen}")
            return event

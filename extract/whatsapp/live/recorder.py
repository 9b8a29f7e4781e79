"""neonize's event dispatch, replaced: what WhatsApp sent is journalled before anything parses it.

Go calls `record` for one event after the other and waits for it to return; meanwhile up to 100 more wait in
its memory, already acknowledged to WhatsApp (neonize 0.5.2). So `record` only stages the bytes, which survive
this process's death, and returns; `handle_next` commits them to disk and looks into them on another thread.
"""

import ctypes
import queue
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from extract.journal import Journal
from extract.reserve import release_reserve
from extract.whatsapp.events import HISTORY_SYNC, MESSAGE, UNDECRYPTABLE, carries_keys, read_message_event

SOURCE = "whatsapp"
KEPT = frozenset({HISTORY_SYNC, MESSAGE, UNDECRYPTABLE})
# staged and not yet committed; their content waits on disk
_WAITING = 256


@dataclass(frozen=True)
class Event:
    """One dispatched event; `number` is its place in the journal, None when it is not kept.

    Of a kept one `content` is empty until it is committed.
    """

    code: int
    content: bytes
    number: int | None


@dataclass
class Recorder:
    """Takes events on Go's thread, and gives them, durable, to whoever handles them.

    `told` hears of an event that is not kept on Go's own thread, before the next one is dispatched. Once `muted`,
    nothing more is kept.
    """

    partial: Path
    journal: Journal
    failed: Callable[[BaseException], None]
    told: Callable[[int, bytes], None] = lambda _code, _content: None
    lost: int = 0
    muted: bool = False
    _events: "queue.Queue[Event]" = field(default_factory=lambda: queue.Queue(_WAITING))

    def record(self, _uuid: bytes, pointer: int, size: int, code: int) -> None:
        """The callback that Go calls (in the place of neonize.events.Event.execute); never raises.

        An exception would be printed by ctypes and forgotten, and the payload with it.
        """
        try:
            content = ctypes.string_at(pointer, size)
            number = None
            if code in KEPT:
                if self.muted or (code == MESSAGE and carries_keys(read_message_event(content))):
                    return
                number, content = self._stage(content, code), b""
            else:
                self.told(code, content)
            self._events.put(Event(code, content, number))
        except BaseException as error:  # noqa: BLE001  (it has nowhere to go from here but into `failed`)
            self.lost += 1
            self.failed(error)

    def _stage(self, content: bytes, code: int) -> int:
        try:
            return self.journal.stage(content, SOURCE, code)
        except OSError as error:
            if not release_reserve(self.partial):
                raise
            number = self.journal.stage(content, SOURCE, code)
            self.failed(error)
            return number

    def handle_next(self, handle: Callable[[Event], None], timeout: float) -> bool:
        """Commit what is staged and handle the next event; whether there was one within `timeout` seconds.

        Raises OSError when it cannot be committed; it stays staged.
        """
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return False
        if event.number is not None:
            self.journal.commit()
            event = replace(event, content=self.journal.read(event.number).content)
        handle(event)
        return True

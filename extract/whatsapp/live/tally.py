"""What has come so far, for the screen and for telling the end; nothing of it is needed to seal a snapshot."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from extract.whatsapp.events import (
    HISTORY_SYNC,
    MESSAGE,
    announcement_of,
    chunk_name,
    history_of,
    is_between_own_devices,
    jid_text,
    read_event,
)
from extract.whatsapp.live.ending import Arrivals
from extract.whatsapp.live.recorder import Event
from extract.whatsapp.protobufs import HistorySync


@dataclass
class Tally:
    """Figures of one link. `messages` counts repetitions, `chats` does not."""

    arrivals: Arrivals = field(default_factory=Arrivals)
    payloads: int = 0
    messages: int = 0
    chats: set[str] = field(default_factory=set)
    oldest_seconds: int | None = None

    def take(self, event: Event, now: float) -> None:
        """Count a journalled event; raises DecodeError for one that is no protobuf (it becomes a reject)."""
        self.payloads += 1
        self.arrivals.sign_of_life(now)
        if event.code == HISTORY_SYNC:
            self._take_history(HistorySync.FromString(history_of(event.content) or b""))
        else:
            self._take_message(event)

    def _take_history(self, history: Any) -> None:
        chunk = chunk_name(history)
        self.arrivals.announcements.arrive(chunk)
        self.arrivals.chunk(chunk.sync_type, history.progress if history.HasField("progress") else None)
        for conversation in history.conversations:
            self.chats.add(str(conversation.ID))
            self.messages += len(conversation.messages)
            if conversation.messages:
                # the phone puts the newest first
                self._note_time(conversation.messages[-1].message.messageTimestamp)

    def _take_message(self, event: Event) -> None:
        message = read_event(event.code, event.content)
        announcement = announcement_of(message, event.number or 0) if event.code == MESSAGE else None
        if announcement is not None:
            self.arrivals.announcements.announce(announcement)
        elif not is_between_own_devices(message):
            self.messages += 1
            self.chats.add(jid_text(message.Info.MessageSource.Chat) or "")

    def _note_time(self, seconds: int) -> None:
        if seconds > 0 and (self.oldest_seconds is None or seconds < self.oldest_seconds):
            self.oldest_seconds = seconds

    @property
    def oldest_day(self) -> str | None:
        """The date of the oldest message so far, ISO, in UTC."""
        if self.oldest_seconds is None:
            return None
        try:
            return datetime.fromtimestamp(self.oldest_seconds, UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            return None

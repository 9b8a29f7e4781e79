"""What goes into a status detector and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas.words import Status


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message as the rules see it: `type` is a MessageType's value, `text` a text, caption or file name.

    `timed`: the time is its own; else it gives the message's place, and nothing is reckoned from it.
    """

    sent_at: datetime
    from_me: bool
    type: str
    text: str | None
    timed: bool = True


@dataclass(frozen=True)
class StatusDecision:
    """A status, how sure it is (0..1), who decided (`rules`) and why, in words that quote nobody."""

    status: Status
    confidence: float
    source: str
    reason: str


class StatusDetector(Protocol):
    """Whatever can tell a status. `name` identifies the version: same name, same answers."""

    name: str

    def decide(self, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
        """The status at `as_of`; `messages` in time order, none later than `as_of`."""

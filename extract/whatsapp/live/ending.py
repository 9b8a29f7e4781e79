"""When a link has taken what there is: WhatsApp sends no end mark, so silence has to tell.

A phone sends INITIAL_BOOTSTRAP, then RECENT and FULL in several chunks each, with its own percentage; between
two chunks it may be silent for a while, longer when it has much to prepare.
"""

from dataclasses import dataclass, field

from extract.whatsapp.announcements import Announcements
from schemas.words import Ended

# while something is known to be outstanding, silence is given more time before it counts as the end
_PATIENCE = 2
_WHOLE = 100
_LONG_SYNCS = ("FULL", "RECENT")


@dataclass
class Arrivals:
    """What has come so far, as far as the end of a history can be told from it. Times are monotonic seconds."""

    announcements: Announcements = field(default_factory=Announcements)
    percents: dict[str, int] = field(default_factory=dict)
    history_begun: bool = False
    long_sync_seen: bool = False
    connected: bool = False
    last_sign: float = 0.0

    def connection(self, *, up: bool, now: float) -> None:
        """The connection came up (silence is counted from here) or went down (it is not counted)."""
        self.connected = up
        self.last_sign = now

    def sign_of_life(self, now: float) -> None:
        """Something came."""
        self.last_sign = now

    def chunk(self, sync_type: str, progress: int | None) -> None:
        """A chunk of history came, with the phone's percentage for this kind of sync."""
        self.history_begun = True
        self.long_sync_seen = self.long_sync_seen or sync_type in _LONG_SYNCS
        if progress is not None and sync_type in _LONG_SYNCS:
            self.percents[sync_type] = max(progress, self.percents.get(sync_type, 0))

    @property
    def percent(self) -> int | None:
        """The phone's own figure for the sync that goes furthest back."""
        return next((self.percents[kind] for kind in _LONG_SYNCS if kind in self.percents), None)

    @property
    def phone_has_more(self) -> bool:
        """Whether the phone's percentage says that it is not through."""
        return self.percent is not None and self.percent < _WHOLE


@dataclass(frozen=True)
class Ending:
    """The rule that decides when a link is over."""

    quiet_seconds: float
    deadline: float
    expects_history: bool

    def quiet_needed(self, arrivals: Arrivals) -> float:
        """How long a silence has to last now to be the end."""
        waiting = not self._through(arrivals) or bool(arrivals.announcements.outstanding())
        return self.quiet_seconds * (_PATIENCE if waiting else 1)

    def decide(self, arrivals: Arrivals, now: float) -> Ended | None:
        """Why the link is over at this moment; None while it is not."""
        if arrivals.connected and now - arrivals.last_sign >= self.quiet_needed(arrivals):
            return Ended.QUIET
        return Ended.DEADLINE if now >= self.deadline else None

    def is_complete(self, arrivals: Arrivals, ended: Ended) -> bool:
        """Whether the phone was through when the link ends like this; what did not arrive shows in the journal."""
        return ended is Ended.QUIET and self._through(arrivals)

    def _through(self, arrivals: Arrivals) -> bool:
        """Whether the phone has sent what it owes, as far as it says: RECENT or FULL, and no percentage below 100.

        A phone that is put into a pocket after the first overview (INITIAL_BOOTSTRAP, PUSH_NAME) is not through.
        """
        return not arrivals.phone_has_more and (arrivals.long_sync_seen or not self.expects_history)

"""How fast a step goes and how long it still takes, from its latest signs of life."""

import time
from collections import deque
from collections.abc import Callable

from schemas.progress import Step
from schemas.translation import _, number

# what counts is how it went lately: the parts of a history differ in weight
_WINDOW = 30.0
# before this nothing is known
_LEAST = 1.0


class Pace:
    """The pace of whatever step it is told of; a step of another name begins anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._step = Step("")
        self._began = clock()
        self._signs: deque[tuple[float, int]] = deque()

    def see(self, step: Step) -> bool:
        """Take a sign of life; whether it is another step than before."""
        now = self._clock()
        another = step.name != self._step.name
        if another or step.done < self._step.done:
            self._began = now
            self._signs.clear()
        self._step = step
        # one sign a tenth of a second is enough, and keeps the window small
        if not self._signs or now - self._signs[-1][0] >= 0.1:
            self._signs.append((now, step.done))
        while len(self._signs) > 2 and self._signs[1][0] < now - _WINDOW:
            self._signs.popleft()
        return another

    @property
    def seconds(self) -> float:
        """For how long the step has been going."""
        return self._clock() - self._began

    @property
    def per_second(self) -> float | None:
        """Units of work a second, None while it is not known."""
        if self.seconds < _LEAST or not self._signs:
            return None
        since, done = self._signs[0]
        gone = self._clock() - since
        return (self._step.done - done) / gone if gone > 0 and self._step.done > done else None

    @property
    def seconds_left(self) -> float | None:
        """How long the step still takes at this pace, None while that is not known."""
        total, pace = self._step.total, self.per_second
        if total is None or pace is None:
            return None
        return max(0.0, total - self._step.done) / pace


def told_pace(pace: float) -> str:
    """A pace in words: `1,234 per second`."""
    if pace < 0.95:
        return _("{number} per minute", number=number(pace * 60))
    return _("{number} per second", number=number(pace, 0 if pace >= 9.95 else 1))


def told_seconds(seconds: float) -> str:
    """A length of time in the two units that say enough: `45 s`, `3 min`, `1 h 20 min`."""
    whole = round(seconds)
    if whole < 60:
        return _("{seconds} s", seconds=whole)
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("{minutes} min", minutes=minutes)
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)

"""How a stage tells what it is doing, without knowing a terminal."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

_T = TypeVar("_T")
_BETWEEN_SIGNS = 1_000


@dataclass(frozen=True)
class Step:
    """One sign of life of a stage.

    `name` is a short English phrase ("decoding payloads"); `done` and `total` count units of work
    (`total` is None when it is not known yet); `counts` are figures worth showing beside them.
    """

    name: str
    done: int = 0
    total: int | None = None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class QrCode:
    """The code that the phone has to scan now. `data` is what the code says: whoever has it can link himself."""

    data: str
    seconds: int


@dataclass(frozen=True)
class PairingCode:
    """The eight letters to type on the phone, `ABCD-EFGH`, good for `seconds`."""

    code: str
    seconds: int


@dataclass(frozen=True)
class Paired:
    """The phone accepted this device."""


@dataclass(frozen=True)
class Receiving:
    """How far a linked phone is with its history.

    `chats` are different ones, `messages` those received so far with repetitions; `percent` is the phone's own
    figure, None while it gave none; `quiet` is for how many seconds nothing has come, of `quiet_needed` that
    end the run. `outstanding` pieces were announced and have not come yet; `stopping` says that only those are
    waited for.
    """

    connected: bool
    payloads: int
    chats: int
    messages: int
    oldest: date | None
    percent: int | None
    quiet: float
    quiet_needed: float
    outstanding: int = 0
    stopping: bool = False


@dataclass(frozen=True)
class LinkEnded:
    """The link is over; `failure` is the name of what ended it before its time, None when it ended as it should."""

    failure: str | None = None


Progress = Callable[[Step], None]
LinkSign = Step | QrCode | PairingCode | Paired | Receiving | LinkEnded
LinkProgress = Callable[[LinkSign], None]


def no_progress(_step: Step) -> None:
    """Report nothing; the default of every stage."""


def followed(items: Collection[_T], progress: Progress, name: str) -> Iterator[_T]:
    """The items one after another, with a sign of life at every thousandth and at the end."""
    for done, item in enumerate(items):
        if done % _BETWEEN_SIGNS == 0:
            progress(Step(name, done, len(items)))
        yield item
    progress(Step(name, len(items), len(items)))

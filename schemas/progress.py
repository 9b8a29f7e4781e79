"""How a stage tells what it is doing, without knowing a terminal."""

from collections.abc import Callable
from dataclasses import dataclass, field


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


Progress = Callable[[Step], None]


def no_progress(_step: Step) -> None:
    """Report nothing; the default of every stage."""

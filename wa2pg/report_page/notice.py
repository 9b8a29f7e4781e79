"""A section that cannot be made, and what makes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from schemas.errors import UserError

T = TypeVar("T")


@dataclass(frozen=True)
class Notice:
    """Why a section is not there (a sentence), and what to do about it (where it can, a command)."""

    what: str
    todo: str | None = None


def or_notice(make: Callable[[], T]) -> T | Notice:
    """What `make` makes, or the notice of why it could not."""
    try:
        return make()
    except UserError as error:
        return Notice(error.message, error.hint)

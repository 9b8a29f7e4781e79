"""What `wa2pg doctor` finds: one line a thing, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from schemas.errors import UserError
from schemas.translation import N_


class Health(StrEnum):
    """How a thing is: as it should be, worth knowing, or in the way of the work. Translated where it is shown."""

    OK = N_("ok")
    WARNING = N_("warning")
    BROKEN = N_("broken")


@dataclass(frozen=True)
class Check:
    """One line of the report. `cure` is a command to paste or a step to take; None when all is well.

    `name` is English and translated where it is shown; `found` and `cure` are in the language in force.
    """

    name: str
    health: Health
    found: str
    cure: str | None = None


def checked(name: str, look: Callable[[], Check]) -> Check:
    """What `look` finds; a UserError is a broken thing, with its own hint as the cure."""
    try:
        return look()
    except UserError as error:
        return Check(name, Health.BROKEN, error.message, error.hint)

"""What the figures of a clean run are. Times are UTC; days, months, weekdays and hours are the company's own."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Unit(StrEnum):
    """How long a period of messages over time is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Totals:
    """The account as a whole; `later` messages are after as_of and count in no status and no answer.

    `kept_clients` are those whom nobody left out by review, `kept_messages` theirs: what is there to load.
    """

    clients: int
    kept_clients: int
    kept_messages: int
    messages: int
    incoming: int
    outgoing: int
    later: int
    first_message: datetime | None
    last_message: datetime | None


@dataclass(frozen=True)
class PeriodCount:
    """Messages of the period that begins on this day."""

    period: date
    incoming: int
    outgoing: int


@dataclass(frozen=True)
class HourCount:
    """Messages of one hour (0 to 23) of all days of a weekday (1 is Monday)."""

    weekday: int
    hour: int
    incoming: int
    outgoing: int


@dataclass(frozen=True)
class KindCount:
    """Messages of a type."""

    type: str
    incoming: int
    outgoing: int


@dataclass(frozen=True)
class LanguageCount:
    """Clients who prefer a language and messages in it; None: there were no letters."""

    language: str | None
    clients: int
    messages: int


@dataclass(frozen=True)
class StatusCount:
    """Clients of a status, by how sure it is; `confidence` is their median, None without clients."""

    status: str
    clients: int
    sure: int
    likely: int
    unsure: int
    confidence: float | None
    reviewed: int


@dataclass(frozen=True)
class MonthCount:
    """New clients of the month that begins on this day."""

    month: date
    clients: int


@dataclass(frozen=True)
class MonthAnswers:
    """The median answer time of what clients asked in the month that begins on this day."""

    month: date
    median: timedelta
    turns: int


@dataclass(frozen=True)
class TimeClass:
    """How many took at least this long, and less than the next class."""

    least: timedelta
    count: int


@dataclass(frozen=True)
class Answers:
    """How the company answers. A turn is what a client wrote until the company wrote again.

    turns = answered + reacted (an emoji was the only answer) + waiting. `slow` is what nine of ten answers are below.
    """

    turns: int
    answered: int
    reacted: int
    waiting: int
    median: timedelta | None
    slow: timedelta | None
    times: list[TimeClass]
    months: list[MonthAnswers]


@dataclass(frozen=True)
class WaitingClient:
    """A client whose last messages nobody answered; `asked` is the time of the first of them."""

    phone: str
    name: str | None
    status: str
    language: str | None
    messages: int
    asked: datetime


@dataclass(frozen=True)
class RejectCount:
    """Rows that a stage could not use, for one reason."""

    stage: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Figures:
    """All of them. `time_zone` is an IANA name; `waiting` holds the latest ones, `waiting_ages` all."""

    as_of: datetime
    time_zone: str
    totals: Totals
    unit: Unit
    periods: list[PeriodCount]
    hours: list[HourCount]
    kinds: list[KindCount]
    languages: list[LanguageCount]
    funnel: list[StatusCount]
    new_clients: list[MonthCount]
    answers: Answers
    waiting: list[WaitingClient]
    waiting_ages: list[TimeClass]
    rejects: list[RejectCount]

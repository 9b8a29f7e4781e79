"""Which figure is drawn as which chart. Every chart stands beside a table with the same numbers."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil, sqrt

from markupsafe import Markup

from extract.coverage import ChatCoverage, Coverage, Gap, GapKind, PhoneHolds
from transform.figures.model import Figures, HourCount, KindCount, MonthAnswers, MonthCount
from wa2pg.report_page import wording
from wa2pg.report_page.svg import Series, column_chart, time_line

_LEVELS = 5
# the units of middle answer times, each with the slowest month that it is good for
_UNITS = (("minutes", timedelta(minutes=1), timedelta(hours=2)), ("hours", timedelta(hours=1), timedelta(days=3)))
_LONGEST_UNIT = ("days", timedelta(days=1))


def messages_over_time(figures: Figures) -> Markup:
    """Columns of messages by period: the clients' below, the company's above."""
    unit = figures.unit
    hints = [
        f"{wording.period(one.period, unit)}: {one.incoming:,} from clients, {one.outgoing:,} from the company"
        for one in figures.periods
    ]
    return column_chart(
        [
            Series("in", [one.incoming for one in figures.periods]),
            Series("out", [one.outgoing for one in figures.periods]),
        ],
        [wording.short_period(one.period, unit) for one in figures.periods],
        hints,
        value=wording.number,
    )


def new_clients(months: Sequence[MonthCount]) -> Markup:
    """Columns of new clients by month."""
    return column_chart(
        [Series("one", [one.clients for one in months])],
        [wording.short_period(one.month, "month") for one in months],
        [f"{wording.month(one.month)}: {wording.counted(one.clients, 'new client')}" for one in months],
        value=wording.number,
    )


def answers_by_month(months: Sequence[MonthAnswers]) -> tuple[str, Markup]:
    """The unit and the columns of middle answer times; months without enough answers stay empty."""
    known = {one.month: one for one in months}
    every = _months(months[0].month, months[-1].month)
    slowest = max(one.median for one in months)
    name, unit = next(((name, unit) for name, unit, most in _UNITS if slowest <= most), _LONGEST_UNIT)
    chart = column_chart(
        [Series("one", [known[month].median / unit if month in known else 0 for month in every])],
        [wording.short_period(month, "month") for month in every],
        [
            f"{wording.month(month)}: {wording.duration(known[month].median)}" if month in known else ""
            for month in every
        ],
        value=lambda value: f"{value:g}",
        whole=False,
    )
    return name, chart


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]


def week_table(hours: Sequence[HourCount], direction: str) -> tuple[int, list[tuple[str, list[tuple[int, int]]]]]:
    """The most messages of an hour, and for each weekday 24 pairs of messages and how dark (0 to 5) that is.

    `direction` is `incoming` or `outgoing`. Darkness goes by the root: a few busy hours would leave all others pale.
    """
    found = {(one.weekday, one.hour): getattr(one, direction) for one in hours}
    most = max(found.values(), default=0)
    rows = []
    for weekday, name in enumerate(wording.WEEKDAYS, 1):
        values = [found.get((weekday, hour), 0) for hour in range(24)]
        rows.append((name, [(value, ceil(_LEVELS * sqrt(value / most)) if value else 0) for value in values]))
    return most, rows


def most_of_kinds(kinds: Sequence[KindCount]) -> int:
    """The messages of the most frequent kind."""
    return max((one.incoming + one.outgoing for one in kinds), default=0)


def covered_time(found: Coverage) -> tuple[datetime, datetime] | None:
    """From the first to the last message of all chats."""
    firsts = [chat.first for chat in found.chats if chat.first]
    lasts = [chat.last for chat in found.chats if chat.last]
    return (min(firsts), max(lasts)) if firsts and lasts else None


def chat_line(chat: ChatCoverage, whole: tuple[datetime, datetime]) -> Markup:
    """The time that a chat covers on the line of the whole account, gaps left out."""
    if chat.first is None or chat.last is None:
        return Markup()
    gaps = [(gap.after, gap.before) for gap in _silences(chat) if gap.after and gap.before]
    return time_line(
        (_place(chat.first, whole), _place(chat.last, whole)),
        [(_place(after, whole), _place(before, whole)) for after, before in gaps],
    )


def _silences(chat: ChatCoverage) -> list[Gap]:
    return [gap for gap in chat.gaps if gap.kind in {GapKind.SILENCE, GapKind.UNEXPLAINED}]


def silent_chats(found: Coverage) -> int:
    """How many chats have an unusual silence."""
    return sum(bool(_silences(chat)) for chat in found.chats)


def gaps_in_words(chat: ChatCoverage) -> str:
    """How many unusual silences, how many of them the phone's word does not explain, and the longest."""
    silences = _silences(chat)
    lengths = [gap.before - gap.after for gap in silences if gap.after and gap.before]
    if not lengths:
        return wording.NOTHING
    unexplained = sum(gap.kind is GapKind.UNEXPLAINED for gap in silences)
    beside = f", {unexplained} unexplained" if unexplained else ""
    return f"{len(silences)}{beside}; up to {wording.duration(max(lengths))}"


def on_the_phone(chat: ChatCoverage) -> str:
    """What the phone said it holds of the chat and did not send."""
    words = wording.HOLDS[chat.phone_holds]
    if not any(gap.kind is GapKind.NEWER_ON_PHONE for gap in chat.gaps):
        return words
    return "newer messages" if chat.phone_holds is PhoneHolds.NOT_SAID else f"{words}, newer ones"


def sources_in_words(chat: ChatCoverage) -> str:
    """Where the chat's messages came from, the source of the most first."""
    brought: Counter[str] = Counter()
    for part in chat.parts:
        brought[wording.SOURCES.get(part.source, part.source)] += part.messages
    snapshots = len({part.snapshot for part in chat.parts if part.messages})
    words = ", ".join(source for source, _ in brought.most_common())
    return f"{words}, {wording.counted(snapshots, 'snapshot')}" if words else wording.NOTHING


def _place(moment: datetime, whole: tuple[datetime, datetime]) -> float:
    begin, end = (one.astimezone(UTC) for one in whole)
    return (moment - begin) / (end - begin) if end > begin else 0.0

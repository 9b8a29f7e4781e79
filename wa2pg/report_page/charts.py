"""Which figure is drawn as which chart. Every chart stands beside a table with the same numbers."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import ceil, sqrt

from markupsafe import Markup

from extract.coverage import ChatCoverage, Coverage, Gap, GapKind
from schemas.translation import N_, _, ngettext
from transform.figures.model import Figures, HourCount, KindCount, MonthAnswers, MonthCount
from wa2pg.report_page import vocabulary, wording
from wa2pg.report_page.svg import Series, column_chart, time_line

_LEVELS = 5
# the units of middle answer times, each with the slowest month that it is good for
_UNITS = (
    (N_("Median answer time in minutes"), timedelta(minutes=1), timedelta(hours=2)),
    (N_("Median answer time in hours"), timedelta(hours=1), timedelta(days=3)),
)
_LONGEST_UNIT = (N_("Median answer time in days"), timedelta(days=1))


def messages_over_time(figures: Figures) -> Markup:
    """Columns of messages by period: the clients' below, the company's above."""
    unit = figures.unit
    hints = [
        _(
            "{period}: {incoming} from clients, {outgoing} from the company",
            period=wording.period(one.period, unit),
            incoming=one.incoming,
            outgoing=one.outgoing,
        )
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
        [_new_clients_of(one) for one in months],
        value=wording.number,
    )


def _new_clients_of(one: MonthCount) -> str:
    month = wording.month(one.month)
    return ngettext("{month}: {count} new client", "{month}: {count} new clients", one.clients, month=month)


def answers_by_month(months: Sequence[MonthAnswers]) -> tuple[str, Markup]:
    """What the axis says and the columns of middle answer times; months without enough answers stay empty."""
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
        value=wording.number,
        whole=False,
    )
    return _(name), chart


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
    for weekday in range(1, 8):
        values = [found.get((weekday, hour), 0) for hour in range(24)]
        name = wording.weekday(weekday)
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
    figures = {"count": len(silences), "length": wording.duration(max(lengths))}
    unexplained = sum(gap.kind is GapKind.UNEXPLAINED for gap in silences)
    if unexplained:
        return _("{count}, {unexplained} unexplained; up to {length}", unexplained=unexplained, **figures)
    return _("{count}; up to {length}", **figures)


def on_the_phone(chat: ChatCoverage) -> str:
    """What the phone said it holds of the chat and did not send."""
    newer = any(gap.kind is GapKind.NEWER_ON_PHONE for gap in chat.gaps)
    return _((vocabulary.HOLDS_AND_NEWER if newer else vocabulary.HOLDS)[chat.phone_holds])


def sources_in_words(chat: ChatCoverage) -> str:
    """Where the chat's messages came from, the source of the most first."""
    brought: Counter[str] = Counter()
    for part in chat.parts:
        brought[vocabulary.source(part.source)] += part.messages
    if not brought:
        return wording.NOTHING
    snapshots = len({part.snapshot for part in chat.parts if part.messages})
    words = [source for source, _messages in brought.most_common()]
    return ", ".join([*words, ngettext("{count} snapshot", "{count} snapshots", snapshots)])


def silent_stretches(found: Coverage, shown: int = 10) -> str:
    """When nobody wrote anything in the whole account, the first ones by their days."""
    spans = [wording.span(gap.after, gap.before) for gap in found.gaps if gap.after and gap.before]
    words = ", ".join(spans[:shown])
    return _("{list}, and {count} more", list=words, count=len(spans) - shown) if len(spans) > shown else words


def _place(moment: datetime, whole: tuple[datetime, datetime]) -> float:
    begin, end = (one.astimezone(UTC) for one in whole)
    return (moment - begin) / (end - begin) if end > begin else 0.0

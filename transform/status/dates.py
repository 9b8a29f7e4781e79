"""Days that a chat names ("3-8 August", "15-июня"): when the service is to be."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from transform.status.acts import fold

# beginnings of the months' names, folded; ru uk ky, en, de, fr, es, pl, tr, kk, uz, it, ar share most of them
_MONTHS = {
    1: "янв jan ene sty gen ocak січ қаңтар",
    2: "фев feb fev lut subat лют ақпан",
    3: "мар mar mär marz mars берез наурыз",
    4: "апр apr avr abr kwi nisan квіт сәуір",
    5: "май мая мае may mai mag maj mayis трав мамыр",
    6: "июн jun juin giu czerw haziran черв маусым iyun",
    7: "июл jul juil lug lip temmuz лип шілде iyul",
    8: "авг aug aou ago sier agustos серп тамыз avg",
    9: "сен sep set wrz eylul вер қыркүйек",
    10: "окт oct okt ott paz ekim жовт қазан",
    11: "ноя nov lis kasim лист қараша",
    12: "дек dec dez dic gru aralik груд желтоқсан",
}
_BEGINNINGS = {fold(beginning): month for month, words in _MONTHS.items() for beginning in words.split()}
_NAMES = "|".join(sorted(map(re.escape, _BEGINNINGS), key=len, reverse=True))
_DAY = r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th|го|е)?(?:\s?[-–—/]\s?[0-3]?\d)?"
_DAY_MONTH = re.compile(rf"{_DAY}[\s.-]*(?:de |of )?({_NAMES})\w*")
_MONTH_DAY = re.compile(r"(?<!\w)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s([0-3]?\d)(?!\d)")
_NUMERIC = re.compile(r"(?<![\d.])([0-3]?\d)[.]([01]\d)(?![\d%])")


def first_day_named(texts: Iterable[tuple[datetime, str]]) -> date | None:
    """The first day of the service as far as the texts tell: of the days named last, the earliest.

    A day without a year is the next such day after its message.
    """
    named: list[date] = []
    for sent_at, text in texts:
        days = [day for day in _days_in(fold(text), sent_at.date()) if day is not None]
        if days:
            named = days
    return min(named, default=None)


def _days_in(text: str, said_on: date) -> Iterable[date | None]:
    for match in _DAY_MONTH.finditer(text):
        yield _next(said_on, int(match[1]), _BEGINNINGS[match[2]])
    for match in _MONTH_DAY.finditer(text):
        yield _next(said_on, int(match[2]), _BEGINNINGS[match[1]])
    for match in _NUMERIC.finditer(text):
        yield _next(said_on, int(match[1]), int(match[2]))


def _next(said_on: date, day: int, month: int) -> date | None:
    for year in (said_on.year, said_on.year + 1):
        try:
            named = date(year, month, day)
        except ValueError:
            return None
        # people speak of yesterday too: a day a little back is in this year, not in the next
        if (said_on - named).days <= 60:
            return named
    return None

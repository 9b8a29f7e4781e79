"""How numbers and times are written for people, in the language in force."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_day_names, get_timezone_location
from babel.numbers import format_decimal

from schemas import translation
from schemas.translation import SOURCE, _, language, ngettext
from transform.figures.model import Unit

NOTHING = "–"


def number(value: float) -> str:
    """`12,345`, also for whole numbers that came as floats; fractions as far as they go."""
    return format_decimal(value, "#,##0.######", locale=language())


def percent(value: float) -> str:
    """Whole per cents."""
    return _("{number} %", number=number(round(value)))


def share(part: float, whole: float) -> str:
    """A part in percent; less than half a percent is said to be that."""
    if not whole:
        return NOTHING
    parts = 100 * part / whole
    return _("<1 %") if 0 < parts < 0.5 else percent(parts)


# What is translated below are orders of a date's parts, in the letters of Unicode's date patterns (UTS 35): MMM is the
# month's short name within a date, LLL the same standing alone.
def day(value: date) -> str:
    """`1 Mar 2026`."""
    return format_date(value, _("d MMM y"), locale=language())


def month(value: date) -> str:
    """`Mar 2026`."""
    return format_date(value, _("LLL y"), locale=language())


def moment(value: datetime, zone: str) -> str:
    """`1 Mar 2026, 09:00` in this IANA zone."""
    return format_datetime(_local(value, zone), _("d MMM y, HH:mm"), locale=language())


def local_day(value: datetime, zone: str) -> str:
    """The day of a moment in this IANA zone."""
    return day(_local(value, zone))


def _local(value: datetime, zone: str) -> datetime:
    return value.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))


def zone_name(zone: str) -> str:
    """A time zone as people know it: the IANA name's words, or the city."""
    if language() == SOURCE or "/" not in zone:
        return zone.replace("_", " ")
    return get_timezone_location(zone, locale=language(), return_city=True)


def weekday(nth: int) -> str:
    """The short name of a day of the week, 1 for Monday."""
    return str(get_day_names("abbreviated", context="stand-alone", locale=language())[nth - 1])


def period(value: date, unit: str) -> str:
    """A period by its first day."""
    names = {Unit.DAY: day(value), Unit.WEEK: day(value), Unit.MONTH: month(value), Unit.YEAR: str(value.year)}
    return names[Unit(unit)]


def short_period(value: date, unit: str) -> str:
    """A period in the room that an axis has."""
    if unit == Unit.YEAR:
        return str(value.year)
    return format_date(value, _("LLL ’yy") if unit == Unit.MONTH else _("d MMM ’yy"), locale=language())


def duration(value: timedelta) -> str:
    """About how long: the one or two units that matter."""
    minutes = int(value.total_seconds() // 60)
    if minutes < 1:
        return _("under 1 min")
    if minutes < 60:
        return _("{minutes} min", minutes=minutes)
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        both = bool(rest) and hours < 6
        return _("{hours} h {minutes} min", hours=hours, minutes=rest) if both else _("{hours} h", hours=hours)
    days = minutes // (24 * 60)
    if days < 60:
        return _days(days)
    return ngettext("{count} month", "{count} months", days // 30) if days < 730 else _years(days)


def _days(days: int) -> str:
    return ngettext("{count} day", "{count} days", days)


def _years(days: int) -> str:
    return ngettext("{count} year", "{count} years", days // 365)


def time_class(least: timedelta, above: timedelta | None) -> str:
    """A class of durations by its bounds."""
    if above is None:
        return _("{least} or more", least=_bound(least))
    if not least:
        return _("Under {most}", most=_bound(above))
    return _("{least} to {most}", least=_bound(least), most=_bound(above))


def _bound(value: timedelta) -> str:
    minutes = int(value.total_seconds() // 60)
    if minutes < 60:
        return _("{minutes} min", minutes=minutes)
    if minutes < 24 * 60:
        return _("{hours} h", hours=minutes // 60)
    days = minutes // (24 * 60)
    return _years(days) if days >= 365 else _days(days)


def span(first: date, last: date) -> str:
    """From a day to a day."""
    return _("{first} to {last}", first=day(first), last=day(last))


def size(value: int) -> str:
    """Bytes as `31 KB` or `1.2 GB`."""
    if value < 1000:
        return _("{number} bytes", number=value)
    if value < 1_000_000:
        return _("{number} KB", number=number(round(value / 1000)))
    if value < 1_000_000_000:
        return _("{number} MB", number=number(round(value / 1_000_000)))
    return _("{number} GB", number=translation.number(value / 1_000_000_000, 1))


def address(jid: str) -> str:
    """A WhatsApp address as people know it: the number of a person, else the address itself."""
    user, _at, server = jid.partition("@")
    return f"+{user}" if server == "s.whatsapp.net" and user.isdigit() else jid

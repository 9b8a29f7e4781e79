"""How numbers, times and words of ours are written for people."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from extract.coverage import PhoneHolds
from schemas.words import Ended, MessageType, SourceKind, Status
from transform.figures.model import Unit

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOTHING = "–"

TYPES: Mapping[str, str] = {
    MessageType.TEXT: "Text",
    MessageType.IMAGE: "Picture",
    MessageType.VIDEO: "Video",
    MessageType.AUDIO: "Voice or audio",
    MessageType.DOCUMENT: "Document",
    MessageType.STICKER: "Sticker",
    MessageType.LOCATION: "Location",
    MessageType.CONTACT: "Contact",
    MessageType.CALL: "Call",
    MessageType.OTHER: "Other",
}
STATUSES: Mapping[str, str] = {status: status.replace("_", " ").capitalize() for status in Status}
LANGUAGE_NAMES: Mapping[str | None, str] = {
    "ru": "Russian",
    "ky": "Kyrgyz",
    "en": "English",
    "ar": "Arabic",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "pl": "Polish",
    "kk": "Kazakh",
    "uz": "Uzbek",
    "tr": "Turkish",
    "zh": "Chinese",
    "hi": "Hindi",
    "ur": "Urdu",
    "he": "Hebrew",
    "it": "Italian",
    "uk": "Ukrainian",
    "ko": "Korean",
    "ja": "Japanese",
    "fa": "Persian",
    "other": "Another language",
    "und": "Not sure",
    None: "No letters",
}
SOURCES: Mapping[str, str] = {
    SourceKind.WHATSAPP: "WhatsApp link",
    SourceKind.REPLAY: "Files",
    SourceKind.REDECODE: "Decoded again",
    SourceKind.EXPORT_CHAT: "Exported chat",
    SourceKind.ANDROID: "Android backup",
    SourceKind.IOS: "iOS backup",
}
ENDINGS: Mapping[str, str] = {
    Ended.QUIET: "nothing more came",
    Ended.DEADLINE: "time was up",
    Ended.INTERRUPTED: "stopped by hand",
    Ended.LOGGED_OUT: "logged out",
    Ended.CRASHED: "the program died",
    Ended.SOURCE_END: "end of the files",
}
HOLDS: Mapping[str, str] = {
    PhoneHolds.NOTHING_MORE: "nothing more",
    PhoneHolds.MORE: "older messages",
    PhoneHolds.NOT_SAID: "not said",
}
REASONS: Mapping[str, str] = {
    "no_phone": "The person is known by a WhatsApp id only; no number has come for it yet.",
    "not_a_phone": "The address has digits that no country uses.",
    "no_message_id": "The message came without an id, so it could not be told from another.",
    "target_missing": "An edit, reaction or vote about a message that has not come; a later snapshot may bring it.",
    "not_the_author": "An edit or deletion by the side that did not write the message.",
    "no_chat": "The message says no chat that it belongs to.",
    "conversation_cut_off": "A conversation that arrived damaged; its bytes are kept in the archive.",
}
PERIODS: Mapping[str, str] = {Unit.DAY: "day", Unit.WEEK: "week", Unit.MONTH: "month", Unit.YEAR: "year"}


def number(value: float) -> str:
    """`12,345`, also for whole numbers that came as floats."""
    return f"{int(value) if value == int(value) else value:,}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """`1 chat`, `2,000 chats`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def share(part: float, whole: float) -> str:
    """A part in percent; less than half a percent is said to be that."""
    if not whole:
        return NOTHING
    percent = 100 * part / whole
    return "<1 %" if 0 < percent < 0.5 else f"{percent:.0f} %"


def day(value: date) -> str:
    """`1 Mar 2026`, in English wherever the program runs."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """`Mar 2026`."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime, zone: str) -> str:
    """`1 Mar 2026, 09:00` in this IANA zone."""
    local = value.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
    return f"{day(local)}, {local:%H:%M}"


def period(value: date, unit: str) -> str:
    """A period by its first day."""
    names = {Unit.DAY: day(value), Unit.WEEK: day(value), Unit.MONTH: month(value), Unit.YEAR: str(value.year)}
    return names[Unit(unit)]


def short_period(value: date, unit: str) -> str:
    """A period in the room that an axis has."""
    name, year = _MONTHS[value.month - 1], value.year % 100
    if unit == Unit.YEAR:
        return str(value.year)
    return f"{name} ’{year:02}" if unit == Unit.MONTH else f"{value.day} {name} ’{year:02}"


def duration(value: timedelta) -> str:
    """About how long: the one or two units that matter."""
    minutes = int(value.total_seconds() // 60)
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest and hours < 6 else f"{hours} h"
    days = minutes // (24 * 60)
    if days < 60:
        return counted(days, "day")
    return counted(days // 30, "month") if days < 730 else counted(days // 365, "year")


def time_class(least: timedelta, above: timedelta | None) -> str:
    """A class of durations by its bounds."""
    if above is None:
        return f"{_bound(least)} or more"
    if not least:
        return f"Under {_bound(above)}"
    return f"{_bound(least)} to {_bound(above)}"


def _bound(value: timedelta) -> str:
    minutes = int(value.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h"
    days = minutes // (24 * 60)
    return counted(days // 365, "year") if days >= 365 else counted(days, "day")


def size(value: int) -> str:
    """Bytes as `31 KB` or `1.2 GB`."""
    amount = float(value)
    for unit in ("bytes", "KB", "MB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} GB"


def address(jid: str) -> str:
    """A WhatsApp address as people know it: the number of a person, else the address itself."""
    user, _, server = jid.partition("@")
    return f"+{user}" if server == "s.whatsapp.net" and user.isdigit() else jid

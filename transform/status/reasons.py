"""Why a status: the events of a conversation in words that quote nobody."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from transform.status.contract import ChatMessage

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NO_TIME = datetime.fromtimestamp(0, UTC)
PHRASES = {
    "details": "the client asked or told specifics",
    "interest": "showed interest",
    "offer": "an offer was sent",
    "bargaining": "terms were discussed",
    "accepted": "the client agreed",
    "receipt": "the client sent a picture or file after payment was asked",
    "payment": "the client paid",
    "confirmation": "the company confirmed",
    "service": "the service was under way or thanked for",
    "refused": "the client refused or cancelled",
}


def reason_of(events: Mapping[str, datetime], last: ChatMessage, as_of: datetime, begins: date | None) -> str:
    """The story of a conversation: its events with their days, the day of the service, who wrote last."""
    order = list(PHRASES)
    told = sorted((at, order.index(name), name) for name, at in events.items())
    # with no time known in the whole chat there is no day to name
    days_of = {name: f" {_day(at)}" if at > _NO_TIME else "" for at, _, name in told}
    parts = [f"{PHRASES[name]}{day}" for name, day in days_of.items()] or ["first contact, nothing specific yet"]
    if begins is not None:
        parts.append(f"first day named {_day(begins)}")
    who = "the company" if last.from_me else "the client"
    parts.append(f"{who} wrote last")
    if last.timed:
        days = (as_of - last.sent_at).days
        parts[-1] += f", {days} {'day' if days == 1 else 'days'} before"
    return "; ".join(parts)


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

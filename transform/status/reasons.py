"""Why a status: the events of a conversation in words that quote nobody."""

from collections.abc import Mapping
from datetime import date, datetime

from transform.status.contract import ChatMessage

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
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
    parts = [f"{PHRASES[name]} {_day(at)}" for at, _, name in told] or ["first contact, nothing specific yet"]
    if begins is not None:
        parts.append(f"first day named {_day(begins)}")
    who = "the company" if last.from_me else "the client"
    days = (as_of - last.sent_at).days
    parts.append(f"{who} wrote last, {days} {'day' if days == 1 else 'days'} before")
    return "; ".join(parts)


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

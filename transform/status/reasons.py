"""Why a status: what happened in a conversation, in whole sentences that quote nobody.

A reason is made of the sentences below and nothing else, so that a catalogue of them translates it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from transform.status.contract import ChatMessage
from transform.status.conversation import Conversation

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NO_TIME = datetime.fromtimestamp(0, UTC)
NO_MESSAGE = "No message yet."
FIRST_CONTACT = "First contact, nothing specific yet."
# each with its day and, when no time is known, without
EVENTS: Mapping[str, tuple[str, str]] = {
    "details": ("The client asked or told specifics on {day}.", "The client asked or told specifics."),
    "interest": ("The client showed interest on {day}.", "The client showed interest."),
    "offer": ("An offer was sent on {day}.", "An offer was sent."),
    "offer_document": ("An offer was sent as a document on {day}.", "An offer was sent as a document."),
    "bargaining": ("Terms were discussed on {day}.", "Terms were discussed."),
    "accepted": ("The client agreed on {day}.", "The client agreed."),
    "receipt": (
        "The client sent a picture or a file on {day}, after a payment was asked for.",
        "The client sent a picture or a file after a payment was asked for.",
    ),
    "payment": ("The client said on {day} that he paid.", "The client said that he paid."),
    "confirmation": ("The company confirmed on {day}.", "The company confirmed."),
    "service": ("The service was under way or thanked for on {day}.", "The service was under way or thanked for."),
    "refused": ("The client refused or cancelled on {day}.", "The client refused or cancelled."),
}
FIRST_DAY = "The first day of the service that is named is {day}."
COMPANY_LAST = "The company wrote last."
CLIENT_LAST = "The client wrote last."
SILENT = "The client has been silent for {days} days."
WAITS = "The client has been waiting for an answer for {days} days."


def reason_of(walk: Conversation, last: ChatMessage, as_of: datetime, begins: date | None) -> str:
    """The story of a conversation: its events with their days, the day of the service, who wrote last."""
    order = list(EVENTS)
    events = dict(walk.events)
    if walk.offer_by_document and "offer" in events:
        events["offer_document"] = events.pop("offer")
    told = sorted((at, order.index(name), name) for name, at in events.items())
    # with no time known in the whole chat there is no day to name
    sentences = [
        EVENTS[name][0].format(day=_day(at)) if at > _NO_TIME else EVENTS[name][1] for at, _, name in told
    ] or [FIRST_CONTACT]
    if begins is not None:
        sentences.append(FIRST_DAY.format(day=_day(begins)))
    silent_since = walk.last_client_at if last.from_me else last.sent_at
    days = (as_of - silent_since).days if last.timed and silent_since else 0
    if days > 1:
        sentences.append((SILENT if last.from_me else WAITS).format(days=days))
    else:
        sentences.append(COMPANY_LAST if last.from_me else CLIENT_LAST)
    return " ".join(sentences)


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

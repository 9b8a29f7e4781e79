"""Why a status: what happened in a conversation, in whole sentences that quote nobody.

A reason is made of the sentences below and nothing else. The clean tables hold it in English; `reason_told` says it in
the reader's language.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

from schemas.translation import N_, SOURCE, _, language, ngettext
from transform.status.contract import ChatMessage
from transform.status.conversation import Conversation

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NO_TIME = datetime.fromtimestamp(0, UTC)
NO_MESSAGE = N_("No message yet.")
FIRST_CONTACT = N_("First contact, nothing specific yet.")
# each with its day and, when no time is known, without
EVENTS: Mapping[str, tuple[str, str]] = {
    "details": (N_("The client asked or told specifics on {day}."), N_("The client asked or told specifics.")),
    "interest": (N_("The client showed interest on {day}."), N_("The client showed interest.")),
    "offer": (N_("An offer was sent on {day}."), N_("An offer was sent.")),
    "offer_document": (N_("An offer was sent as a document on {day}."), N_("An offer was sent as a document.")),
    "bargaining": (N_("Terms were discussed on {day}."), N_("Terms were discussed.")),
    "accepted": (N_("The client agreed on {day}."), N_("The client agreed.")),
    "receipt": (
        N_("The client sent a picture or a file on {day}, after a payment was asked for."),
        N_("The client sent a picture or a file after a payment was asked for."),
    ),
    "payment": (N_("The client said on {day} that he paid."), N_("The client said that he paid.")),
    "confirmation": (N_("The company confirmed on {day}."), N_("The company confirmed.")),
    "service": (
        N_("The service was under way or thanked for on {day}."),
        N_("The service was under way or thanked for."),
    ),
    "refused": (N_("The client refused or cancelled on {day}."), N_("The client refused or cancelled.")),
}
FIRST_DAY = N_("The first day of the service that is named is {day}.")
COMPANY_LAST = N_("The company wrote last.")
CLIENT_LAST = N_("The client wrote last.")
SILENT = "The client has been silent for {count} days."
WAITS = "The client has been waiting for an answer for {count} days."


def reason_of(walk: Conversation, last: ChatMessage, as_of: datetime, begins: date | None) -> str:
    """The story of a conversation: its events with their days, the day of the service, who wrote last."""
    order = list(EVENTS)
    events = dict(walk.events)
    if walk.offer_by_document and "offer" in events:
        events["offer_document"] = events.pop("offer")
    told = sorted((at, order.index(name), name) for name, at in events.items())
    # with no time known in the whole chat there is no day to name
    sentences = [
        EVENTS[name][0].format(day=_day(at)) if at > _NO_TIME else EVENTS[name][1] for at, _place, name in told
    ] or [FIRST_CONTACT]
    if begins is not None:
        sentences.append(FIRST_DAY.format(day=_day(begins)))
    silent_since = walk.last_client_at if last.from_me else last.sent_at
    days = (as_of - silent_since).days if last.timed and silent_since else 0
    if days > 1:
        sentences.append((SILENT if last.from_me else WAITS).format(count=days))
    else:
        sentences.append(COMPANY_LAST if last.from_me else CLIENT_LAST)
    return " ".join(sentences)


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def reason_told(reason: str) -> str:
    """A reason of the clean tables in the reader's language; what is none of these sentences stays as it is."""
    if language() == SOURCE:
        return reason
    return " ".join(map(_told, re.split(r"(?<=\.) (?=[A-Z])", reason)))


def _told(sentence: str) -> str:
    for pattern, stored in _patterns():
        if found := pattern.fullmatch(sentence):
            return _with_values(stored, found)
    return sentence


def _with_values(stored: str, found: re.Match[str]) -> str:
    if stored == SILENT:
        return ngettext(
            "The client has been silent for {count} day.",
            "The client has been silent for {count} days.",
            int(found["count"]),
        )
    if stored == WAITS:
        return ngettext(
            "The client has been waiting for an answer for {count} day.",
            "The client has been waiting for an answer for {count} days.",
            int(found["count"]),
        )
    if "day" not in found.groupdict():
        return _(stored)
    of_month, month, year = found["day"].split()
    return _(stored, day=date(int(year), _MONTHS.index(month) + 1, int(of_month)))


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    events = [sentence for both in EVENTS.values() for sentence in both]
    stored = [NO_MESSAGE, FIRST_CONTACT, *events, FIRST_DAY, COMPANY_LAST, CLIENT_LAST, SILENT, WAITS]
    day_or_count = {"{day}": rf"(?P<day>\d+ (?:{'|'.join(_MONTHS)}) \d{{4}})", "{count}": r"(?P<count>\d+)"}
    found = []
    for sentence in stored:
        pattern = re.escape(sentence)
        for name, value in day_or_count.items():
            pattern = pattern.replace(re.escape(name), value)
        found.append((re.compile(pattern), sentence))
    return found

"""Contacts, places, polls, events, invitations and calls."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from extract.whatsapp.content.model import Content, join_lines, read_text
from schemas.words import Kind

# TEL;type=CELL;waid=996555000111:+996 555 000 111
_VCARD_PHONE = re.compile(r"^(?:item\d+\.)?TEL[^:\r\n]*:([^\r\n]+)", re.MULTILINE | re.IGNORECASE)


def _contact_lines(message: Any) -> str | None:
    card = read_text(message.vcard) or ""
    return join_lines(message.displayName, *(phone.strip() for phone in _VCARD_PHONE.findall(card)))


def _contact(message: Any) -> Content:
    return Content(Kind.CONTACT, _contact_lines(message), context=message.contextInfo)


def _contacts(message: Any) -> Content:
    text = join_lines(message.displayName, *(_contact_lines(contact) for contact in message.contacts))
    return Content(Kind.CONTACT, text, context=message.contextInfo)


def _coordinates(message: Any) -> str | None:
    if not (message.HasField("degreesLatitude") and message.HasField("degreesLongitude")):
        return None
    return f"{message.degreesLatitude:.6f}, {message.degreesLongitude:.6f}"


def _location(message: Any) -> Content:
    text = join_lines(message.name, message.address, message.comment, _coordinates(message))
    return Content(Kind.LOCATION, text, context=message.contextInfo)


def _live_location(message: Any) -> Content:
    return Content(Kind.LOCATION, join_lines(message.caption, _coordinates(message)), context=message.contextInfo)


def _poll(message: Any) -> Content:
    options = (read_text(option.optionName) for option in message.options)
    text = join_lines(message.name, *(f"- {option}" for option in options if option))
    return Content(Kind.POLL, text, context=message.contextInfo)


def _poll_result(message: Any) -> Content:
    votes = ((read_text(vote.optionName), vote.optionVoteCount) for vote in message.pollVotes)
    text = join_lines(message.name, *(f"- {option}: {count}" for option, count in votes if option))
    return Content(Kind.POLL, text, context=message.contextInfo)


def _start(seconds: int) -> str | None:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC" if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


def _event(message: Any) -> Content:
    text = join_lines(message.name, message.description, message.location.name, _start(message.startTime))
    return Content(Kind.EVENT, text, context=message.contextInfo)


def _event_invite(message: Any) -> Content:
    text = join_lines(message.eventTitle, message.caption, _start(message.startTime))
    return Content(Kind.EVENT, text, context=message.contextInfo)


def _group_invite(message: Any) -> Content:
    return Content(Kind.GROUP_INVITE, join_lines(message.groupName, message.caption), context=message.contextInfo)


def _newsletter_invite(message: Any) -> Content:
    text = join_lines(message.newsletterName, message.caption)
    return Content(Kind.GROUP_INVITE, text, context=message.contextInfo)


def call_text(*, video: bool, outcome: str | None, seconds: int) -> str:
    """How a call reads in a chat, for example "missed voice call" or "video call, 75 s"."""
    what = "video call" if video else "voice call"
    if outcome and outcome.lower() != "connected":
        what = f"{outcome.lower().replace('_', ' ')} {what}"
    return f"{what}, {seconds} s" if seconds > 0 else what


def _call_log(message: Any) -> Content:
    # an absent outcome reads 0, which would be CONNECTED
    outcome = type(message).CallOutcome.Name(message.callOutcome) if message.HasField("callOutcome") else None
    return Content(Kind.CALL, call_text(video=message.isVideo, outcome=outcome, seconds=message.durationSecs))


def _scheduled_call(message: Any) -> Content:
    return Content(Kind.CALL, join_lines(message.title, _start(message.scheduledTimestampMS // 1000)))


def _broadcast_call(message: Any) -> Content:
    return Content(Kind.CALL, read_text(message.caption))


CONVERTERS: dict[str, Callable[[Any], Content]] = {
    "contactMessage": _contact,
    "contactsArrayMessage": _contacts,
    "locationMessage": _location,
    "liveLocationMessage": _live_location,
    **dict.fromkeys(
        ("pollCreationMessage", "pollCreationMessageV2", "pollCreationMessageV3", "pollCreationMessageV5"), _poll
    ),
    "pollCreationMessageV6": _poll,
    "pollResultSnapshotMessage": _poll_result,
    "pollResultSnapshotMessageV3": _poll_result,
    "eventMessage": _event,
    "eventInviteMessage": _event_invite,
    "groupInviteMessage": _group_invite,
    "newsletterAdminInviteMessage": _newsletter_invite,
    "newsletterFollowerInviteMessageV2": _newsletter_invite,
    "callLogMesssage": _call_log,  # three s: so it is spelled in WhatsApp's schema
    "scheduledCallCreationMessage": _scheduled_call,
    "bcallMessage": _broadcast_call,
}

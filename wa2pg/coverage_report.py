"""What an account's archive covers, as people and programs read it."""

from collections import Counter
from datetime import datetime
from typing import Any

from rich.text import Text

from extract.coverage import ChatCoverage, Coverage, Gap, GapKind, Part, PhoneHolds
from extract.missing import piece_name
from schemas.stored_words import said
from schemas.translation import N_, _, day, ngettext, number
from wa2pg.talk import report_text

# a terminal is no place for thousands
_CHATS_SHOWN = 100
_PARTS_SHOWN = 5
_HOLDS = {
    PhoneHolds.NOTHING_MORE: N_("the phone sent all it had"),
    PhoneHolds.MORE: N_("the phone holds more"),
    PhoneHolds.NOT_SAID: N_("the phone did not say whether it holds more"),
}


def coverage_reports(covered: Coverage) -> list[Text]:
    """A report of the account as a whole, and one of its chats."""
    chats = covered.chats
    holds = Counter(chat.phone_holds for chat in chats)
    gaps = Counter(kind for chat in chats for kind in {gap.kind for gap in chat.gaps})
    unexplained = gaps[GapKind.UNEXPLAINED]
    rows = [
        (_("chats"), f"{number(len(chats))}, {_messages(sum(chat.messages for chat in chats))}"),
        (_("messages"), _span(_earliest(chats), _latest(chats))),
        (_("all sent by the phone"), _chats(holds[PhoneHolds.NOTHING_MORE])),
        (_("more on the phone"), _chats(holds[PhoneHolds.MORE])),
        (_("not said by the phone"), _chats(holds[PhoneHolds.NOT_SAID])),
        (_("newer on the phone"), _chats(gaps[GapKind.NEWER_ON_PHONE])),
        (_("unusual silence"), ngettext("{count} chat, unexplained", "{count} chats, unexplained", unexplained)),
        (_("silent, all was sent"), _chats(gaps[GapKind.SILENCE])),
    ]
    rows += [(_("whole account silent"), _gap(gap)) for gap in covered.gaps]
    rows += [
        (_("did not come"), _("{piece} of {snapshot}", piece=piece_name(one.chunk), snapshot=one.snapshot))
        for one in covered.missing
    ]
    rows += [
        (_("damaged, left out"), f"{part.snapshot}/{part.path}" if part.path else part.snapshot)
        for part in covered.left_out
    ]
    reports = [report_text(_("Coverage: account {account}", account=covered.account), rows)]
    by_chat = [row for chat in chats[:_CHATS_SHOWN] for row in _chat_rows(chat)]
    if left := len(chats[_CHATS_SHOWN:]):
        more = ngettext("{count} more chat: --json lists all", "{count} more chats: --json lists all", left)
        by_chat.append(("…", more))
    if by_chat:
        reports.append(report_text(_("By chat, the latest first"), by_chat))
    return reports


def _messages(count: int) -> str:
    return ngettext("{count} message", "{count} messages", count)


def _chats(count: int) -> str:
    return ngettext("{count} chat", "{count} chats", count)


def _chat_rows(chat: ChatCoverage) -> list[tuple[str, str]]:
    said_of_it = f"{_messages(chat.messages)}, {_span(chat.first, chat.last)}; {_(_HOLDS[chat.phone_holds])}"
    told = [f"{_(gap.kind)}: {_gap(gap)}" for gap in chat.gaps if gap.kind is not GapKind.OLDER_ON_PHONE]
    told += [_part(part) for part in chat.parts[:_PARTS_SHOWN]]
    if left := len(chat.parts[_PARTS_SHOWN:]):
        told.append(ngettext("and by {count} more", "and by {count} more", left))
    return [(chat.chat, said_of_it), *(("", line) for line in told)]


def coverage_body(covered: Coverage) -> dict[str, Any]:
    """The same in JSON: times in ISO 8601, the habit in seconds."""
    return {
        "account": covered.account,
        "chats": [_chat_body(chat) for chat in covered.chats],
        "gaps": [_gap_body(gap) for gap in covered.gaps],
        "missing": [{"snapshot": one.snapshot, **one.chunk.model_dump()} for one in covered.missing],
        "left_out": [part.model_dump() for part in covered.left_out],
    }


def _chat_body(chat: ChatCoverage) -> dict[str, Any]:
    return {
        "chat": chat.chat,
        "addresses": chat.addresses,
        "name": chat.name,
        "messages": chat.messages,
        "first": _iso(chat.first),
        "last": _iso(chat.last),
        "phone_holds": chat.phone_holds,
        "phone_last": _iso(chat.phone_last),
        "habit_seconds": chat.habit.total_seconds() if chat.habit is not None else None,
        "gaps": [_gap_body(gap) for gap in chat.gaps],
        "parts": [
            {
                "snapshot": part.snapshot,
                "source": part.source,
                "origin": part.origin,
                "messages": part.messages,
                "repeated": part.repeated,
                "first": _iso(part.first),
                "last": _iso(part.last),
            }
            for part in chat.parts
        ],
    }


def _gap_body(gap: Gap) -> dict[str, str | None]:
    return {"kind": gap.kind, "after": _iso(gap.after), "before": _iso(gap.before)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _earliest(chats: list[ChatCoverage]) -> datetime | None:
    return min((chat.first for chat in chats if chat.first), default=None)


def _latest(chats: list[ChatCoverage]) -> datetime | None:
    return max((chat.last for chat in chats if chat.last), default=None)


def _span(first: datetime | None, last: datetime | None) -> str:
    return _("{first} to {last}", first=day(first), last=day(last)) if first and last else _("no times")


def _gap(gap: Gap) -> str:
    if gap.after is None or gap.before is None:
        return _("until {day}", day=day(gap.before)) if gap.before else _("times unknown")
    span, days = _span(gap.after, gap.before), (gap.before - gap.after).days
    return ngettext("{span} ({count} day)", "{span} ({count} days)", days, span=span) if days else span


def _part(part: Part) -> str:
    way, _colon, kind = part.origin.partition(":")
    origin = _("history:{kind}", kind=kind) if way == "history" else said(part.origin)
    brought = [_("{count} new", count=part.messages)]
    if part.repeated:
        brought.append(_("{count} again", count=part.repeated))
    return f"{part.snapshot}, {origin}: {', '.join(brought)}"

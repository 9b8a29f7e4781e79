"""What an account's archive covers, as people and programs read it."""

from collections import Counter
from datetime import datetime
from typing import Any

from rich.text import Text

from extract.coverage import ChatCoverage, Coverage, Gap, GapKind, Part, PhoneHolds
from wa2pg.talk import report_text

# a terminal is no place for thousands
_CHATS_SHOWN = 100
_PARTS_SHOWN = 5
_HOLDS = {
    PhoneHolds.NOTHING_MORE: "the phone sent all it had",
    PhoneHolds.MORE: "the phone holds more",
    PhoneHolds.NOT_SAID: "the phone did not say whether it holds more",
}


def coverage_reports(covered: Coverage) -> list[Text]:
    """A report of the account as a whole, and one of its chats."""
    chats = covered.chats
    holds = Counter(chat.phone_holds for chat in chats)
    gaps = Counter(kind for chat in chats for kind in {gap.kind for gap in chat.gaps})
    rows = [
        ("chats", f"{len(chats):,}, {_counted(sum(chat.messages for chat in chats), 'message')}"),
        ("messages", _span(_earliest(chats), _latest(chats))),
        ("all sent by the phone", _chats(holds[PhoneHolds.NOTHING_MORE])),
        ("more on the phone", _chats(holds[PhoneHolds.MORE])),
        ("not said by the phone", _chats(holds[PhoneHolds.NOT_SAID])),
        ("newer on the phone", _chats(gaps[GapKind.NEWER_ON_PHONE])),
        ("unusual silence", _chats(gaps[GapKind.UNEXPLAINED]) + ", unexplained"),
        ("silent, all was sent", _chats(gaps[GapKind.SILENCE])),
    ]
    rows += [("whole account silent", _gap(gap)) for gap in covered.gaps]
    rows += [
        ("did not come", f"{one.chunk.sync_type} {one.chunk.chunk_order} of {one.snapshot}") for one in covered.missing
    ]
    rows += [
        ("damaged, left out", f"{part.snapshot}/{part.path}" if part.path else part.snapshot)
        for part in covered.left_out
    ]
    reports = [report_text(f"Coverage: account {covered.account}", rows)]
    by_chat = [row for chat in chats[:_CHATS_SHOWN] for row in _chat_rows(chat)]
    if len(chats) > _CHATS_SHOWN:
        by_chat.append(("…", f"{len(chats) - _CHATS_SHOWN:,} more chats: --json lists all"))
    if by_chat:
        reports.append(report_text("By chat, the latest first", by_chat))
    return reports


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _chats(count: int) -> str:
    return _counted(count, "chat")


def _chat_rows(chat: ChatCoverage) -> list[tuple[str, str]]:
    said = f"{_counted(chat.messages, 'message')}, {_span(chat.first, chat.last)}; {_HOLDS[chat.phone_holds]}"
    told = [f"{gap.kind}: {_gap(gap)}" for gap in chat.gaps if gap.kind is not GapKind.OLDER_ON_PHONE]
    told += [_part(part) for part in chat.parts[:_PARTS_SHOWN]]
    if len(chat.parts) > _PARTS_SHOWN:
        told.append(f"and by {len(chat.parts) - _PARTS_SHOWN:,} more")
    return [(chat.chat, said), *(("", line) for line in told)]


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
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}" if first and last else "no times"


def _gap(gap: Gap) -> str:
    if gap.after is None or gap.before is None:
        return f"until {gap.before:%Y-%m-%d}" if gap.before else "times unknown"
    days = (gap.before - gap.after).days
    return f"{_span(gap.after, gap.before)}" + (f" ({days:,} days)" if days else "")


def _part(part: Part) -> str:
    repeated = f", {part.repeated:,} again" if part.repeated else ""
    return f"{part.snapshot}, {part.origin}: {part.messages:,} new{repeated}"

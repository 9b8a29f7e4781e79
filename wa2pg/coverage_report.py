"""What an account's archive covers, as people and programs read it."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from rich.text import Text

from extract.coverage import ChatCoverage, Coverage, Gap, GapKind, Part, PhoneHolds
from wa2pg.talk import report_text

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
        ("chats", f"{len(chats):,}, {sum(chat.messages for chat in chats):,} messages"),
        ("messages", _span(_earliest(chats), _latest(chats))),
        ("all sent by the phone", f"{holds[PhoneHolds.NOTHING_MORE]:,} chats"),
        ("more on the phone", f"{holds[PhoneHolds.MORE]:,} chats"),
        ("not said by the phone", f"{holds[PhoneHolds.NOT_SAID]:,} chats"),
        ("newer on the phone", f"{gaps[GapKind.NEWER_ON_PHONE]:,} chats"),
        ("unusual silence", f"{gaps[GapKind.UNEXPLAINED]:,} chats, unexplained"),
        ("silent, all was sent", f"{gaps[GapKind.SILENCE]:,} chats"),
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
    by_chat: list[tuple[str, str]] = []
    for chat in chats:
        said = f"{chat.messages:,} messages, {_span(chat.first, chat.last)}; {_HOLDS[chat.phone_holds]}"
        by_chat.append((chat.chat, said))
        by_chat += [("", f"{gap.kind}: {_gap(gap)}") for gap in chat.gaps if gap.kind is not GapKind.OLDER_ON_PHONE]
        by_chat += [("", _part(part)) for part in chat.parts]
    if by_chat:
        reports.append(report_text("By chat", by_chat))
    return reports


def coverage_body(covered: Coverage) -> dict[str, Any]:
    """The same in JSON: times in ISO 8601, the habit in seconds."""
    body: dict[str, Any] = _plain(asdict(covered) | {"left_out": [part.model_dump() for part in covered.left_out]})
    body["missing"] = [{"snapshot": one.snapshot, **one.chunk.model_dump()} for one in covered.missing]
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value


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

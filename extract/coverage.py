"""What the archive covers: each chat's first and last message, its gaps, and which snapshot brought which part.

A chat is a thread; the two addresses of one person, his number and his LID, are one chat here where the archive says
that they belong together. Edits, deletions, reactions, votes and system notices are no messages.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from extract.raw_views import RawViews, open_raw_views
from schemas.datadir import DataDir
from schemas.errors import ExitCode, UserError
from schemas.manifest import MissingChunk
from schemas.progress import Progress, Step, no_progress
from schemas.sound import LeftOut, read_sound
from schemas.translation import N_, _
from schemas.words import SourceKind

TABLES_READ = ("messages", "chats", "lid_map")
_STEPS = (
    "addresses",
    "coverage_known",
    "coverage_occurrences",
    "coverage_messages",
    "coverage_intervals",
    "coverage_habits",
)

# how far ahead a phone's clock may be
_CLOCK_TOLERANCE = timedelta(days=1)
# the phone's time of a chat and that of the chat's last message are seconds apart
_SAME_TIME = timedelta(minutes=1)
# with fewer intervals between messages a chat has no habit to compare with
_LEAST_INTERVALS = 10
# a silence is unusual when it is so many times the interval that 95 of 100 stay below, and longer than this
HABIT_TIMES = 10
LEAST_GAP = timedelta(days=14)
# of the whole account, in which somebody writes nearly every day
LEAST_ACCOUNT_GAP = timedelta(days=3)


class PhoneHolds(StrEnum):
    """What the phone said it still has of a chat and did not send."""

    NOTHING_MORE = "nothing more"
    MORE = "more"
    NOT_SAID = "not said"


class GapKind(StrEnum):
    """Why a stretch without messages is told."""

    SILENCE = N_("silence")
    UNEXPLAINED = N_("unexplained")
    OLDER_ON_PHONE = N_("older on the phone")
    NEWER_ON_PHONE = N_("newer on the phone")


@dataclass(frozen=True)
class Gap:
    """A stretch without messages between two times; `after` is None for what lies before the first message.

    SILENCE is longer than the chat's habit, but the phone said later that it had sent everything: nobody wrote.
    UNEXPLAINED is the same where the phone did not say that. OLDER_ON_PHONE and NEWER_ON_PHONE the phone itself named.
    """

    kind: GapKind
    after: datetime | None
    before: datetime | None


@dataclass(frozen=True)
class Part:
    """What one snapshot brought of a chat by one way (`history:RECENT`, `live`, …).

    `messages` are those that no earlier snapshot had, `repeated` those that one had; times are of both.
    """

    snapshot: str
    source: SourceKind
    origin: str
    messages: int
    repeated: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True)
class ChatCoverage:
    """One chat. `chat` is its JID (the number's, where known), `addresses` all JIDs that it was seen under.

    `habit` is the interval between two messages that 95 of 100 stay below; None with too few messages.
    `phone_last` is the latest time of a last message that the phone itself named.
    """

    chat: str
    addresses: tuple[str, ...]
    name: str | None
    messages: int
    first: datetime | None
    last: datetime | None
    phone_holds: PhoneHolds
    phone_last: datetime | None
    habit: timedelta | None
    gaps: list[Gap] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Missing:
    """A piece of history that WhatsApp announced to the link of this snapshot and that did not come."""

    snapshot: str
    chunk: MissingChunk


@dataclass(frozen=True)
class Coverage:
    """An account's chats, the one with the latest message first; `gaps` are those of the account as a whole."""

    account: str
    chats: list[ChatCoverage]
    gaps: list[Gap]
    missing: list[Missing]
    left_out: list[LeftOut]


def coverage(data: DataDir, account: str, progress: Progress = no_progress) -> Coverage:
    """What an account's archive covers; damaged files are left out and named.

    Raises UserError (5) when the account has no archive.
    """
    archive = data.archive(account)
    if not archive.is_dir():
        raise UserError(
            _("The account {account} has no archive.", account=account),
            hint=_("run: {command}", command=f"wa2pg extract --account {account}"),
            exit_code=ExitCode.ARCHIVE,
        )
    progress(Step(N_("opening the archive")))
    sound = read_sound(archive, TABLES_READ).in_use()
    snapshots = sound.snapshots
    names = [(snapshot.name, snapshot.manifest.source.kind) for snapshot in snapshots]
    variables = {
        "latest": [snapshot.manifest.sealed_at + _CLOCK_TOLERANCE for snapshot in snapshots],
        "least_intervals": _LEAST_INTERVALS,
        "habit_times": HABIT_TIMES,
        "least_gap": _milliseconds(LEAST_GAP),
        "least_account_gap": _milliseconds(LEAST_ACCOUNT_GAP),
    }
    with open_raw_views(snapshots, TABLES_READ, variables) as views:
        # the queries behind the steps are as long as one of them
        for done, step in enumerate(_STEPS):
            progress(Step(N_("reading what the archive covers"), done, len(_STEPS) + 1))
            views.run(step)
        progress(Step(N_("reading what the archive covers"), len(_STEPS), len(_STEPS) + 1))
        silences, parts = _silences(views), _parts(views, names)
        chats = [_chat(row, silences[row["chat"]], parts[row["chat"]]) for row in views.rows("coverage_chats")]
        gaps = [_gap(GapKind.UNEXPLAINED, row) for row in views.rows("coverage_account_silences")]
    missing = [Missing(snapshot.name, chunk) for snapshot in snapshots for chunk in snapshot.manifest.missing]
    return Coverage(account, chats, gaps, missing, sound.left_out)


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def _gap(kind: GapKind, row: dict[str, Any]) -> Gap:
    return Gap(kind, row["after_message"], row["before_message"])


def _silences(views: RawViews) -> defaultdict[str, list[Gap]]:
    """The unusual silences of each chat, in order."""
    found: defaultdict[str, list[Gap]] = defaultdict(list)
    for row in views.rows("coverage_silences"):
        found[row["chat"]].append(_gap(GapKind.SILENCE if row["explained"] else GapKind.UNEXPLAINED, row))
    return found


def _parts(views: RawViews, names: list[tuple[str, SourceKind]]) -> defaultdict[str, list[Part]]:
    found: defaultdict[str, list[Part]] = defaultdict(list)
    for row in views.rows("coverage_parts"):
        name, source = names[row["snapshot"]]
        first, last = row["first_message"], row["last_message"]
        part = Part(name, source, row["origin"], row["new"], row["repeated"], first, last)
        found[row["chat"]].append(part)
    return found


def _chat(row: dict[str, Any], silences: list[Gap], parts: list[Part]) -> ChatCoverage:
    first, last, phone_last = row["first_message"], row["last_message"], row["phone_last"]
    holds = {True: PhoneHolds.NOTHING_MORE, False: PhoneHolds.MORE, None: PhoneHolds.NOT_SAID}[row["history_complete"]]
    gaps = [*silences]
    if holds is PhoneHolds.MORE:
        gaps.insert(0, Gap(GapKind.OLDER_ON_PHONE, None, first))
    if phone_last is not None and (row["last_row"] is None or phone_last > row["last_row"] + _SAME_TIME):
        gaps.append(Gap(GapKind.NEWER_ON_PHONE, last, phone_last))
    return ChatCoverage(
        chat=row["chat"],
        addresses=tuple(row["addresses"]),
        name=row["name"],
        messages=row["messages"],
        first=first,
        last=last,
        phone_holds=holds,
        phone_last=phone_last,
        habit=None if row["usual"] is None else timedelta(milliseconds=row["usual"]),
        gaps=gaps,
        parts=parts,
    )

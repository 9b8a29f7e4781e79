"""How two snapshots differ: chats and messages that only one has, and messages that changed between them."""

from dataclasses import dataclass
from pathlib import Path

from extract.raw_views import open_raw_views
from schemas.manifest import DamagedArchiveError, Snapshot, read_snapshot
from schemas.progress import Progress, Step, no_progress
from schemas.sealed_file import file_problem
from schemas.translation import N_, _
from schemas.words import Delivery

_TABLES_READ = ("messages", "chats", "lid_map")


@dataclass(frozen=True)
class Difference:
    """Counts of messages, by (chat, direction, id); only_a + only_b + same + changed are all of either snapshot.

    A changed one may be so in several ways: `edited` (other words, or readable in one and not in the other),
    `delivery`, `deleted`, `reacted` (reactions and votes). One that the other snapshot speaks of only by such an event
    is changed. `duplicates_a` and `duplicates_b` are messages that a snapshot has more than once.
    """

    only_a: int
    only_b: int
    same: int
    changed: int
    edited: int
    delivery: int
    deleted: int
    reacted: int
    duplicates_a: int
    duplicates_b: int


@dataclass(frozen=True)
class ChatDifference:
    """One chat of either snapshot. `chat` is its JID, the number's where the snapshots know it of a LID."""

    chat: str
    in_a: bool
    in_b: bool
    messages: Difference


@dataclass(frozen=True)
class SnapshotDiff:
    """Two snapshots beside each other; the chats with most differences first.

    `without_key` and `without_target` are rows of A and of B that are not compared: messages without an id or a chat,
    and edits, deletions, reactions and votes of messages that neither has.
    """

    a: Snapshot
    b: Snapshot
    messages: Difference
    chats: list[ChatDifference]
    without_key: tuple[int, int]
    without_target: tuple[int, int]

    @property
    def chats_only_a(self) -> int:
        """Chats that B has not."""
        return sum(not chat.in_b for chat in self.chats)

    @property
    def chats_only_b(self) -> int:
        """Chats that A has not."""
        return sum(not chat.in_a for chat in self.chats)


def diff_snapshots(a: Path, b: Path, progress: Progress = no_progress) -> SnapshotDiff:
    """Compare the snapshots in these folders; raises UserError (5) when a file that this reads is damaged."""
    progress(Step(N_("opening the snapshots")))
    snapshots = [_checked(read_snapshot(folder)) for folder in (a, b)]
    variables = {"deliveries": [str(word) for word in Delivery]}
    progress(Step(N_("comparing")))
    with open_raw_views(snapshots, _TABLES_READ, variables) as views:
        for step in ("addresses", "diff_messages", "diff_actions", "diff_compared"):
            views.run(step)
        chats = [
            ChatDifference(row.pop("chat"), row.pop("in_a"), row.pop("in_b"), Difference(**row))
            for row in views.rows("diff_chats")
        ]
        rest = {row["snapshot"]: row for row in views.rows("diff_rest")}
    total = {name: sum(getattr(chat.messages, name) for chat in chats) for name in Difference.__dataclass_fields__}
    without_key, without_target = (
        tuple(rest[place][name] if place in rest else 0 for place in (0, 1))
        for name in ("without_key", "without_target")
    )
    return SnapshotDiff(
        snapshots[0],
        snapshots[1],
        Difference(**total),
        chats,
        (without_key[0], without_key[1]),
        (without_target[0], without_target[1]),
    )


def _checked(snapshot: Snapshot) -> Snapshot:
    for entry in snapshot.manifest.files:
        if entry.table in _TABLES_READ and (problem := file_problem(snapshot.path, entry)):
            raise DamagedArchiveError(
                _("The file {path} of snapshot {name} {problem}.", path=entry.path, name=snapshot.name, problem=problem)
            )
    return snapshot

"""History chunks that the phone announced, against those that reached us.

Each chunk of history is announced by a message of its own (`HistorySyncNotification`); whatsmeow then fetches
it, and when that fails only a line in its log says so. What was announced and did not arrive is therefore
counted here, from the journal alone, so that it can be counted again years later.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.manifest import MissingChunk


class ChunkName(NamedTuple):
    """What a chunk and its announcement have in common: the kind of sync and the chunk's place in it."""

    sync_type: str
    chunk_order: int | None


@dataclass(frozen=True)
class Announcement:
    """One announced chunk; `payload` is the announcement's own number in the journal."""

    message_id: str
    chunk: ChunkName
    progress: int | None
    payload: int
    inline: bool


@dataclass
class Announcements:
    """Gathers both sides while a journal is read."""

    announced: dict[str, Announcement] = field(default_factory=dict)
    arrived: Counter[ChunkName] = field(default_factory=Counter)

    def announce(self, announcement: Announcement) -> None:
        """Take an announcement. One that WhatsApp delivers again (same message id) is the same chunk."""
        self.announced.setdefault(announcement.message_id, announcement)

    def arrive(self, chunk: ChunkName) -> None:
        """Take a chunk that reached us."""
        self.arrived[chunk] += 1

    def outstanding(self) -> list[Announcement]:
        """Announced chunks that no arrived one answers, in the order of their announcements.

        Of several with one name the first count as answered: a phone sends them in order.
        """
        left = self.arrived.copy()
        outstanding = []
        for announcement in self.announced.values():
            if left[announcement.chunk] > 0:
                left[announcement.chunk] -= 1
            else:
                outstanding.append(announcement)
        return outstanding

    def missing(self) -> list[MissingChunk]:
        """The outstanding ones as a manifest names them."""
        return [
            MissingChunk(
                message_id=one.message_id,
                sync_type=one.chunk.sync_type,
                chunk_order=one.chunk.chunk_order,
                progress=one.progress,
            )
            for one in self.outstanding()
        ]

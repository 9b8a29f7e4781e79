"""A load as it is recorded."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# as many as `runs list` shows; fewer would soon be another run's
SHORT = 8


@dataclass(frozen=True)
class Run:
    """A load that was committed. `counts` are its figures, `undone` those of taking it back; `undone_at` says when."""

    id: uuid.UUID
    organization_id: uuid.UUID
    organization: str
    account: str
    clean_run: str
    tool_version: str
    options: dict[str, Any]
    counts: dict[str, Any]
    started_at: datetime
    finished_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    undone: dict[str, Any] | None

    @property
    def short(self) -> str:
        """The beginning of the id, as people type it."""
        return str(self.id)[:SHORT]


@dataclass(frozen=True)
class RowsThere:
    """How many of the rows that a run inserted are in the database now, and how many rows it changed."""

    clients: int
    conversations: int
    messages: int
    history_rows: int
    changed_clients: int
    changed_conversations: int
    changed_messages: int

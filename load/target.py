"""What a layout of tables must be able to do to be loaded into; load.run goes through these steps in this order.

Everything between `begin` and `finish` happens in one transaction, which load.run opens and ends.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg

from load.organizations import Organization
from load.report import FailedChat, LoadOptions, LoadReport, RefusedMessage
from schemas.clean_run import CleanRunFolder
from schemas.progress import Progress


@dataclass(frozen=True)
class Job:
    """One load: what, for whom, where to.

    `ledgers` is the folder for what a layout cannot record in its own tables (`runs/<organisation>` of the data
    directory), None where there is no data directory.
    """

    connection: psycopg.Connection
    organization: Organization
    run: uuid.UUID
    clean: CleanRunFolder
    options: LoadOptions
    progress: Progress
    ledgers: Path | None = None

    @property
    def account(self) -> str:
        """The WhatsApp account that the clean run is of."""
        return self.clean.run.account


@dataclass(frozen=True)
class Figures:
    """What a load wrote: chats as in ChatFigures, then rows."""

    total: int
    imported: int
    updated: int
    skipped: int
    left_out: int
    messages_inserted: int
    messages_updated: int
    clients_updated: int
    history_rows: int


@dataclass(frozen=True)
class PlannedClient:
    """A client whom a load inserts or changes. `changes`: [{"field", "old", "new"}], of one who was there."""

    client: str
    phone: str
    name: str | None
    status: str
    language: str | None
    new: bool
    messages_new: int
    messages_changed: int
    changes: list[dict[str, Any]]


class LayoutLoad(Protocol):
    """One load into the tables of one layout."""

    def loaded_already(self) -> LoadReport | None:
        """The report of a load that has nothing to do, when that can be told without comparing; else None."""

    def begin(self) -> None:
        """Record that the run begins."""

    def stage_clients(self) -> int:
        """Bring the clean clients to the server, each with `archived` of his conversation.

        Returns how many of them lost a NUL, which PostgreSQL has no room for.
        """

    def match_people(self) -> list[str]:
        """Find the row of each client who is there; returns warnings."""

    def insert_chats(self) -> None:
        """Choose the chats of this run and insert what is missing of clients and conversations."""

    def load_messages(self) -> Counter[str]:
        """Insert new messages and bring changed ones up to date.

        Returns how many clean messages were `new`, `changed`, `same`, `left_out`, `refused` (with their chat) or of
        `nobody` in the clean clients, and how many written ones lost a NUL (`nul`).
        """

    def follow_messages(self) -> None:
        """Let clients and conversations follow their messages."""

    def figures(self) -> Figures:
        """What was written."""

    def refused_chats(self) -> list[FailedChat]:
        """The chats that the database did not take."""

    def plan(self) -> list[PlannedClient]:
        """Whom the run inserted or changed, latest message first; after `follow_messages`."""

    def refused_messages(self) -> list[RefusedMessage]:
        """The messages that the database did not take for themselves; they are counted as `refused`, too."""

    def finish(self, report: LoadReport) -> LoadReport:
        """Record how the run ended: the last thing in the transaction. Gives the report as it is to be."""

    def abandon(self) -> None:
        """The transaction has failed, or nobody knows whether it was committed."""

    def settle(self, report: LoadReport) -> LoadReport:
        """The report after the transaction, which is committed (or, on a dry run, rolled back) by now."""


class Target(Protocol):
    """A layout that can be loaded into."""

    def check(self, connection: psycopg.Connection) -> None:
        """Raise UserError (6) unless the tables are whole and the user may do what a load does."""

    def open(self, job: Job) -> LayoutLoad:
        """Start a load; nothing is written before `begin`."""

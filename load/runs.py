"""The loads of a database: listed, found by a piece of their id, shown."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from load.database_errors import database_error
from load.migrate import check_migrated
from load.organizations import find_organization
from load.statements import statement
from schemas.errors import ExitCode, UserError

LAST = "last"
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


def list_runs(connection: psycopg.Connection, org: str | None) -> list[Run]:
    """The loads of an organisation (by id or slug), or of all, newest first."""
    check_migrated(connection)
    organization = find_organization(connection, org).id if org else None
    try:
        with connection.cursor(row_factory=class_row(Run)) as cursor:
            return cursor.execute(statement("crm", "undo/runs"), {"organization": organization}).fetchall()
    except psycopg.Error as error:
        raise database_error(error, "reading the loads") from None


def find_run(connection: psycopg.Connection, wanted: str, org: str | None) -> Run:
    """The load with this id or beginning of an id, or the newest that stands (`last`).

    Raises UserError: 2 when it is none, or not one alone; 3 for an unknown organisation; 6 for the database.
    """
    runs = list_runs(connection, org)
    if wanted == LAST:
        return _last(runs)
    text = wanted.strip().lower()
    found = [run for run in runs if text and str(run.id).startswith(text)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError("No load has this id.", hint="see them with: wa2pg runs list", exit_code=ExitCode.USAGE)
    raise UserError(
        f"{len(found)} loads have an id that begins so.",
        hint="give more of the id: wa2pg runs list --json shows all of it",
        exit_code=ExitCode.USAGE,
    )


def rows_there(connection: psycopg.Connection, run: Run) -> RowsThere:
    """Count what of a load is in the database now."""
    try:
        with connection.cursor(row_factory=class_row(RowsThere)) as cursor:
            found = cursor.execute(
                statement("crm", "undo/rows_there"), {"run": run.id, "organization": run.organization_id}
            ).fetchone()
    except psycopg.Error as error:
        raise database_error(error, "counting the rows of the load") from None
    if found is None:
        raise AssertionError("counts without a group give one row")
    return found


def _last(runs: list[Run]) -> Run:
    standing = [run for run in runs if run.undone_at is None]
    if not standing:
        raise UserError(
            "There is no load that stands.", hint="see them with: wa2pg runs list", exit_code=ExitCode.USAGE
        )
    if len({run.organization_id for run in standing}) > 1:
        raise UserError(
            "The last load of which organisation? There are several.",
            hint="name it: --org ORG (wa2pg org list shows them)",
            exit_code=ExitCode.USAGE,
        )
    return standing[0]

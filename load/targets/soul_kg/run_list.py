"""The loads of the Soul KG CRM's database, as the ledgers in the data directory tell them."""

import uuid
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
from pydantic import ValidationError

from load.database_errors import database_error
from load.ledger_files import LedgerRun, changes_of
from load.organizations import Organization
from load.run_ledger import IMAGED
from load.run_record import RowsThere, Run
from load.statements import statement
from load.targets.soul_kg.ledgers import known_runs
from schemas.errors import UserError
from schemas.translation import N_, _


def ledger_runs(connection: psycopg.Connection, organizations: list[Organization], runs: Path) -> list[Run]:
    """The runs of these organisations that went into this database, the one that ended last first."""
    found: list[Run] = []
    for organization in organizations:
        folder = runs / str(organization.id)
        try:
            found += [_run(ledger, organization) for ledger in known_runs(connection, folder, organization.row_id)]
        except psycopg.Error as error:
            raise database_error(error, N_("reading the loads")) from None
        except (ValidationError, OSError):
            raise UserError(
                _("The records of earlier loads in the data directory cannot be read."),
                hint=_(
                    "look at the files in {folder}; a damaged one can be moved away, but its run cannot be undone",
                    folder=folder,
                ),
            ) from None
    return sorted(found, key=lambda run: (run.finished_at, run.id), reverse=True)


def ledger_rows(connection: psycopg.Connection, run: Run, runs: Path) -> RowsThere:
    """How many of the rows that a run inserted are there now."""
    changes = pq.read_table(changes_of(runs / str(run.organization_id), str(run.id)))
    ids: dict[tuple[str, str], list[str]] = {}
    for table, key, action in zip(
        *(changes[name].to_pylist() for name in ("table_name", "row_id", "action")), strict=True
    ):
        ids.setdefault((table, action), []).append(key)
    there = {
        table: _count(connection, table, ids.get((table, "inserted"), []))
        for table in (*IMAGED, "messages", "client_status_history")
    }
    changed = {table: len(set(ids.get((table, "updated"), []))) for table in (*IMAGED, "messages")}
    return RowsThere(
        there["clients"],
        there["conversations"],
        there["messages"],
        there["client_status_history"],
        changed["clients"],
        changed["conversations"],
        changed["messages"],
    )


def _count(connection: psycopg.Connection, table: str, ids: list[str]) -> int:
    row = connection.execute(statement("soul_kg", f"check/count_{table}"), {"ids": ids}).fetchone()
    return int(row[0]) if row else 0


def _run(ledger: LedgerRun, organization: Organization) -> Run:
    return Run(
        id=uuid.UUID(ledger.run),
        organization_id=organization.id,
        organization=organization.slug or organization.row_id,
        account=ledger.account,
        clean_run=ledger.clean_run,
        tool_version=ledger.tool_version,
        options=ledger.options,
        counts=ledger.counts,
        started_at=ledger.started_at,
        finished_at=ledger.finished_at or ledger.started_at,
        undone_at=ledger.undone_at,
        undone_by=ledger.undone_by,
        undone=ledger.undone,
    )

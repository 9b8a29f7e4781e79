"""The Soul KG CRM's tables as a target of loads."""

import time
from collections import Counter
from dataclasses import asdict, replace

import psycopg

from load.clean_tables import NulCount, client_rows
from load.report import FailedChat, LoadReport, RefusedMessage
from load.rights import check_load_rights
from load.run_ledger import IMAGED, NoLedger
from load.target import Figures, Job, PlannedClient
from load.targets.soul_kg.chats import insert_chats, refused_chats
from load.targets.soul_kg.ledgers import open_ledger, settle_ledgers
from load.targets.soul_kg.messages import load_messages
from load.targets.soul_kg.people import match_people, stage_clients
from load.targets.soul_kg.planned import planned_clients
from load.targets.soul_kg.refused import Refusals
from load.targets.soul_kg.schema import SOUL_KG_RIGHTS, check_schema
from load.targets.soul_kg.work import Import
from schemas.errors import ExitCode, UserError
from schemas.translation import _


class SoulKgTarget:
    """The Soul KG CRM's tables, as they stand."""

    def check(self, connection: psycopg.Connection) -> None:
        """Raise UserError (6) unless the tables are whole and the user may load."""
        check_schema(connection)
        check_load_rights(connection, SOUL_KG_RIGHTS)

    def open(self, job: Job) -> "SoulKgLoad":
        """Start a load; raises UserError (2) for --fast, which these tables do not have."""
        if job.options.fast:
            raise UserError(
                _("--fast is for wa2pg's own tables; these are the Soul KG CRM's."),
                hint=_("load without --fast"),
                exit_code=ExitCode.USAGE,
            )
        return SoulKgLoad(job)


class SoulKgLoad:
    """One load into the Soul KG CRM's tables; the steps are those of load.target.LayoutLoad."""

    def __init__(self, job: Job) -> None:
        organization = job.organization
        self._job = job
        self._dry = NoLedger()
        self._work = Import(
            job.connection, organization.row_id, organization.id, job.run, job.account, ledger=self._dry
        )
        self._refusals = Refusals(self._work, job.options.strict)
        self._history_rows = 0
        self._locked: float | None = None

    def loaded_already(self) -> LoadReport | None:
        """Never told without comparing: the CRM's own integration writes these tables too."""
        return None

    def begin(self) -> None:
        """Open the run's ledger, after what became of earlier ones is known."""
        # columns are timestamps without a zone, in UTC; the session's zone would turn what is compared and written
        self._job.connection.execute("set local time zone 'UTC'")
        if self._job.options.dry_run:
            return
        if self._job.ledgers:
            settle_ledgers(self._job.connection, self._job.ledgers, self._work.organization)
        self._work.ledger = open_ledger(self._job)

    def stage_clients(self) -> int:
        """Bring the clean clients to the server; returns how many of them lost a NUL."""
        nul = NulCount()
        stage_clients(self._work, client_rows(self._job.clean, nul))
        return nul.rows

    def match_people(self) -> list[str]:
        """Lock what this run may change, and find the row of each client who is there; returns warnings."""
        warnings, self._locked = match_people(self._work, self._job.progress, self._job.options.lock_timeout)
        return warnings

    def insert_chats(self) -> None:
        """Insert clients that are not there, each with his conversation."""
        insert_chats(self._work, self._job.options, self._job.progress)

    def load_messages(self) -> Counter[str]:
        """Insert the new messages and bring changed ones up to date."""
        return load_messages(self._work, self._job.clean, self._refusals, self._job.progress)

    def follow_messages(self) -> None:
        """Bring what may change of clients and conversations up to date."""
        work, options = self._work, self._job.options
        overwrite = not options.skip_duplicates
        work.execute("decide_clients", overwrite=overwrite, overwrite_status=options.overwrite_status)
        work.ledger.updated("clients", work.execute("keep_clients").fetchall())
        history = [key for (key,) in work.execute("insert_status_history").fetchall()]
        work.ledger.inserted("client_status_history", history)
        self._history_rows = len(history)
        work.execute("update_clients")
        work.ledger.updated("conversations", work.execute("keep_conversations").fetchall())
        work.execute("update_conversations")
        for table in IMAGED:
            rows = work.execute(f"read_{table}", ids=work.ledger.written(table)).fetchall()
            work.ledger.left(table, rows)

    def figures(self) -> Figures:
        """What was written."""
        cursor = self._work.execute("summary")
        row = cursor.fetchone() or ()
        found = dict(zip([column.name for column in cursor.description or ()], row, strict=True))
        return Figures(**found, history_rows=self._history_rows)

    def refused_chats(self) -> list[FailedChat]:
        """The chats that the database did not take."""
        return refused_chats(self._work)

    def plan(self) -> list[PlannedClient]:
        """Whom a dry run inserted or changed."""
        return planned_clients(self._work, self._dry)

    def refused_messages(self) -> list[RefusedMessage]:
        """The messages that the database did not take."""
        return self._refusals.found

    def finish(self, report: LoadReport) -> LoadReport:
        """Make the ledger durable; a run that wrote nothing leaves none."""
        if self._work.ledger.is_empty():
            self._work.ledger.abandon()
            self._work.ledger = self._dry
            return replace(report, run=None)
        self._work.ledger.seal({"chats": asdict(report.chats), "messages": asdict(report.messages)})
        return report

    def abandon(self) -> None:
        """Close the ledger of a run that failed."""
        self._work.ledger.abandon()

    def settle(self, report: LoadReport) -> LoadReport:
        """Close the ledger, and say how long others waited."""
        locked = time.monotonic() - self._locked if self._locked is not None else None
        warnings = report.warnings
        try:
            self._work.ledger.committed()
        except UserError as error:
            # everything is in the database, and the next load finds that out
            warnings = [*warnings, _("{error} The load itself is committed.", error=error.message)]
        return replace(report, messages_locked_seconds=locked, warnings=warnings)

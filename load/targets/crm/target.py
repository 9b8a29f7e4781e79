"""The layout `crm` as a target of loads."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, replace

import psycopg
from psycopg.types.json import Jsonb

from load.clean_tables import compute
from load.layout import Layout
from load.migrate import check_migrated
from load.report import FailedChat, LoadReport, PeopleWithoutNumber, RefusedMessage
from load.rights import check_load_rights
from load.target import Figures, Job, PlannedClient
from load.targets.crm.archive import Archive
from load.targets.crm.clients import insert_chats, refused_chats, stage_clients
from load.targets.crm.fast import check_fast
from load.targets.crm.follow import follow_messages
from load.targets.crm.ledger import keep_standing, standing, standing_figures, wrote_nothing
from load.targets.crm.messages import load_messages
from load.targets.crm.people import match_people
from load.targets.crm.work import Import

# what these say is not what the run was asked to do with the archive
_NOT_RECORDED = {"org", "dry_run", "layout", "strict", "fast", "full", "lock_timeout"}


class CrmTarget:
    """wa2pg's own tables."""

    def check(self, connection: psycopg.Connection) -> None:
        """Raise UserError (6) unless the database is migrated and the user may load."""
        # which migrations are applied is read from a table, too
        check_load_rights(connection)
        check_migrated(connection)

    def open(self, job: Job) -> "CrmLoad":
        """Start a load; raises UserError (6) where --fast cannot be had."""
        if job.options.fast:
            check_fast(job.connection)
        return CrmLoad(job)


class CrmLoad:
    """One load into wa2pg's own tables; the steps are those of load.target.LayoutLoad."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._refused: list[RefusedMessage] = []
        self._work = Import(job.connection, job.organization.id, job.run, job.account)
        self._open = ExitStack()
        self._archive: Archive

    def loaded_already(self) -> LoadReport | None:
        """The report where this very clean run was loaded and the rows stand where that load left them."""
        job = self._job
        found = standing_figures(self._work, job.clean, job.options)
        if found is None:
            return None
        chats, messages = found
        people = PeopleWithoutNumber(job.clean.run.people_without_number, job.clean.run.messages_without_number)
        return LoadReport(
            run=None,
            layout=Layout.CRM.value,
            organization_id=job.organization.row_id,
            dry_run=job.options.dry_run,
            chats=chats,
            messages=messages,
            clients_updated=0,
            history_rows=0,
            people_without_number=people,
            warnings=[],
            nothing_changed=True,
        )

    def begin(self) -> None:
        """Insert the run's row."""
        self._work.connection.execute("savepoint wa2pg_begun")
        clean, options = self._job.clean, self._job.options
        asked = {name: value for name, value in asdict(options).items() if name not in _NOT_RECORDED}
        self._work.connection.execute(
            """
            insert into public.import_runs (
              id, organization_id, account, clean_run, inputs_sha256, tool_version, options
            )
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            [
                self._work.run,
                self._work.organization,
                self._work.account,
                clean.run.run,
                clean.run.inputs_sha256,
                clean.run.tool.version,
                Jsonb(asked),
            ],
        )

    def stage_clients(self) -> int:
        """Bring the clean clients to the server; returns how many of them lost a NUL."""
        duck = self._open.enter_context(compute("crm"))
        self._archive = Archive(duck, self._job.clean)
        self._open.callback(self._archive.stop)
        with_nul = stage_clients(self._work, duck)
        # the figures of the messages, which the last run's rows are compared with, are made while clients are loaded
        self._archive.survey(marked=self._work.execute("last_run").fetchone() is not None)
        return with_nul

    def match_people(self) -> list[str]:
        """Give clients who are there their new numbers; returns warnings."""
        return match_people(self._work)

    def insert_chats(self) -> None:
        """Insert clients and conversations that are not there."""
        insert_chats(self._work, self._job.options, self._job.progress)

    def load_messages(self) -> Counter[str]:
        """Insert the new messages and bring changed ones up to date."""
        loaded = load_messages(self._work, self._archive, self._job.options, self._job.progress)
        self._refused = loaded.refused
        self._open.close()
        return loaded.counts

    def follow_messages(self) -> None:
        """Bring counts, times and what else may change up to date."""
        follow_messages(self._work, self._job.options)

    def figures(self) -> Figures:
        """What was written."""
        cursor = self._work.execute("summary")
        row = cursor.fetchone() or ()
        return Figures(**dict(zip([column.name for column in cursor.description or ()], row, strict=True)))

    def refused_chats(self) -> list[FailedChat]:
        """The chats that the database did not take."""
        return refused_chats(self._work)

    def plan(self) -> list[PlannedClient]:
        """Whom the run inserted or changed."""
        return [PlannedClient(*row) for row in self._work.execute("plan").fetchall()]

    def refused_messages(self) -> list[RefusedMessage]:
        """The messages that the database did not take."""
        return self._refused

    def finish(self, report: LoadReport) -> LoadReport:
        """Give the run's row its figures; a run that wrote nothing leaves no row."""
        work = self._work
        kept = standing(work, self._job.clean, report, self._job.options)
        if wrote_nothing(report):
            work.connection.execute("rollback to savepoint wa2pg_begun")
            if keep_standing(work, kept):
                return replace(report, run=None)
            self.begin()
        work.connection.execute(
            "update public.import_runs set counts = %s, finished_at = clock_timestamp() where id = %s",
            [Jsonb({"chats": asdict(report.chats), "messages": asdict(report.messages), **kept}), work.run],
        )
        return report

    def abandon(self) -> None:
        """Everything was in the tables, and is gone with the transaction."""
        self._open.close()

    def settle(self, report: LoadReport) -> LoadReport:
        """The report as it is: everything is in the tables."""
        return report

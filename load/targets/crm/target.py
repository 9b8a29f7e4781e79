"""The layout `crm` as a target of loads."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from load.migrate import check_migrated
from load.report import FailedChat, LoadReport
from load.rights import check_load_rights
from load.target import Figures, Job, PlannedClient
from load.targets.crm.clients import insert_chats, refused_chats, stage_clients
from load.targets.crm.messages import load_messages
from load.targets.crm.people import match_people
from load.targets.crm.work import Import

# what these say is not what the run was asked to do with the archive
_NOT_RECORDED = {"org", "dry_run", "layout"}


class CrmTarget:
    """wa2pg's own tables."""

    def check(self, connection: psycopg.Connection) -> None:
        """Raise UserError (6) unless the database is migrated and the user may load."""
        check_migrated(connection)
        check_load_rights(connection)

    def open(self, job: Job) -> "CrmLoad":
        """Start a load."""
        return CrmLoad(job)


class CrmLoad:
    """One load into wa2pg's own tables; the steps are those of load.target.LayoutLoad."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._work = Import(job.connection, job.organization.id, job.run, job.account)

    def begin(self) -> None:
        """Insert the run's row."""
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

    def stage_clients(self, rows: Iterable[dict[str, Any]]) -> None:
        """Bring the clean clients to the server."""
        stage_clients(self._work, rows)

    def match_people(self) -> list[str]:
        """Give clients who are there their new numbers; returns warnings."""
        return match_people(self._work)

    def insert_chats(self) -> None:
        """Insert clients and conversations that are not there."""
        insert_chats(self._work, self._job.options, self._job.progress)

    def load_messages(self) -> Counter[str]:
        """Insert the new messages and bring changed ones up to date."""
        return load_messages(self._work, self._job.clean, self._job.progress)

    def follow_messages(self) -> None:
        """Bring counts, times and what else may change up to date."""
        options = self._job.options
        overwrite = not options.skip_duplicates
        self._work.execute("count_messages")
        # what a person writes to these clients from here on waits for us, and what was written before is seen
        self._work.execute("lock_clients")
        self._work.execute("decide_clients", overwrite=overwrite, overwrite_status=options.overwrite_status)
        self._work.execute("keep_clients")
        self._work.execute("insert_status_history")
        self._work.execute("update_clients")
        self._work.execute("update_conversations", overwrite=overwrite)
        self._work.execute("keep_rows")

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

    def finish(self, report: LoadReport) -> None:
        """Give the run's row its figures."""
        self._work.connection.execute(
            "update public.import_runs set counts = %s, finished_at = clock_timestamp() where id = %s",
            [Jsonb({"chats": asdict(report.chats), "messages": asdict(report.messages)}), self._work.run],
        )

    def abandon(self) -> None:
        """Everything was in the tables, and is gone with the transaction."""

    def settle(self, report: LoadReport) -> LoadReport:
        """The report as it is: everything is in the tables."""
        return report

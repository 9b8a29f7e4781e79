"""Loading a clean run into PostgreSQL: one transaction, so that either all of it is in or nothing is.

Everything that can be loaded twice without a difference is: what the database has is compared, and only what is
missing or changed is written. A dry run does the same and takes it back, so its figures are the true ones.
"""

import time
import uuid
from dataclasses import asdict, replace
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from load.clean_tables import NulCount, check_tables, client_rows
from load.database_errors import database_error
from load.layout import Layout
from load.locks import limited_waits, wait_for_turn
from load.migrate import check_migrated
from load.organizations import find_organization
from load.report import ChatFigures, LoadOptions, LoadReport, MessageFigures, PeopleWithoutNumber
from load.rights import check_load_rights
from load.targets.crm.clients import insert_chats, refused_chats, stage_clients
from load.targets.crm.fast import check_fast
from load.targets.crm.follow import follow_messages
from load.targets.crm.messages import load_messages
from load.targets.crm.people import match_people
from load.targets.crm.work import Import
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step, no_progress


def load(
    connection: psycopg.Connection, clean: CleanRunFolder, options: LoadOptions, progress: Progress = no_progress
) -> LoadReport:
    """Load the clean run for one organisation; the connection must be in autocommit, as `connect` gives it.

    Raises UserError: 2 for options, 3 for an unknown organisation, 5 for a damaged clean run, 6 for the database.
    Whatever it raises, and however it dies, nothing of the run is in the database then.
    """
    if options.limit is not None and options.limit < 1:
        raise UserError("A limit is at least 1.", hint="for example: --limit 100", exit_code=ExitCode.USAGE)
    check_tables(clean)
    try:
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        check_migrated(connection)
        check_load_rights(connection)
        if options.fast:
            check_fast(connection)
        organization = find_organization(connection, options.org)
        work = Import(connection, organization.id, uuid.uuid4(), clean.run.account)
        with connection.transaction(force_rollback=options.dry_run):
            wait_for_turn(connection, organization.id, progress, options.lock_timeout)
            begin = time.monotonic()
            with limited_waits(connection, progress, options.lock_timeout):
                report = _load(work, clean, options, progress)
        return replace(report, seconds=time.monotonic() - begin)
    except psycopg.Error as error:
        raise database_error(error, "loading") from None


def _load(work: Import, clean: CleanRunFolder, options: LoadOptions, progress: Progress) -> LoadReport:
    # a server may end transactions that look idle while we compare
    work.connection.execute("set local idle_in_transaction_session_timeout = 0")
    _begin_run(work, clean, options)
    nul = NulCount()
    progress(Step("reading clients"))
    stage_clients(work, client_rows(clean, nul))
    progress(Step("loading clients"))
    warnings = match_people(work)
    insert_chats(work, options, progress)
    loaded = load_messages(work, clean, options, progress)
    counted = loaded.counts
    progress(Step("bringing counts up to date"))
    follow_messages(work, options)
    figures = _one(work, "summary")
    looked_at = counted["new"] + counted["changed"] + counted["same"]
    warnings += _warnings(options, nul.rows + counted["nul"], counted["nobody"])
    report = LoadReport(
        run=None if options.dry_run else str(work.run),
        layout=Layout.CRM.value,
        organization_id=str(work.organization),
        dry_run=options.dry_run,
        chats=ChatFigures(
            total=figures["total"],
            imported=figures["imported"],
            updated=figures["updated"],
            skipped=figures["skipped"],
            left_out=figures["left_out"],
            failed=refused_chats(work),
        ),
        messages=MessageFigures(
            total=counted.total() - counted["nul"],
            inserted=figures["messages_inserted"],
            updated=figures["messages_updated"],
            already_there=looked_at - figures["messages_inserted"] - figures["messages_updated"],
            rejected=counted["refused"] + counted["nobody"],
            left_out=counted["left_out"],
        ),
        clients_updated=figures["clients_updated"],
        history_rows=figures["history_rows"],
        people_without_number=PeopleWithoutNumber(clean.run.people_without_number, clean.run.messages_without_number),
        warnings=warnings,
        refused=loaded.refused,
    )
    work.connection.execute(
        "update public.import_runs set counts = %s, finished_at = clock_timestamp() where id = %s",
        [Jsonb({"chats": asdict(report.chats), "messages": asdict(report.messages)}), work.run],
    )
    return report


def _begin_run(work: Import, clean: CleanRunFolder, options: LoadOptions) -> None:
    asked = {name: value for name, value in asdict(options).items() if name not in {"org", "dry_run"}}
    work.connection.execute(
        """
        insert into public.import_runs (id, organization_id, account, clean_run, inputs_sha256, tool_version, options)
        values (%s, %s, %s, %s, %s, %s, %s)
        """,
        [
            work.run,
            work.organization,
            work.account,
            clean.run.run,
            clean.run.inputs_sha256,
            clean.run.tool.version,
            Jsonb(asked),
        ],
    )


def _warnings(options: LoadOptions, with_nul: int, orphans: int) -> list[str]:
    warnings = []
    if with_nul:
        warnings.append(f"{with_nul} rows held the character NUL, which PostgreSQL cannot hold; it was taken away")
    if orphans:
        warnings.append(f"{orphans} messages belong to no client of the clean run and were not loaded")
    if options.overwrite_status and options.skip_duplicates:
        warnings.append("--overwrite-status does nothing without --no-skip-duplicates")
    return warnings


def _one(work: Import, name: str) -> dict[str, Any]:
    cursor = work.execute(name)
    row = cursor.fetchone()
    return dict(zip([column.name for column in cursor.description or ()], row or (), strict=True))

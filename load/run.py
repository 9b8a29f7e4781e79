"""Loading a clean run into PostgreSQL: one transaction, so that either all of it is in or nothing is.

Everything that can be loaded twice without a difference is: what the database has is compared, and only what is
missing or changed is written. A dry run does the same and takes it back, so its figures are the true ones.
The steps are the same for every layout of tables; what they do is in load/targets.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg

from load.choose_target import choose_target
from load.clean_tables import check_tables, held_back
from load.database import ensure_usual_names
from load.database_errors import database_error
from load.layout import Layout
from load.locks import limited_waits, wait_for_turn
from load.organizations import Organization, find_organization
from load.refused import refuse_any
from load.report import ChatFigures, LoadOptions, LoadReport, MessageFigures, PeopleWithoutNumber
from load.target import Job, LayoutLoad, Target
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step, no_progress
from schemas.translation import N_, _, ngettext


def load(
    connection: psycopg.Connection,
    clean: CleanRunFolder,
    options: LoadOptions,
    progress: Progress = no_progress,
    *,
    runs: Path | None = None,
    look: Callable[[LayoutLoad], None] | None = None,
) -> LoadReport:
    """Load the clean run for one organisation; the connection must be in autocommit, as `connect` gives it.

    `runs` is the data directory's folder of that name, for layouts whose tables have no place for the run itself.
    `look` sees what the load has written, before it is committed or, on a dry run, taken back.
    Raises UserError: 2 for options, 3 for an unknown organisation, 5 for a damaged clean run, 6 for the database.
    Whatever it raises, and however it dies, nothing of the run is in the database then.
    """
    if options.limit is not None and options.limit < 1:
        raise UserError(
            _("A limit is at least 1."),
            hint=_("for example: {command}", command="--limit 100"),
            exit_code=ExitCode.USAGE,
        )
    check_tables(clean)
    layout, target, organization = _find_place(connection, options)
    try:
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        ledgers = runs / str(organization.id) if runs else None
        job = Job(connection, organization, uuid.uuid4(), clean, options, progress, ledgers)
        work = target.open(job)
        try:
            with connection.transaction(force_rollback=options.dry_run):
                ensure_usual_names(connection)
                wait_for_turn(connection, organization.id, progress, options.lock_timeout)
                begin = time.monotonic()
                with limited_waits(connection, progress, options.lock_timeout):
                    report = work.loaded_already() or _load(layout, work, job, look)
        except BaseException:
            work.abandon()
            raise
        return replace(work.settle(report), seconds=time.monotonic() - begin)
    except psycopg.Error as error:
        raise database_error(error, N_("loading")) from None


def check_ready(connection: psycopg.Connection, options: LoadOptions) -> None:
    """Raise what would stop a load before it begins: UserError 3 or 6 as `load`."""
    _find_place(connection, options)


def _find_place(connection: psycopg.Connection, options: LoadOptions) -> tuple[Layout, Target, Organization]:
    try:
        layout, target = choose_target(connection, options.layout)
        target.check(connection)
    except psycopg.Error as error:
        raise database_error(error, N_("looking at the database's tables")) from None
    return layout, target, find_organization(connection, options.org)


def _load(layout: Layout, work: LayoutLoad, job: Job, look: Callable[[LayoutLoad], None] | None) -> LoadReport:
    clean, options, progress = job.clean, job.options, job.progress
    # a server may end transactions that look idle while we compare
    job.connection.execute("set local idle_in_transaction_session_timeout = 0")
    # a rule that waits for the end of the transaction would refuse the run instead of the row
    job.connection.execute("set constraints all immediate")
    work.begin()
    progress(Step(N_("reading clients")))
    with_nul = work.stage_clients()
    progress(Step(N_("loading clients")))
    warnings = work.match_people()
    work.insert_chats()
    if options.strict:
        refuse_any(work.refused_chats())
    counted = work.load_messages()
    progress(Step(N_("bringing counts up to date")))
    work.follow_messages()
    figures = work.figures()
    chats_held_back = held_back(clean).num_rows
    looked_at = counted["new"] + counted["changed"] + counted["same"]
    warnings += _warnings(options, with_nul + counted["nul"], counted["nobody"])
    report = LoadReport(
        run=None if options.dry_run else str(job.run),
        layout=layout.value,
        organization_id=job.organization.row_id,
        dry_run=options.dry_run,
        chats=ChatFigures(
            total=figures.total + chats_held_back,
            imported=figures.imported,
            updated=figures.updated,
            skipped=figures.skipped,
            left_out=figures.left_out,
            failed=work.refused_chats(),
            held_back=chats_held_back,
        ),
        messages=MessageFigures(
            total=counted.total() - counted["nul"],
            inserted=figures.messages_inserted,
            updated=figures.messages_updated,
            already_there=looked_at - figures.messages_inserted - figures.messages_updated,
            rejected=counted["refused"] + counted["nobody"],
            left_out=counted["left_out"],
            held_back=counted["held_back"],
        ),
        clients_updated=figures.clients_updated,
        history_rows=figures.history_rows,
        people_without_number=PeopleWithoutNumber(clean.run.people_without_number, clean.run.messages_without_number),
        warnings=warnings,
        refused=work.refused_messages(),
    )
    if look:
        look(work)
    return work.finish(report)


def _warnings(options: LoadOptions, with_nul: int, orphans: int) -> list[str]:
    warnings = []
    if with_nul:
        warnings.append(
            ngettext(
                "{count} row held the character NUL, which PostgreSQL cannot hold; it was taken away",
                "{count} rows held the character NUL, which PostgreSQL cannot hold; it was taken away",
                with_nul,
            )
        )
    if orphans:
        warnings.append(
            ngettext(
                "{count} message belongs to no client of the clean run and was not loaded",
                "{count} messages belong to no client of the clean run and were not loaded",
                orphans,
            )
        )
    if options.overwrite_status and options.skip_duplicates:
        warnings.append(_("--overwrite-status does nothing without --no-skip-duplicates"))
    return warnings

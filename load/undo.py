"""Taking a load back: exactly what it inserted goes, what it changed gets its earlier values, in one transaction.

What people, other programs or later loads have built on is left: without `force` that is a reason to take nothing
back, with it everything else goes.
"""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg

from load.database import ensure_usual_names
from load.database_errors import database_error
from load.layout import Layout, recognise
from load.locks import wait_for_turn
from load.organizations import list_organizations
from load.report import LoadOptions
from load.run_record import Run
from load.runs import find_run
from load.taking_back import LayoutUndo, Taken, slow_references
from load.targets.crm.take_back import CrmUndo
from load.targets.crm.work import Import
from load.targets.soul_kg.take_back import SoulKgUndo
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step, no_progress
from schemas.translation import N_, _, ngettext


@dataclass(frozen=True)
class UndoOptions:
    """`run`: an id, its beginning, or `last`; `org` narrows the choice. `force` leaves what people have worked on.

    `lock_timeout`: how many seconds to wait for others who load or write.
    """

    run: str
    org: str | None = None
    force: bool = False
    dry_run: bool = False
    lock_timeout: float = LoadOptions.lock_timeout


@dataclass(frozen=True)
class Conflict:
    """Rows of one client and table that stay, and why; `by` is the run or table in the way, `row` one of them."""

    client: str | None
    table: str
    reason: str
    by: str | None
    rows: int
    row: str


@dataclass(frozen=True)
class RowFigures:
    """`removed`: inserted by the run and deleted now; `restored`: given their earlier values; `left`: as they are."""

    removed: int = 0
    restored: int = 0
    left: int = 0


@dataclass(frozen=True)
class UndoReport:
    """What taking a load back did, or would do; when `refused`, nothing was done and `conflicts` say why.

    `locked_seconds`: for so long others could read the tables and not write to them.
    """

    run: str
    layout: str
    organization_id: str
    dry_run: bool
    refused: bool
    clients: RowFigures
    conversations: RowFigures
    messages: RowFigures
    history_rows: int
    conflicts: list[Conflict]
    warnings: list[str] = field(default_factory=list)
    locked_seconds: float = field(compare=False, default=0.0)


def undo(
    connection: psycopg.Connection,
    options: UndoOptions,
    progress: Progress = no_progress,
    *,
    runs: Path | None = None,
) -> UndoReport:
    """Take a load back; the connection must be in autocommit, as `connect` gives it.

    `runs` is the data directory's folder of that name, for layouts whose tables have no place for the run itself.
    Raises UserError: 1 when the load was taken back before, 2 for an unknown run, 3 for an unknown organisation, 6 for
    the database. Whatever it raises, and however it dies, nothing was taken back then.
    """
    run = find_run(connection, options.run, options.org, runs)
    try:
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        layout = recognise(connection).layout
        work = _open(connection, layout, run, runs)
        work.check()
        with connection.transaction() as transaction:
            ensure_usual_names(connection)
            report = _undo(connection, work, layout, run, options, progress, runs)
            if options.dry_run or report.refused:
                raise psycopg.Rollback(transaction)
    except psycopg.Error as error:
        raise database_error(error, N_("taking the load back")) from None
    if not (options.dry_run or report.refused):
        work.settle()
    return report


def _open(connection: psycopg.Connection, layout: Layout, run: Run, runs: Path | None) -> LayoutUndo:
    if layout is Layout.SOUL_KG and runs:
        organization = next(found for found in list_organizations(connection) if found.id == run.organization_id)
        return SoulKgUndo(connection, organization, str(run.id), runs / str(organization.id))
    return CrmUndo(Import(connection, run.organization_id, run.id, run.account))


def _undo(
    connection: psycopg.Connection,
    work: LayoutUndo,
    layout: Layout,
    run: Run,
    options: UndoOptions,
    progress: Progress,
    runs: Path | None,
) -> UndoReport:
    wait_for_turn(connection, run.organization_id, progress, options.lock_timeout)
    begin = time.monotonic()
    work.begin(progress, options.lock_timeout)
    # seen only now that no other undo of this organisation goes on
    _refuse_twice(find_run(connection, str(run.id), None, runs))
    progress(Step(N_("looking for what was done since")))
    conflicts = [Conflict(*row) for row in work.find_kept()]
    report = UndoReport(
        run=str(run.id),
        layout=layout.value,
        organization_id=str(run.organization_id),
        dry_run=options.dry_run,
        refused=bool(conflicts) and not options.force,
        clients=RowFigures(),
        conversations=RowFigures(),
        messages=RowFigures(),
        history_rows=0,
        conflicts=conflicts,
        warnings=slow_references(connection),
    )
    if report.refused:
        return report
    progress(Step(N_("taking the load back")))
    taken = work.take_back()
    if not options.dry_run:
        work.mark(taken)
    return replace(
        report,
        clients=_figures(taken, "clients"),
        conversations=_figures(taken, "conversations"),
        messages=_figures(taken, "messages"),
        history_rows=taken.removed["client_status_history"],
        locked_seconds=time.monotonic() - begin,
    )


def _figures(taken: Taken, table: str) -> RowFigures:
    return RowFigures(taken.removed[table], taken.restored[table], taken.left[table])


def _refuse_twice(run: Run) -> None:
    if run.undone_at is None:
        return
    left = sum((run.undone or {}).get("left", {}).values())
    when = {"at": run.undone_at, "by": run.undone_by}
    raise UserError(
        ngettext(
            "This load was taken back before, at {at} by {by}; {count} row that people had worked on was left.",
            "This load was taken back before, at {at} by {by}; {count} rows that people had worked on were left.",
            left,
            **when,
        )
        if left
        else _("This load was taken back before, at {at} by {by}.", **when),
        hint=_("see: wa2pg runs list; to bring its rows again, load the clean run: wa2pg load"),
        exit_code=ExitCode.FAILED,
    )

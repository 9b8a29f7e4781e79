"""The loads of a database: listed, found by a piece of their id, shown."""

from pathlib import Path

import psycopg
from psycopg.rows import class_row

from load.database_errors import database_error
from load.layout import Layout, recognise
from load.migrate import check_migrated
from load.organizations import find_organization, list_organizations
from load.run_record import RowsThere, Run
from load.statements import statement
from load.targets.soul_kg.run_list import ledger_rows, ledger_runs
from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _, ngettext

LAST = "last"


def list_runs(connection: psycopg.Connection, org: str | None, runs: Path | None = None) -> list[Run]:
    """The loads of an organisation (by id or slug), or of all, the one that ended last first.

    `runs` is the data directory's folder of that name: layouts whose tables have no place for runs have them there.
    """
    try:
        if recognise(connection).layout is Layout.SOUL_KG:
            organizations = [find_organization(connection, org)] if org else list_organizations(connection)
            return ledger_runs(connection, organizations, runs) if runs else []
        check_migrated(connection)
        organization = find_organization(connection, org).id if org else None
        with connection.cursor(row_factory=class_row(Run)) as cursor:
            return cursor.execute(statement("crm", "undo/runs"), {"organization": organization}).fetchall()
    except psycopg.Error as error:
        raise database_error(error, N_("reading the loads")) from None


def find_run(connection: psycopg.Connection, wanted: str, org: str | None, runs: Path | None = None) -> Run:
    """The load with this id or beginning of an id, or the newest that stands (`last`).

    Raises UserError: 2 when it is none, or not one alone; 3 for an unknown organisation; 6 for the database.
    """
    known = list_runs(connection, org, runs)
    if wanted == LAST:
        return _last(known)
    text = wanted.strip().lower()
    found = [run for run in known if text and str(run.id).startswith(text)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError(
            _("No load has this id."),
            hint=_("see them with: {command}", command="wa2pg runs list"),
            exit_code=ExitCode.USAGE,
        )
    raise UserError(
        ngettext("{count} load has an id that begins so.", "{count} loads have an id that begins so.", len(found)),
        hint=_("give more of the id: {command} shows all of it", command="wa2pg runs list --json"),
        exit_code=ExitCode.USAGE,
    )


def rows_there(connection: psycopg.Connection, run: Run, runs: Path | None = None) -> RowsThere:
    """Count what of a load is in the database now."""
    try:
        if runs and recognise(connection).layout is Layout.SOUL_KG:
            return ledger_rows(connection, run, runs)
        with connection.cursor(row_factory=class_row(RowsThere)) as cursor:
            found = cursor.execute(
                statement("crm", "undo/rows_there"), {"run": run.id, "organization": run.organization_id}
            ).fetchone()
    except psycopg.Error as error:
        raise database_error(error, N_("counting the rows of the load")) from None
    if found is None:
        raise AssertionError("counts without a group give one row")
    return found


def _last(runs: list[Run]) -> Run:
    standing = [run for run in runs if run.undone_at is None]
    if not standing:
        raise UserError(
            _("There is no load that stands."),
            hint=_("see them with: {command}", command="wa2pg runs list"),
            exit_code=ExitCode.USAGE,
        )
    if len({run.organization_id for run in standing}) > 1:
        raise UserError(
            _("The last load of which organisation? There are several."),
            hint=_("name it: --org ORG (wa2pg org list shows them)"),
            exit_code=ExitCode.USAGE,
        )
    return standing[0]

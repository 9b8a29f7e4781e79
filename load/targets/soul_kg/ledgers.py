"""The ledgers of an organisation's runs: opening one, and finding out what became of those that nobody closed."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from pydantic import ValidationError

from load.layout import Layout
from load.ledger_files import (
    LedgerPlace,
    LedgerRun,
    clear_unsealed,
    mark_committed,
    read_ledgers,
    remove_ledger,
    write_run,
)
from load.run_ledger import FileLedger
from load.statements import statement
from load.target import Job
from schemas.errors import UserError
from schemas.translation import _


def open_ledger(job: Job) -> FileLedger:
    """The ledger of a run whose transaction has begun."""
    if job.ledgers is None:
        raise ValueError("a load into this layout needs the data directory's folder for runs")
    clean = job.clean.run
    options = {name: value for name, value in asdict(job.options).items() if name not in {"org", "dry_run", "layout"}}
    run = LedgerRun(
        run=str(job.run),
        layout=Layout.SOUL_KG.value,
        organization=job.organization.row_id,
        account=job.account,
        clean_run=clean.run,
        inputs_sha256=clean.inputs_sha256,
        tool_version=clean.tool.version,
        options=options,
        place=place_of(job.connection),
        started_at=datetime.now(UTC),
    )
    return FileLedger(job.ledgers, run)


def settle_ledgers(connection: psycopg.Connection, folder: Path, organization: str) -> None:
    """Find out about runs that were written and never closed: in the database they are committed, else removed.

    To be called by whoever has the organisation's turn, so that none of them is under way in this database. What the
    database cannot tell any more (an old transaction without a mark) is left `written`. Raises UserError (1) when a
    ledger cannot be read.
    """
    if not folder.is_dir():
        return
    clear_unsealed(folder)
    try:
        runs = read_ledgers(folder)
    except (ValidationError, OSError):
        raise UserError(
            _("The records of earlier loads in the data directory cannot be read."),
            hint=_(
                "look at the files in {folder}; one that is damaged can be moved away, but its run cannot be undone",
                folder=folder,
            ),
        ) from None
    here = _cluster(connection)
    for recorded in runs:
        run = _undo_told(connection, recorded, here)
        if run is not recorded:
            write_run(folder, run)
        if run.state != "written" or (run.place.cluster, run.place.database) != here:
            continue
        became = _became(connection, run, organization)
        if became == "committed":
            mark_committed(folder, run)
        elif became == "aborted":
            remove_ledger(folder, run.run)


def known_runs(connection: psycopg.Connection, folder: Path, organization: str) -> list[LedgerRun]:
    """The runs that are in this database, oldest first, as it knows them; no record is changed.

    Runs of other databases are left out: another copy of the CRM has rows of the same keys. So are runs that died
    before their commit, and one whose taking back died before its commit stands. Raises ValueError for a record that
    cannot be read.
    """
    if not folder.is_dir():
        return []
    here = _cluster(connection)
    known = []
    for recorded in read_ledgers(folder):
        if not is_here(connection, recorded, organization):
            continue
        run = _undo_told(connection, recorded, here)
        unsettled = run.state == "written" and (run.place.cluster, run.place.database) == here
        if not unsettled or _became(connection, run, organization) in {"committed", None}:
            known.append(run)
    return known


def _undo_told(connection: psycopg.Connection, run: LedgerRun, here: tuple[str | None, int]) -> LedgerRun:
    """What the record of a run is to say where its taking back was never closed; the same run when nothing else."""
    cluster, database = here
    if run.undoing is None or run.undoing.database != database:
        return run
    if cluster and run.undoing.cluster and run.undoing.cluster != cluster:
        return run
    became = _status(connection, run.undoing.transaction)
    if became == "committed":
        run = run.model_copy(update={"undoing": None})
    elif became == "aborted":
        run = run.model_copy(update={"undoing": None, "undone_at": None, "undone_by": None, "undone": None})
    return run


def _became(connection: psycopg.Connection, run: LedgerRun, organization: str) -> str | None:
    names = {"organization": organization, "wanted": run.run}
    row = connection.execute(statement("soul_kg", "find_marks"), names).fetchone()
    if row and row[0]:
        return "committed"
    return _status(connection, run.place.transaction)


def _status(connection: psycopg.Connection, transaction: str) -> str | None:
    """What became of a transaction: committed, aborted, in progress; None when the database has forgotten it."""
    try:
        with connection.transaction():
            row = connection.execute("select pg_xact_status(%s::xid8)", [transaction]).fetchone()
    except psycopg.errors.InvalidParameterValue:
        # the transaction is in this database's future: the cluster was restored from an older copy
        return None
    return row[0] if row else None


def place_of(connection: psycopg.Connection) -> LedgerPlace:
    """Where the connection's transaction is."""
    row = connection.execute("select pg_current_xact_id()::text").fetchone()
    cluster, database = _cluster(connection)
    return LedgerPlace(cluster=cluster, database=database, transaction=row[0] if row else "")


def _cluster(connection: psycopg.Connection) -> tuple[str | None, int]:
    row = connection.execute(
        """
        select oid::bigint, has_function_privilege('pg_catalog.pg_control_system()', 'execute')
        from pg_catalog.pg_database where datname = current_database()
        """
    ).fetchone()
    database, may_ask = row or (0, False)
    if not may_ask:
        return None, database
    row = connection.execute("select system_identifier::text from pg_catalog.pg_control_system()").fetchone()
    return (row[0] if row else None), database


def is_here(connection: psycopg.Connection, run: LedgerRun, organization: str) -> bool:
    """Whether a run went into this database: it says so, or its mark is in some client."""
    if (run.place.cluster, run.place.database) == _cluster(connection):
        return True
    names = {"organization": organization, "wanted": run.run}
    row = connection.execute(statement("soul_kg", "find_marks"), names).fetchone()
    return bool(row and row[0])

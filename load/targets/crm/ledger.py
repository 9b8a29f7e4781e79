"""The short answer of a load: the same clean run was loaded before, and the rows stand where that left them.

What was loaded, and where the rows stood then, is kept under `standing` in the `counts` of the account's last import
run, written in the load's own transaction. It is never believed without counting: state.sql says what is compared, and
what that does not notice.
"""

import hashlib
from dataclasses import asdict
from typing import Any

from psycopg.types.json import Jsonb

from load.report import ChatFigures, LoadOptions, LoadReport, MessageFigures
from load.targets.crm.work import Import
from schemas.clean_run import CleanRunFolder
from schemas.version import VERSION


def standing_figures(
    work: Import, clean: CleanRunFolder, options: LoadOptions
) -> tuple[ChatFigures, MessageFigures] | None:
    """The figures of a load that has nothing to do; None where that cannot be told without comparing."""
    if options.full or not _whole(options):
        return None
    last = work.execute("last_run").fetchone()
    standing = last[1].get("standing") if last else None
    if not standing or standing["loaded"] != _loaded(clean, options):
        return None
    with work.connection.transaction(force_rollback=True):
        work.execute("make_totals")
        rows = _rows(work)
    if rows != standing["rows"]:
        return None
    chats, messages = standing["chats"], standing["messages"]
    there = {"imported": 0, "updated": 0, "skipped": chats["imported"] + chats["updated"] + chats["skipped"]}
    known = messages["inserted"] + messages["updated"] + messages["already_there"]
    return (
        ChatFigures(**chats | there),
        MessageFigures(**messages | {"inserted": 0, "updated": 0, "already_there": known}),
    )


def standing(work: Import, clean: CleanRunFolder, report: LoadReport, options: LoadOptions) -> dict[str, Any]:
    """What to keep in the run's `counts` for `standing_figures`; nothing where the next load may fare better."""
    if not _whole(options) or report.refused or report.chats.failed:
        return {}
    rows = _rows(work)
    # looked for after the rows were read: what was gone from them is found
    gone = work.execute("gone_meanwhile").fetchone()
    if gone and gone[0]:
        return {}
    figures = {"chats": asdict(report.chats), "messages": asdict(report.messages)}
    return {"standing": {"loaded": _loaded(clean, options), "rows": rows, **figures}}


def wrote_nothing(report: LoadReport) -> bool:
    """Whether the load left every table as it was."""
    chats, messages = report.chats, report.messages
    written = (chats.imported, chats.updated, messages.inserted, messages.updated)
    return not any((*written, report.clients_updated, report.history_rows))


def keep_standing(work: Import, kept: dict[str, Any]) -> bool:
    """Give the account's last run what this one, which wrote nothing, has found; False when there is no last run."""
    last = work.execute("last_run").fetchone()
    if not last:
        return False
    run, counts = last
    counts.pop("standing", None)
    work.connection.execute(
        "update public.import_runs set counts = %s where id = %s and counts is distinct from %s",
        [Jsonb(counts | kept), run, Jsonb(counts | kept)],
    )
    return True


def _whole(options: LoadOptions) -> bool:
    # with these the same command again goes on where the last one ended
    return options.limit is None and not options.only_new


def _loaded(clean: CleanRunFolder, options: LoadOptions) -> str:
    tables = [clean.run.tables[name].sha256 for name in sorted(clean.run.tables)]
    asked = [options.skip_duplicates, options.overwrite_status]
    return hashlib.sha256(repr((VERSION, tables, asked)).encode()).hexdigest()


def _rows(work: Import) -> str:
    with work.connection.transaction(force_rollback=True):
        # the rows are hashed as text, which is not to depend on who looks
        work.connection.execute("set local timezone = 'UTC'")
        work.connection.execute("set local datestyle = 'ISO, MDY'")
        work.connection.execute("set local intervalstyle = 'postgres'")
        work.connection.execute("set local extra_float_digits = 1")
        work.connection.execute("set local bytea_output = 'hex'")
        found = work.execute("state").fetchone()
    return str(found[0]) if found else ""

"""The short answer of a load: the same clean run was loaded, and the organisation's rows stand where it left them.

What was loaded, and where the rows stood then, is in `counts` of the account's last import run, written in the load's own
transaction. It is never believed without counting: see state.sql for what is compared, and what that does not notice.
"""

import hashlib
from dataclasses import asdict, fields, replace
from typing import Any

import psycopg
from psycopg import Rollback
from psycopg.types.json import Jsonb

from load.report import ChatFigures, LoadOptions, LoadReport, MessageFigures
from load.targets.crm.work import Import
from schemas.clean_run import CleanRunFolder
from schemas.version import VERSION


def loaded_already(work: Import, clean: CleanRunFolder, options: LoadOptions) -> dict[str, Any] | None:
    """The counts of the load that brought this clean run, when the rows stand where it left them; None else."""
    if options.full or not _whole(options):
        return None
    last = work.execute("last_state").fetchone()
    counts: dict[str, Any] = last[1] if last else {}
    if not counts.get("state") or counts.get("loaded") != _loaded(clean, options):
        return None
    state = ""
    with work.connection.transaction() as looking:
        work.execute("make_totals")
        state = _state(work)
        raise Rollback(looking)
    return counts if state == counts["state"] else None

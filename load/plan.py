"""What a load would do, client by client, as a person reads it before he lets it happen.

The plan is made by the load itself, which is then taken back: its figures are the true ones.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from load.report import LoadOptions, LoadReport
from load.run import load
from load.target import LayoutLoad, PlannedClient
from schemas.clean_run import CleanRunFolder
from schemas.files import make_private_folder, replace_file
from schemas.progress import Progress, no_progress

COLUMNS = (
    "what",
    "phone",
    "name",
    "status",
    "language",
    "messages_new",
    "messages_changed",
    "field",
    "old",
    "new",
    "client",
)
# what a spreadsheet takes for the beginning of a formula, the full-width signs too
_FORMULA_SIGNS = "=+-@\t\r\n|＝＋－＠"


@dataclass(frozen=True)
class Plan:
    """The clients whom a load would insert or change, those with the latest message first, and the load's report."""

    clients: list[PlannedClient]
    report: LoadReport


def plan(
    connection: psycopg.Connection,
    clean: CleanRunFolder,
    options: LoadOptions,
    progress: Progress = no_progress,
    *,
    runs: Path | None = None,
) -> Plan:
    """Load the clean run, look, and roll it back; the arguments and errors are load's."""
    found: list[PlannedClient] = []

    def look(work: LayoutLoad) -> None:
        found.extend(work.plan())

    report = load(connection, clean, replace(options, dry_run=True), progress, runs=runs, look=look)
    return Plan(found, report)


def write_plan(path: Path, clients: Iterable[PlannedClient]) -> None:
    """Write the plan as CSV, whole or not at all, readable by its owner alone.

    One line for each change of a field; a client of whom no field changes has one line without. Cells that a
    spreadsheet would take for a formula stand behind an apostrophe, phones too.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for client in clients:
        told = {
            "what": "new" if client.new else "changed",
            "phone": client.phone,
            "name": client.name,
            "status": client.status,
            "language": client.language,
            "messages_new": client.messages_new,
            "messages_changed": client.messages_changed,
            "client": client.client,
        }
        for change in client.changes or [{}]:
            writer.writerow([_cell((told | change).get(name)) for name in COLUMNS])
    make_private_folder(path.parent)
    # the mark tells spreadsheets that it is UTF-8
    replace_file(path, text.getvalue().encode("utf-8-sig"))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    bare = text.lstrip("' ")
    return "'" + text if isinstance(value, str) and bare and bare[0] in _FORMULA_SIGNS else text

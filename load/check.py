"""Looking whether the database is whole, and whether it has what the archive has. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from load.choose_target import choose_target
from load.clean_tables import NulCount, check_tables, client_rows
from load.database_errors import database_error
from load.layout import Layout
from load.organizations import Organization, find_organization
from load.statements import statement
from schemas.clean_run import CleanRunFolder
from schemas.progress import Progress, Step, no_progress
from schemas.translation import N_

# finding -> what was found, and what to do, translated where they are shown; those of STATE say only how far the
# database is
FINDINGS: Mapping[str, tuple[str, str]] = {
    "orphan_conversations": (
        N_("conversations without their client"),
        N_("restore the clients from a backup, or delete these conversations"),
    ),
    "orphan_messages": (
        N_("messages without their conversation"),
        N_("restore the conversations from a backup, or delete these messages"),
    ),
    "orphan_statuses": (N_("status history without its client"), N_("delete these rows")),
    "unknown_runs": (N_("messages of a load that is not listed"), N_("restore import_runs from a backup")),
    "double_phones": (N_("clients with the same phone"), N_("merge them in the CRM: wa2pg merges no rows")),
    "double_people": (
        N_("clients who are one person in WhatsApp, under several numbers"),
        N_("merge them in the CRM: wa2pg merges no rows"),
    ),
    "uncounted_conversations": (
        N_("conversations whose counts do not follow their messages"),
        N_("run: wa2pg load (counts follow the messages of every chat it loads)"),
    ),
    "uncounted_clients": (
        N_("clients whose counts do not follow their messages"),
        N_("run: wa2pg load (counts follow the messages of every chat it loads)"),
    ),
    "double_messages": (
        N_("messages that stand twice in one conversation"),
        N_("look at them in the CRM and delete one of each: wa2pg made none of them twice"),
    ),
    "late_conversations": (
        N_("conversations whose last time is before their last message"),
        N_('the CRM sorts them too low: correct "lastMessageAt" there'),
    ),
    "not_in_database": (N_("clients of the archive who are not in the database"), N_("run: wa2pg load")),
    "behind_archive": (
        N_("clients whose last message in the archive is newer than in the database"),
        N_("run: wa2pg load"),
    ),
}
STATE = frozenset({"not_in_database", "behind_archive"})
_EXAMPLES = 10
_OF_LAYOUT: Mapping[Layout, tuple[str, ...]] = {
    Layout.CRM: (
        "orphan_conversations",
        "orphan_messages",
        "orphan_statuses",
        "unknown_runs",
        "double_phones",
        "double_people",
        "uncounted_conversations",
        "uncounted_clients",
    ),
    Layout.SOUL_KG: (
        "orphan_conversations",
        "orphan_messages",
        "orphan_statuses",
        "double_phones",
        "double_messages",
        "late_conversations",
    ),
}


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: how many rows, and the ids of up to ten of them."""

    name: str
    rows: int
    examples: list[str]

    @property
    def broken(self) -> bool:
        """Whether the tables are wrong; else the database is only behind the archive."""
        return self.name not in STATE


@dataclass(frozen=True)
class Check:
    """`tables`: rows of each; `checked`: the names of what was looked for; `clean_run`: the one compared with."""

    layout: str
    organization_id: str
    tables: dict[str, int]
    checked: list[str]
    findings: list[Finding]
    clean_run: str | None


def check(
    connection: psycopg.Connection, org: str, clean: CleanRunFolder | None, progress: Progress = no_progress
) -> Check:
    """Look at one organisation's rows, and compare them with a clean run's clients when there is one.

    Raises UserError: 3 for an unknown organisation, 5 for a damaged clean run, 6 for the database.
    """
    organization = find_organization(connection, org)
    if clean:
        check_tables(clean)
    try:
        layout, _ = choose_target(connection, None)
        with connection.transaction(force_rollback=True):
            # one moment of the database for all the questions
            connection.execute("set transaction isolation level repeatable read, read only")
            return _check(connection, organization, layout, clean, progress)
    except psycopg.Error as error:
        raise database_error(error, N_("checking the tables")) from None


def _check(
    connection: psycopg.Connection,
    organization: Organization,
    layout: Layout,
    clean: CleanRunFolder | None,
    progress: Progress,
) -> Check:
    names = {"organization": organization.row_id}

    def ask(name: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement(layout.value, f"check/{name}"), names).fetchall()

    tables = dict(ask("counts"))
    checked = list(_OF_LAYOUT[layout])
    findings = []
    for number, name in enumerate(checked):
        progress(Step(N_("checking the tables"), number, len(checked)))
        findings += [Finding(name, rows, examples or []) for rows, examples in ask(name)]
    if clean:
        progress(Step(N_("comparing with the archive")))
        checked += ["not_in_database", "behind_archive"]
        findings += _compare(clean, ask("last_messages"))
    return Check(
        layout.value,
        organization.row_id,
        tables,
        checked,
        [finding for finding in findings if finding.rows],
        clean.run.run if clean else None,
    )


def _compare(clean: CleanRunFolder, rows: list[tuple[Any, ...]]) -> list[Finding]:
    by_phone: dict[str, tuple[str, datetime | None]] = {phone: (key, last) for key, phone, _, last in rows}
    by_lid: dict[str, list[tuple[str, datetime | None]]] = {}
    for key, _, lids, last in rows:
        for lid in lids:
            by_lid.setdefault(lid, []).append((key, last))
    missing, behind = [], []
    for client in client_rows(clean, NulCount()):
        found = [by_phone[client["phone"]]] if client["phone"] in by_phone else []
        found += [there for address in client["addresses"] for there in by_lid.get(address, [])]
        if client.get("skip"):
            continue
        if not found:
            missing.append(client["phone"])
        elif client["last_message_at"] is not None and all(
            last is None or last < client["last_message_at"] for _, last in found
        ):
            behind.append(found[0][0])
    # who is not in the database has no row to name, and his phone is not for reports
    return [Finding("not_in_database", len(missing), []), Finding("behind_archive", len(behind), behind[:_EXAMPLES])]

"""`wa2pg runs`: the loads of a database."""

from dataclasses import asdict
from typing import Any

import click

from load.run_record import Run
from load.runs import find_run, list_runs, rows_there
from wa2pg.commands.load import load_flags
from wa2pg.invocation import Invocation, command_options
from wa2pg.organization_completion import complete_organization
from wa2pg.talk import report_text
from wa2pg.target import open_target

_SHOWN = 50


@click.group("runs", short_help="The loads of a database.")
def runs_group() -> None:
    """See the loads that a database has had. `wa2pg load --undo` takes one back."""


@runs_group.command("list", short_help="List the loads, newest first.")
@click.option(
    "--org",
    metavar="ORG",
    shell_complete=complete_organization,
    help="Only this organisation's, by id or slug (WA2PG_ORG).",
)
@command_options("runs list", account=False)
def list_command(invocation: Invocation, org: str | None) -> int:
    """List the loads, newest first: what each brought, and whether it was taken back."""
    with open_target(invocation) as target:
        runs = list_runs(target.connection, org or invocation.settings.org, invocation.data().runs)
    rows = [(run.short, _line(run)) for run in runs[:_SHOWN]] or [("none", "nothing has been loaded yet")]
    if len(runs) > _SHOWN:
        rows.append(("", f"and {len(runs) - _SHOWN:,} more: --json shows all of them"))
    standing = next((run for run in runs if run.undone_at is None), None)
    return invocation.finish(
        {"runs": [_body(run) for run in runs]},
        [report_text(f"Loads: {len(runs):,}", rows)],
        next_command=f"wa2pg runs show {standing.short}" if standing else None,
    )


@runs_group.command("show", short_help="Show one load.")
@click.argument("run")
@click.option(
    "--org", metavar="ORG", shell_complete=complete_organization, help="Organisation, by id or slug (WA2PG_ORG)."
)
@command_options("runs show", account=False)
def show_command(invocation: Invocation, run: str, org: str | None) -> int:
    """Show the load RUN (an id, its beginning, or `last`) and what of it is in the database now."""
    with open_target(invocation) as target:
        found = find_run(target.connection, run, org or invocation.settings.org, invocation.data().runs)
        there = rows_there(target.connection, found, invocation.data().runs)
    chats, messages = found.counts.get("chats", {}), found.counts.get("messages", {})
    rows = [
        ("id", str(found.id)),
        ("organisation", found.organization),
        ("account", found.account),
        ("clean run", found.clean_run),
        ("wa2pg", found.tool_version),
        ("options", " ".join(load_flags(found.options)) or "none"),
        ("began", f"{found.started_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("ended", f"{found.finished_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("brought", f"{chats.get('imported', 0):,} clients and {messages.get('inserted', 0):,} messages"),
        ("changed", f"{chats.get('updated', 0):,} clients and {messages.get('updated', 0):,} messages"),
        ("still there", f"{there.clients:,} clients and {there.messages:,} messages that it brought"),
        ("", f"earlier values of {there.changed_clients:,} clients and {there.changed_messages:,} messages"),
    ]
    if found.undone_at:
        rows.append(("taken back", f"{found.undone_at:%Y-%m-%d %H:%M:%S} UTC by {found.undone_by}"))
    next_command = None if found.undone_at else f"wa2pg load --undo {found.short} --dry-run"
    body = {**_body(found), "there": asdict(there)}
    return invocation.finish(body, [report_text(f"Load {found.short}", rows)], next_command=next_command)


def _line(run: Run) -> str:
    chats, messages = run.counts.get("chats", {}), run.counts.get("messages", {})
    line = (
        f"{run.finished_at:%Y-%m-%d %H:%M} UTC, account {run.account}, {run.organization}: "
        f"{chats.get('imported', 0):,} clients new, {chats.get('updated', 0):,} updated; "
        f"{messages.get('inserted', 0):,} messages"
    )
    return f"{line}; taken back {run.undone_at:%Y-%m-%d %H:%M} UTC" if run.undone_at else line


def _body(run: Run) -> dict[str, Any]:
    times = {
        name: value.isoformat(timespec="seconds") if value else None
        for name, value in (
            ("started_at", run.started_at),
            ("finished_at", run.finished_at),
            ("undone_at", run.undone_at),
        )
    }
    return asdict(run) | {"id": str(run.id), "organization_id": str(run.organization_id)} | times

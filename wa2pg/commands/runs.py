"""`wa2pg runs`: the loads of a database."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from babel.dates import format_datetime

from load.run_record import Run
from load.runs import find_run, list_runs, rows_there
from schemas.translation import _, language, ngettext
from wa2pg.commands.load import load_flags
from wa2pg.invocation import Invocation, command_options
from wa2pg.organization_completion import complete_organization
from wa2pg.talk import report_text
from wa2pg.target import open_target

_SHOWN = 50


@click.group("runs", short_help="The loads of a database.")
def runs_group() -> None:
    """See the loads that a database has had. `wa2pg load --undo` takes one back.

    \b
      wa2pg runs list
      wa2pg runs show last
    """


@runs_group.command("list", short_help="List the loads, newest first.")
@click.option(
    "--org",
    metavar="ORG",
    shell_complete=complete_organization,
    help="Only this organisation's, by id or slug (WA2PG_ORG).",
)
@command_options("runs list", account=False)
def list_command(invocation: Invocation, org: str | None) -> int:
    """List the loads, newest first: what each brought, and whether it was taken back.

    \b
      wa2pg runs list --org silk-road-tours
    """
    with open_target(invocation) as target:
        runs = list_runs(target.connection, org or invocation.settings.org, invocation.data().runs)
    rows = [(run.short, _line(run)) for run in runs[:_SHOWN]] or [(_("none"), _("nothing has been loaded yet"))]
    if len(runs) > _SHOWN:
        rows.append(("", _("and {count} more: --json shows all of them", count=len(runs) - _SHOWN)))
    standing = next((run for run in runs if run.undone_at is None), None)
    return invocation.finish(
        {"runs": [_body(run) for run in runs]},
        [report_text(_("Loads: {count}", count=len(runs)), rows)],
        next_command=f"wa2pg runs show {standing.short}" if standing else None,
    )


@runs_group.command("show", short_help="Show one load.")
@click.argument("run")
@click.option(
    "--org", metavar="ORG", shell_complete=complete_organization, help="Organisation, by id or slug (WA2PG_ORG)."
)
@command_options("runs show", account=False)
def show_command(invocation: Invocation, run: str, org: str | None) -> int:
    """Show the load RUN (an id, its beginning, or `last`) and what of it is in the database now.

    \b
      wa2pg runs show last
    """
    with open_target(invocation) as target:
        found = find_run(target.connection, run, org or invocation.settings.org, invocation.data().runs)
        there = rows_there(target.connection, found, invocation.data().runs)
    chats, messages = found.counts.get("chats", {}), found.counts.get("messages", {})
    rows = [
        ("id", str(found.id)),
        (_("organisation"), found.organization),
        (_("account"), found.account),
        (_("clean run"), found.clean_run),
        ("wa2pg", found.tool_version),
        (_("options"), " ".join(load_flags(found.options)) or _("none")),
        (_("began"), _to_the_second(found.started_at)),
        (_("ended"), _to_the_second(found.finished_at)),
        (_("brought"), _figures(_("{clients} and {messages}"), chats.get("imported", 0), messages.get("inserted", 0))),
        (_("changed"), _figures(_("{clients} and {messages}"), chats.get("updated", 0), messages.get("updated", 0))),
        (
            _("still there"),
            _figures(_("{clients} and {messages} that it brought"), there.clients, there.messages),
        ),
        (
            "",
            _figures(_("earlier values of {clients} and {messages}"), there.changed_clients, there.changed_messages),
        ),
    ]
    if found.undone_at:
        by = _("{at} by {user}", at=_to_the_second(found.undone_at), user=found.undone_by)
        rows.append((_("taken back"), by))
    next_command = None if found.undone_at else f"wa2pg load --undo {found.short} --dry-run"
    body = {**_body(found), "there": asdict(there)}
    return invocation.finish(body, [report_text(_("Load {run}", run=found.short), rows)], next_command=next_command)


def _line(run: Run) -> str:
    chats, messages = run.counts.get("chats", {}), run.counts.get("messages", {})
    line = _(
        "{at}, account {account}, {organization}: {new}, {updated} updated; {messages}",
        at=run.finished_at,
        account=run.account,
        organization=run.organization,
        new=ngettext("{count} client new", "{count} clients new", chats.get("imported", 0)),
        updated=chats.get("updated", 0),
        messages=ngettext("{count} message", "{count} messages", messages.get("inserted", 0)),
    )
    return _("{line}; taken back {at}", line=line, at=run.undone_at) if run.undone_at else line


def _figures(sentence: str, clients: int, messages: int) -> str:
    return sentence.format(
        clients=ngettext("{count} client", "{count} clients", clients),
        messages=ngettext("{count} message", "{count} messages", messages),
    )


def _to_the_second(value: datetime) -> str:
    told = format_datetime(value.astimezone(UTC), _("yyyy-MM-dd HH:mm:ss"), locale=language())
    return _("{time} UTC", time=told)


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

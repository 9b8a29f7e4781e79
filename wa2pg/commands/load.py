"""`wa2pg load`: clean tables to PostgreSQL."""

import shlex
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from load.database_errors import reason_to_read
from load.layout import Layout
from load.plan import plan, write_plan
from load.refused import reasons, write_refused
from load.report import LoadOptions, LoadReport
from load.run import check_ready, load
from schemas.clean_run import read_current_run
from schemas.errors import ExitCode, UserError
from schemas.translation import _, ngettext, number
from wa2pg.commands.load_undo import check_undo_options, run_undo
from wa2pg.invocation import Invocation, command_options
from wa2pg.organization_completion import complete_organization
from wa2pg.plan_table import plan_table
from wa2pg.talk import report_text
from wa2pg.target import open_target

AUTO = "auto"
_LOAD_OPTIONS = (
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Load N chats, latest message first."),
    click.option("--only-new", is_flag=True, help="Leave out chats that the database has already."),
    click.option("--dry-run", is_flag=True, help="Do everything, report it, and roll it back."),
    click.option(
        "--skip-duplicates/--no-skip-duplicates",
        default=True,
        help="Keep, or update, name, language and status of clients already there.",
    ),
    click.option("--overwrite-status", is_flag=True, help="Also statuses that a person set after an import."),
    click.option(
        "--layout",
        type=click.Choice([AUTO, Layout.CRM.value, Layout.SOUL_KG.value]),
        default=AUTO,
        help="Whose tables the database must have; auto: whichever it has.",
    ),
    click.option("--strict", is_flag=True, help="Load nothing when the database refuses a client or a message."),
    click.option("--full", is_flag=True, help="Compare everything, also when nothing has changed since the last load."),
    click.option("--fast", is_flag=True, help="Check references once, not row by row; needs a right, see docs."),
    click.option(
        "--lock-timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=LoadOptions.lock_timeout,
        show_default=True,
        metavar="SECONDS",
        help="Wait so long for what others hold.",
    ),
)


def with_load_options(function: Any) -> Any:
    """Add the options of the load."""
    for option in reversed(_LOAD_OPTIONS):
        function = option(function)
    return function


@click.command("load", short_help="Clean tables to PostgreSQL.")
@click.option(
    "--org",
    metavar="ORG",
    shell_complete=complete_organization,
    help="Organisation, by id or slug (WA2PG_ORG).",
)
@with_load_options
@click.option("--plan", is_flag=True, help="Only show, client by client, what would change.")
@click.option("--csv", type=click.Path(path_type=Path), metavar="FILE", help="Where --plan writes its table.")
@click.option("--undo", metavar="RUN", help="Take a load back: its id (`wa2pg runs list`) or `last`.")
@click.option("--force", is_flag=True, help="With --undo: leave what people have worked on, take back the rest.")
@click.option("--yes", is_flag=True, help="With --undo: do not ask.")
@command_options("load")
def load_command(invocation: Invocation, org: str | None, **options: Any) -> int:
    """Load the clean tables into PostgreSQL, without duplicates, in one transaction.

    The database is DATABASE_URL's; without it an embedded PostgreSQL is used.

    \b
      wa2pg load --org silk-road-tours --dry-run
      wa2pg load --org silk-road-tours --limit 100 --only-new
      wa2pg load --org silk-road-tours --plan
      wa2pg load --undo last --dry-run
    """
    check_undo_options(options)
    if options["undo"]:
        return run_undo(invocation, org, options)
    if options["plan"]:
        return _run_plan(invocation, org, options)
    if options["csv"]:
        raise UserError(
            _("--csv goes with --plan only."),
            hint=_("for example: {command}", command="--plan --csv plan.csv"),
            exit_code=ExitCode.USAGE,
        )
    report, psql = run_load(invocation, org, options)
    return invocation.finish(
        load_body(report),
        [load_table(invocation, report), *look_into_it(psql)],
        next_command=next_after_load(invocation, report, org, options),
    )


def _run_plan(invocation: Invocation, org: str | None, options: dict[str, Any]) -> int:
    asked = _load_options(_organization(invocation, org), options)
    clean = read_current_run(invocation.data().clean(invocation.real_account()))
    with open_target(invocation) as target, invocation.progress() as progress:
        found = plan(target.connection, clean, asked, progress, runs=invocation.data().runs)
    invocation.warnings += found.report.warnings
    path = options["csv"] or invocation.data().reports / f"plan-{invocation.account}.csv"
    write_plan(path, found.clients)
    body = load_body(found.report) | {"clients": [asdict(client) for client in found.clients], "csv": str(path)}
    reports = [
        plan_table(found.clients),
        load_table(invocation, found.report),
        report_text(_("Table"), [(_("file"), str(path))]),
    ]
    return invocation.finish(body, reports, next_command=next_after_load(invocation, found.report, org, options))


def check_target(invocation: Invocation, org: str | None, options: dict[str, Any]) -> None:
    """Raise early what would stop the load at the end of an import: no organisation, no database, no rights."""
    asked = _load_options(_organization(invocation, org), options)
    with open_target(invocation) as target:
        check_ready(target.connection, asked)


def run_load(invocation: Invocation, org: str | None, options: dict[str, Any]) -> tuple[LoadReport, str | None]:
    """Load the account's clean run; returns the report and how psql reaches an embedded database."""
    organization = _organization(invocation, org)
    clean = read_current_run(invocation.data().clean(invocation.real_account()))
    asked = _load_options(organization, options)
    with open_target(invocation) as target, invocation.progress() as progress:
        report = load(target.connection, clean, asked, progress, runs=invocation.data().runs)
        invocation.warnings += report.warnings
        if report.refused:
            path = write_refused(invocation.data().reports, report)
            invocation.warnings.append(
                ngettext(
                    "the database refused {count} message; it is named in {file}",
                    "the database refused {count} messages; they are named in {file}",
                    len(report.refused),
                    file=path,
                )
            )
        return report, target.psql


def _load_options(organization: str, options: dict[str, Any]) -> LoadOptions:
    given = {field.name: options[field.name] for field in fields(LoadOptions) if field.name in options}
    layout = None if given["layout"] == AUTO else Layout(given["layout"])
    return LoadOptions(**(given | {"org": organization, "layout": layout}))


def _organization(invocation: Invocation, org: str | None) -> str:
    organization = org or invocation.settings.org
    if organization is None:
        raise UserError(
            _("Which organisation? None was named."),
            hint=_('see: wa2pg org list   or make one: wa2pg org create "My company"   then add: --org my-company'),
            exit_code=ExitCode.USAGE,
        )
    return organization


def next_after_load(invocation: Invocation, report: LoadReport, org: str | None, options: dict[str, Any]) -> str:
    """What to run after this load: the same in earnest after a dry run, the rest of it, or a look at the result."""
    whose = f"--account {invocation.account} --org {shlex.quote(_organization(invocation, org))}"
    if report.dry_run:
        return " ".join([f"wa2pg load {whose}", *load_flags(options)])
    if report.chats.left_out:
        whole = options | {"limit": None, "only_new": False}
        return " ".join([f"wa2pg load {whose}", *load_flags(whole)])
    return f"wa2pg db check {whose}"


def load_flags(options: Mapping[str, Any]) -> list[str]:
    """The options of a load as they are typed; those that stand as they are without being typed are left out."""
    flags = []
    for name, value in sorted(options.items()):
        flag = "--" + name.replace("_", "-")
        if name == "skip_duplicates":
            flags += [] if value else ["--no-skip-duplicates"]
        elif name in {"only_new", "overwrite_status", "strict", "full", "fast"}:
            flags += [flag] if value else []
        elif (name == "limit" and value) or (name == "layout" and value != AUTO):
            flags.append(f"{flag} {value}")
    return flags


def load_body(report: LoadReport) -> dict[str, Any]:
    """The report's fields in JSON; refused messages by reason, each with the first of them."""
    body: dict[str, Any] = asdict(replace(report, refused=[]))
    body["refused"] = [
        {"reason": reason, "messages": count, "first": first} for reason, count, first in reasons(report)
    ]
    # the frame around every report has these
    del body["warnings"], body["seconds"]
    return body


def load_table(invocation: Invocation, report: LoadReport) -> Text:
    """The report as people read it."""
    chats, messages, people = report.chats, report.messages, report.people_without_number
    rows = [
        (_("import run"), report.run or _no_run(report)),
        (_("chats"), _("{count} total", count=chats.total)),
        ("  " + _("imported"), number(chats.imported)),
        ("  " + _("updated"), number(chats.updated)),
        ("  " + _("skipped as duplicates"), number(chats.skipped)),
        ("  " + _("failed"), number(len(chats.failed))),
        *(("", f"{failure.client}: {reason_to_read(failure.reason)}") for failure in chats.failed),
        *_left_out(chats.left_out, chats.held_back),
        (_("messages"), _("{count} total", count=messages.total)),
        ("  " + _("inserted"), number(messages.inserted)),
        ("  " + _("updated"), number(messages.updated)),
        ("  " + _("already there"), number(messages.already_there)),
        ("  " + _("rejected"), number(messages.rejected)),
        *(("", f"{number(count)}: {reason_to_read(reason)}") for reason, count, _first in reasons(report)),
        *_left_out(messages.left_out, messages.held_back),
    ]
    if people.people:
        told = ngettext(
            "{people}, {count} message", "{people}, {count} messages", people.messages, people=people.people
        )
        rows.append((_("people without a number"), told))
    rows.append((_("seconds"), number(report.seconds, 1)))
    if report.messages_locked_seconds is not None:
        rows.append(("  " + _("messages locked"), number(report.messages_locked_seconds, 1)))
    account = invocation.account
    title = _("Load (dry run): account {account}", account=account) if report.dry_run else None
    return report_text(title or _("Load: account {account}", account=account), rows)


def _left_out(by_options: int, by_review: int) -> list[tuple[str, str]]:
    rows = []
    if by_options:
        rows.append(("  " + _("left out by options"), number(by_options)))
    if by_review:
        rows.append(("  " + _("left out by review"), number(by_review)))
    return rows


def _no_run(report: LoadReport) -> str:
    if report.dry_run:
        return _("none: rolled back, nothing was changed")
    if report.nothing_changed:
        return _("none: this clean run is loaded, and the database's counts are as it left them (--full compares all)")
    return _("none: there was nothing to write")


def look_into_it(psql: str | None) -> list[Text]:
    """How psql reaches the embedded database, on a line of its own that can be pasted."""
    return [Text.assemble((_("Look into it") + "\n", "bold"), f"  {psql}")] if psql else []

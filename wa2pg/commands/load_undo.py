"""`wa2pg load --undo`: a load is taken back."""

import sys
from dataclasses import asdict, replace
from typing import Any

from rich.text import Text

from load.run_record import Run
from load.runs import find_run
from load.undo import Conflict, RowFigures, UndoOptions, UndoReport, undo
from schemas.errors import ExitCode, UserError
from schemas.translation import N_, _, ngettext, number
from wa2pg.invocation import Invocation
from wa2pg.talk import agreed, complain, report_text, say, warn
from wa2pg.target import open_target

_SHOWN = 20
_REASONS = {
    "changed": N_("somebody has changed {rows} since"),
    "later_import": N_("the later load {by} built on {rows}"),
    "referenced": N_("the table {by} refers to {rows}"),
    "number_taken": N_("his earlier number is the client {by}'s now"),
    "unknown": N_("an older wa2pg loaded {rows} and did not note how"),
}
_OF_PEOPLE = {
    "client_status_history": N_("somebody has spoken about his status since"),
    "conversations": N_("he has a conversation that no load brought"),
    "messages": N_("his conversation has messages that no load brought"),
}


def run_undo(invocation: Invocation, org: str | None, options: dict[str, Any]) -> int:
    """Take a load back: looked at first and asked about, unless --yes was given."""
    asked = UndoOptions(
        options["undo"],
        org or invocation.settings.org,
        force=options["force"],
        dry_run=options["dry_run"],
        lock_timeout=options["lock_timeout"],
    )
    with open_target(invocation) as target:
        run = find_run(target.connection, asked.run, asked.org, invocation.data().runs)
        asked = replace(asked, run=str(run.id))
        if not (asked.dry_run or options["yes"]):
            with invocation.progress() as progress:
                look = replace(asked, dry_run=True)
                expected = undo(target.connection, look, progress, runs=invocation.data().runs)
            if expected.refused:
                return _finish(invocation, run, expected)
            _confirm(run, expected)
        with invocation.progress() as progress:
            report = undo(target.connection, asked, progress, runs=invocation.data().runs)
    return _finish(invocation, run, report)


def check_undo_options(options: dict[str, Any]) -> None:
    """Raise UserError (2) for options that do not go together."""
    if options["undo"] is None:
        if options["force"] or options["yes"]:
            raise UserError(
                _("--force and --yes go with --undo only."),
                hint=_("to take a load back: {command}", command="wa2pg load --undo last"),
                exit_code=ExitCode.USAGE,
            )
        return
    others = ("limit", "only_new", "overwrite_status", "strict", "full", "fast", "plan", "csv")
    if any(options[name] for name in others) or not options["skip_duplicates"] or options["layout"] != "auto":
        raise UserError(
            _("--undo goes with --org, --dry-run, --lock-timeout, --force and --yes only."),
            hint=_("for example: {command}", command="wa2pg load --undo last --dry-run"),
            exit_code=ExitCode.USAGE,
        )


def _confirm(run: Run, expected: UndoReport) -> None:
    for warning in expected.warnings:
        warn(warning)
    if not sys.stdin.isatty():
        raise UserError(
            _("Taking a load back deletes rows, and there is nobody here to ask."),
            hint=_("look first: wa2pg load --undo {run} --dry-run   then say --yes", run=run.short),
            exit_code=ExitCode.USAGE,
        )
    removed, restored = _rows(expected, "removed"), _rows(expected, "restored")
    say(
        _(
            "This takes back the load {run} of {at} (account {account}, organisation {organization}).",
            run=run.short,
            at=run.finished_at,
            account=run.account,
            organization=run.organization,
        )
    )
    say(_("It deletes {rows}.", rows=removed) if removed else _("It deletes nothing."))
    if restored:
        say(_("It gives {rows} their earlier values.", rows=restored))
    left = _rows(expected, "left")
    if left:
        say(_("It leaves {rows}, because somebody has worked on them since.", rows=left))
    if not agreed(_("Take it back?")):
        raise UserError(_("Nothing was taken back."), hint=_("to do it without being asked: {option}", option="--yes"))


def _rows(report: UndoReport, what: str) -> str:
    figures = {"clients": report.clients, "conversations": report.conversations, "messages": report.messages}
    parts = [_count(table, count) for table, row in figures.items() if (count := getattr(row, what))]
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def _count(table: str, rows: int) -> str:
    if table == "clients":
        return ngettext("{count} client", "{count} clients", rows)
    if table == "conversations":
        return ngettext("{count} conversation", "{count} conversations", rows)
    return ngettext("{count} message", "{count} messages", rows)


def _finish(invocation: Invocation, run: Run, report: UndoReport) -> int:
    body = asdict(report)
    # the frame around every report has these
    invocation.warnings += body.pop("warnings")
    if report.refused:
        code = invocation.finish(body, [_refusal(run, report)], exit_code=ExitCode.FAILED)
        complain(
            _("Nothing was taken back: people, other programs or later loads have built on this load."),
            _("leave these, take the rest back: wa2pg load --undo {run} --force", run=run.short),
        )
        return code
    command = f"wa2pg load --undo {run.short}" + (" --force" if report.conflicts else "")
    next_command = command if report.dry_run else f"wa2pg runs show {run.short}"
    return invocation.finish(body, [_table(run, report)], next_command=next_command)


def _table(run: Run, report: UndoReport) -> Text:
    def row(figures: RowFigures) -> str:
        return _("{removed} removed, {restored} restored, {left} left", **asdict(figures))

    rows = [
        (_("clients"), row(report.clients)),
        (_("conversations"), row(report.conversations)),
        (_("messages"), row(report.messages)),
        (_("status history"), _("{count} removed", count=report.history_rows)),
        *_conflict_rows(report.conflicts),
    ]
    if report.locked_seconds is not None:
        rows.append((_("others waited to write"), _("{seconds} seconds", seconds=number(report.locked_seconds, 1))))
    of = {"run": run.short, "at": run.finished_at}
    title = _("Taking back, dry run: load {run} of {at}", **of) if report.dry_run else None
    return report_text(title or _("Taken back: load {run} of {at}", **of), rows)


def _refusal(run: Run, report: UndoReport) -> Text:
    title = _("Not taken back: load {run} of {at}", run=run.short, at=run.finished_at)
    return report_text(title, _conflict_rows(report.conflicts))


def _conflict_rows(conflicts: list[Conflict]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    client: str | None = ""
    for conflict in conflicts[:_SHOWN]:
        if conflict.client != client:
            client = conflict.client
            rows.append((_("because of client"), client or _("unknown")))
        rows.append(("", _sentence(conflict)))
    if len(conflicts) > _SHOWN:
        rows.append(("", _("and {count} more; --json shows all of them", count=len(conflicts) - _SHOWN)))
    return rows


def _sentence(conflict: Conflict) -> str:
    if conflict.reason == "people":
        return _(_OF_PEOPLE[conflict.by or "messages"])
    alone = conflict.rows == 1 and conflict.table == "clients"
    rows = _("this client") if alone else _count(conflict.table, conflict.rows)
    return _(_REASONS[conflict.reason], rows=rows, by=conflict.by)

"""`wa2pg load --undo`: a load is taken back."""

import sys
from dataclasses import asdict, replace
from typing import Any

from rich.text import Text

from load.run_record import Run
from load.runs import find_run
from load.undo import Conflict, RowFigures, UndoOptions, UndoReport, undo
from schemas.errors import ExitCode, UserError
from wa2pg.invocation import Invocation
from wa2pg.talk import agreed, complain, report_text, say, warn
from wa2pg.target import open_target

_SHOWN = 20
_REASONS = {
    "changed": "somebody has changed {rows} since",
    "later_import": "the later load {by} built on {rows}",
    "referenced": "the table {by} refers to {rows}",
    "number_taken": "his earlier number is the client {by}'s now",
    "unknown": "an older wa2pg loaded {rows} and did not note how",
}
_OF_PEOPLE = {
    "client_status_history": "somebody has spoken about his status since",
    "conversations": "he has a conversation that no load brought",
    "messages": "his conversation has messages that no load brought",
}
_ONE = {"clients": "client", "conversations": "conversation", "messages": "message"}


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
                "--force and --yes go with --undo only.",
                hint="to take a load back: wa2pg load --undo last",
                exit_code=ExitCode.USAGE,
            )
        return
    others = ("limit", "only_new", "overwrite_status", "plan", "csv")
    if any(options[name] for name in others) or not options["skip_duplicates"]:
        raise UserError(
            "--undo goes with --org, --dry-run, --lock-timeout, --force and --yes only.",
            hint="for example: wa2pg load --undo last --dry-run",
            exit_code=ExitCode.USAGE,
        )


def _confirm(run: Run, expected: UndoReport) -> None:
    for warning in expected.warnings:
        warn(warning)
    if not sys.stdin.isatty():
        raise UserError(
            "Taking a load back deletes rows, and there is nobody here to ask.",
            hint=f"look first: wa2pg load --undo {run.short} --dry-run   then say --yes",
            exit_code=ExitCode.USAGE,
        )
    removed, restored = _rows(expected, "removed"), _rows(expected, "restored")
    say(
        f"This takes back the load {run.short} of {run.finished_at:%Y-%m-%d %H:%M} UTC "
        f"(account {run.account}, organisation {run.organization})."
    )
    say(f"It deletes {removed}." if removed else "It deletes nothing.")
    if restored:
        say(f"It gives {restored} their earlier values.")
    left = _rows(expected, "left")
    if left:
        say(f"It leaves {left}, because somebody has worked on them since.")
    if not agreed("Take it back?"):
        raise UserError("Nothing was taken back.", hint="to do it without being asked: --yes")


def _rows(report: UndoReport, what: str) -> str:
    figures = {"client": report.clients, "conversation": report.conversations, "message": report.messages}
    parts = [
        f"{count:,} {name}{'' if count == 1 else 's'}" for name, row in figures.items() if (count := getattr(row, what))
    ]
    return ", ".join(parts[:-1]) + (" and " if parts[:-1] else "") + parts[-1] if parts else ""


def _finish(invocation: Invocation, run: Run, report: UndoReport) -> int:
    body = asdict(report)
    # the frame around every report has these
    invocation.warnings += body.pop("warnings")
    if report.refused:
        code = invocation.finish(body, [_refusal(run, report)], exit_code=ExitCode.FAILED)
        complain(
            "Nothing was taken back: people, other programs or later loads have built on this load.",
            f"leave these, take the rest back: wa2pg load --undo {run.short} --force",
        )
        return code
    command = f"wa2pg load --undo {run.short}" + (" --force" if report.conflicts else "")
    next_command = command if report.dry_run else f"wa2pg runs show {run.short}"
    return invocation.finish(body, [_table(run, report)], next_command=next_command)


def _table(run: Run, report: UndoReport) -> Text:
    def row(figures: RowFigures) -> str:
        return f"{figures.removed:,} removed, {figures.restored:,} restored, {figures.left:,} left"

    rows = [
        ("clients", row(report.clients)),
        ("conversations", row(report.conversations)),
        ("messages", row(report.messages)),
        ("status history", f"{report.history_rows:,} removed"),
        *_conflict_rows(report.conflicts),
    ]
    if report.locked_seconds is not None:
        rows.append(("others waited to write", f"{report.locked_seconds:,.1f} seconds"))
    title = "Taking back, dry run" if report.dry_run else "Taken back"
    return report_text(f"{title}: load {run.short} of {run.finished_at:%Y-%m-%d %H:%M} UTC", rows)


def _refusal(run: Run, report: UndoReport) -> Text:
    title = f"Not taken back: load {run.short} of {run.finished_at:%Y-%m-%d %H:%M} UTC"
    return report_text(title, _conflict_rows(report.conflicts))


def _conflict_rows(conflicts: list[Conflict]) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    client: str | None = ""
    for conflict in conflicts[:_SHOWN]:
        if conflict.client != client:
            client = conflict.client
            rows.append(("because of client", client or "unknown"))
        rows.append(("", _sentence(conflict)))
    if len(conflicts) > _SHOWN:
        rows.append(("", f"and {len(conflicts) - _SHOWN:,} more; --json shows all of them"))
    return rows


def _sentence(conflict: Conflict) -> str:
    if conflict.reason == "people":
        return _OF_PEOPLE[conflict.by or "messages"]
    one = _ONE[conflict.table]
    rows = (
        f"this {one}" if conflict.rows == 1 and one == "client" else f"{conflict.rows} {one}{'s'[: conflict.rows > 1]}"
    )
    return _REASONS[conflict.reason].format(rows=rows, by=conflict.by)

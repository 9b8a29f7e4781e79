"""`wa2pg extract`: payloads to a sealed snapshot."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from extract.own import parse_own
from extract.redecode import redecode
from extract.report import ExtractReport
from extract.whatsapp.replay import replay
from schemas.errors import ExitCode, UserError
from schemas.words import Ended
from wa2pg.invocation import EXISTING, Invocation, command_options
from wa2pg.talk import report_text, say

replay_options = (
    click.option(
        "--replay",
        "paths",
        type=EXISTING,
        multiple=True,
        metavar="PATH",
        help="File or folder of serialized HistorySync payloads; may be repeated.",
    ),
    click.option("--again", is_flag=True, help="Take payloads that are archived already once more."),
    click.option("--own", metavar="NUMBER", help="The company's own number, e.g. +996555000111; remembered."),
    click.option("--own-lid", metavar="LID", help="The company's own LID; remembered."),
)


def with_replay_options(function: Any) -> Any:
    """Add the options that say what to replay."""
    for option in reversed(replay_options):
        function = option(function)
    return function


@click.command("extract", short_help="Payloads to an immutable snapshot.")
@with_replay_options
@click.option("--redecode", "snapshot", metavar="SNAPSHOT", help="Decode an old snapshot's journal again.")
@click.option("--strict", is_flag=True, help="Exit 1 when the history is incomplete.")
@command_options("extract")
def extract_command(
    invocation: Invocation,
    paths: tuple[Path, ...],
    again: bool,
    own: str | None,
    own_lid: str | None,
    snapshot: str | None,
    strict: bool,
) -> int:
    """Write what WhatsApp sent to a sealed, immutable snapshot in the archive.

    Every payload is on disk before it is looked at. The same payloads again make no new snapshot.

    \b
      wa2pg extract --replay history/ --own +996555000111
      wa2pg extract --redecode 20261123T031500Z-k3f9
    """
    if snapshot is not None and (paths or again or own or own_lid):
        raise click.UsageError("--redecode takes no other source: leave --replay, --again and --own out.")
    with invocation.progress() as progress:
        if snapshot is not None:
            report = redecode(invocation.data(), invocation.real_account(), snapshot, progress)
        else:
            report = run_replay(invocation, progress, paths, again=again, own=own, own_lid=own_lid)
    note(invocation, report)
    if not report.own_known:
        invocation.warnings.append("the own number is not known: name it with --own, so that notes to oneself are told")
    code = exit_code_of(report, strict=strict)
    return invocation.finish(
        extract_body(report),
        [extract_table(invocation, report)],
        exit_code=code,
        next_command=f"wa2pg transform --account {invocation.account}",
    )


def run_replay(
    invocation: Invocation, progress: Any, paths: tuple[Path, ...], *, again: bool, own: str | None, own_lid: str | None
) -> ExtractReport:
    """Replay the paths into the account's archive; raises UserError (2) without any."""
    account = invocation.real_account()
    if not paths:
        raise UserError(
            "This version takes WhatsApp's payloads from files; linking a phone is not built yet.",
            hint="wa2pg extract --replay FOLDER, or try: wa2pg demo",
            exit_code=ExitCode.USAGE,
        )
    own_addresses = parse_own(own, own_lid)
    return replay(invocation.data(), account, paths, own=own_addresses, again=again, progress=progress)


def note(invocation: Invocation, report: ExtractReport) -> None:
    """Say what a person should know beside the figures."""
    for name in report.recovered:
        invocation.warnings.append(f"an extract had died: its snapshot {name} is sealed now, with all that had arrived")
    if report.ended is Ended.INTERRUPTED:
        say("Stopped; what had arrived is sealed. Run the same command again to take the rest.")
    elif not report.complete:
        invocation.warnings.append("the history is incomplete: see `ended` in the snapshot's manifest")
    if report.rejects:
        count = sum(report.rejects.values())
        invocation.warnings.append(
            f"{count} record{'' if count == 1 else 's'} could not be decoded and kept as rejects"
        )


def exit_code_of(report: ExtractReport, *, strict: bool) -> ExitCode:
    """How `extract` ends."""
    if report.ended is Ended.INTERRUPTED:
        return ExitCode.INTERRUPTED
    return ExitCode.FAILED if strict and not report.complete else ExitCode.DONE


def extract_body(report: ExtractReport) -> dict[str, Any]:
    """The report's fields in JSON."""
    body = asdict(report)
    for name in ("warnings", "folder", "announced", "received"):
        del body[name]
    return {**body, "payloads": {"announced": report.announced, "received": report.received}}


def extract_table(invocation: Invocation, report: ExtractReport) -> Text:
    """The report as people read it."""
    if report.snapshot is None:
        rows = [
            ("payloads", f"{report.already_archived:,} given, all archived before"),
            ("new snapshot", "none needed"),
        ]
        return report_text(f"Extract: account {invocation.account}", rows)
    ended = "complete" if report.complete else f"incomplete (ended: {report.ended.value.replace('_', ' ')})"
    payloads = f"{report.received:,} of {report.announced:,}"
    if report.already_archived:
        payloads += f", {report.already_archived:,} more archived before"
    rows = [
        ("snapshot", f"{report.snapshot}, {ended}"),
        ("payloads", payloads),
        *((name.replace("_", " "), f"{count:,}") for name, count in report.rows.items() if name != "rejects"),
        ("rejects", _counted(report.rejects)),
    ]
    return report_text(f"Extract: account {invocation.account}", rows)


def _counted(counts: dict[str, int]) -> str:
    total = sum(counts.values())
    reasons = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in counts.items())
    return f"{total:,} ({reasons})" if reasons else "0"

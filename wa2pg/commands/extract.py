"""`wa2pg extract`: WhatsApp's history to a sealed snapshot."""

from dataclasses import asdict, replace
from typing import Any

import click
from rich.text import Text

from extract.missing import piece_name
from extract.redecode import redecode
from extract.report import ExtractReport
from schemas.errors import ExitCode
from schemas.manifest import MissingChunk
from schemas.stored_words import said, said_counts
from schemas.translation import N_, _, ngettext, number
from schemas.words import Ended
from wa2pg.invocation import Invocation, command_options
from wa2pg.sources import refuse_link_options, take, with_source_options
from wa2pg.talk import complain, pasteable, report_text, say


@click.command("extract", short_help="WhatsApp's history to an immutable snapshot.")
@with_source_options
@click.option("--redecode", "snapshot", metavar="SNAPSHOT", help="Decode an old snapshot's journal again.")
@click.option("--strict", is_flag=True, help="Exit 1 when the history is incomplete.")
@command_options("extract")
def extract_command(invocation: Invocation, snapshot: str | None, strict: bool, **options: Any) -> int:
    """Write what WhatsApp sends to a sealed, immutable snapshot in the archive.

    Links the account's phone the first time: a code appears, to scan with WhatsApp on the phone. Later runs use
    that link and take what came since. Everything is on disk before it is looked at. Ctrl-C is safe at any time.

    \b
      wa2pg extract
      wa2pg extract --account office --phone +996555000111
      wa2pg extract --replay history/ --own +996555000111
      wa2pg extract --redecode 20261123T031500Z-k3f9
    """
    if snapshot is not None and (options["paths"] or options["again"] or options["own"] or options["own_lid"]):
        raise click.UsageError(_("--redecode takes no other source: leave --replay, --again and --own out."))
    if snapshot is not None:
        refuse_link_options("--redecode")
    if snapshot is not None:
        with invocation.progress() as progress:
            report = redecode(invocation.data(), invocation.real_account(), snapshot, progress)
    else:
        report = take(invocation, options)
    note(invocation, report)
    if not report.own_known:
        invocation.warnings.append(
            _("the own number is not known: name it with --own, so that notes to oneself are told")
        )
    return finish_extract(invocation, report, extract_body(report), exit_code_of(report, strict=strict))


def finish_extract(invocation: Invocation, report: ExtractReport, body: dict[str, Any], code: ExitCode) -> int:
    """Print the report, then what ended a link before its time, if anything did."""
    next_command = None if report.failure is not None else f"wa2pg transform --account {invocation.account}"
    done = invocation.finish(body, [extract_table(invocation, report)], exit_code=code, next_command=next_command)
    if report.failure is not None:
        complain(report.failure.message, report.failure.hint)
    return done


_SEE_MANIFEST = N_("the history is incomplete: see `ended` in the snapshot's manifest")
_WHY_INCOMPLETE = {
    Ended.QUIET: N_(
        "the history is incomplete: the phone fell silent before it was through. Open WhatsApp on the phone and run "
        "this again"
    ),
    Ended.DEADLINE: N_("the history is incomplete: the deadline came first. Run this again to take the rest"),
}
_NAMED_CHUNKS = 5


def _what_is_missing(invocation: Invocation, missing: list[MissingChunk]) -> str:
    """What WhatsApp announced and did not hand over, and the only way to get it."""
    names = ", ".join(map(piece_name, missing[:_NAMED_CHUNKS]))
    if len(missing) > _NAMED_CHUNKS:
        names = _("{names} and {count} more", names=names, count=len(missing) - _NAMED_CHUNKS)
    return ngettext(
        "{count} piece of the history did not arrive ({names}; the manifest names all). A phone sends its history "
        "once: to get it whole, unlink with `wa2pg sessions logout {account}` and run this again",
        "{count} pieces of the history did not arrive ({names}; the manifest names all). A phone sends its history "
        "once: to get it whole, unlink with `wa2pg sessions logout {account}` and run this again",
        len(missing),
        names=names,
        account=invocation.account,
    )


def note(invocation: Invocation, report: ExtractReport) -> None:
    """Say what a person should know beside the figures."""
    for name in report.recovered:
        invocation.warnings.append(
            _("an extract had died: its snapshot {name} is sealed now, with all that had arrived", name=name)
        )
    missing = [*report.recovered_missing, *report.missing]
    if missing:
        invocation.warnings.append(_what_is_missing(invocation, missing))
    if report.ended is Ended.INTERRUPTED and report.missing:
        say(_("Stopped; what had arrived is sealed."))
    elif report.ended is Ended.INTERRUPTED and report.failure is None:
        say(_("Stopped; what had arrived is sealed. Run the same command again to take the rest."))
    elif not report.complete and not report.missing:
        invocation.warnings.append(_(_WHY_INCOMPLETE.get(report.ended, _SEE_MANIFEST)))
    if report.rejects:
        invocation.warnings.append(
            ngettext(
                "{count} record that could not be decoded is kept among the rejects",
                "{count} records that could not be decoded are kept among the rejects",
                sum(report.rejects.values()),
            )
        )


def exit_code_of(report: ExtractReport, *, strict: bool) -> ExitCode:
    """How `extract` ends."""
    if report.failure is not None:
        return report.failure.exit_code
    if report.ended is Ended.INTERRUPTED:
        return ExitCode.INTERRUPTED
    incomplete = not report.complete or report.recovered_missing
    return ExitCode.FAILED if strict and incomplete else ExitCode.DONE


def extract_body(report: ExtractReport) -> dict[str, Any]:
    """The report's fields in JSON."""
    body = asdict(replace(report, failure=None))
    for name in ("folder", "announced", "received", "failure"):
        del body[name]
    for name in ("missing", "recovered_missing"):
        body[name] = [one.model_dump(mode="json") for one in getattr(report, name)]
    body["payloads"] = {"announced": report.announced, "received": report.received}
    if report.failure is not None:
        body["error"] = {"message": pasteable(report.failure.message), "hint": pasteable(report.failure.hint or "")}
    return body


def extract_table(invocation: Invocation, report: ExtractReport) -> Text:
    """The report as people read it."""
    title, before = _("Extract: account {account}", account=invocation.account), report.already_archived
    if report.snapshot is None:
        given = _("{count} given, all archived before", count=before) if before else _("nothing new")
        return report_text(title, [(_("payloads"), given), (_("new snapshot"), _("none needed"))])
    payloads = [_("{part} of {whole}", part=report.received, whole=report.announced)]
    if before:
        payloads.append(_("{count} more archived before", count=before))
    rows = [
        (_("snapshot"), f"{report.snapshot}, {_how_complete(report)}"),
        (_("payloads"), ", ".join(payloads)),
        *((said(name), number(count)) for name, count in report.rows.items() if name != "rejects"),
        (_("rejects"), _counted(report.rejects)),
    ]
    return report_text(title, rows)


def _how_complete(report: ExtractReport) -> str:
    return _("complete") if report.complete else _("incomplete (ended: {how})", how=said(report.ended))


def _counted(counts: dict[str, int]) -> str:
    reasons = said_counts(counts)
    return f"{number(sum(counts.values()))} ({reasons})" if reasons else "0"

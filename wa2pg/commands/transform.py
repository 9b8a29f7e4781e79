"""`wa2pg transform`: sealed snapshots to clean tables."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click
from rich.text import Text

from schemas.clean_run import CleanRun, CleanRunFolder, LanguageModelRecord, ReviewRecord
from schemas.errors import ExitCode, UserError
from schemas.retelling import retold
from schemas.stored_words import counted
from schemas.translation import _, ngettext, number
from transform.accounting import reason_in_words
from transform.preview import request_for
from transform.run import LanguageModel, TransformOptions, transform
from wa2pg.invocation import Invocation, command_options
from wa2pg.language_model import enrichment_code, language_model, model_options, with_language_model_options
from wa2pg.talk import report_text, say


class MomentType(click.ParamType[datetime]):
    """A moment as ISO 8601; without an offset it is UTC, a date alone is its first second."""

    name = "time"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> datetime:
        """Parse it; fails as a usage error."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(_("a time looks like 2026-03-01 or 2026-03-01T09:00:00Z"), parameter, context)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


as_of_option = click.option(
    "--as-of", type=MomentType(), metavar="TIME", help="Moment at which statuses are read.  [default: now]"
)


@click.command("transform", short_help="Snapshots to clean tables, offline.")
@as_of_option
@with_language_model_options
@click.option("--show-request", metavar="PHONE", help="With --use-llm: print what would be sent about a client.")
@click.option("--skip-damaged", is_flag=True, help="Leave damaged parts of the archive out and say what is missing.")
@command_options("transform")
def transform_command(
    invocation: Invocation, as_of: datetime | None, show_request: str | None, skip_damaged: bool, **options: Any
) -> int:
    """Make clean tables of everything the account's archive holds.

    Needs no network (but for --use-llm) and changes nothing in the archive; run it as often as you like.

    \b
      wa2pg transform --as-of 2026-03-01
      wa2pg transform --use-llm --llm-budget 5
    """
    if show_request is not None:
        return _show_request(invocation, as_of, show_request, use_llm=options["use_llm"])
    folder = run_transform(invocation, as_of, language_model(invocation, options), skip_damaged=skip_damaged)
    return invocation.finish(
        transform_body(folder),
        [transform_table(invocation, folder)],
        exit_code=exit_code_of(folder),
        next_command=_next(invocation, folder),
    )


def _next(invocation: Invocation, folder: CleanRunFolder) -> str:
    # where none is known, load says how they are listed and made, and what to add to this command
    org = f" --org {invocation.settings.org}" if invocation.settings.org else ""
    load = f"wa2pg load --account {invocation.account}{org}"
    # without it a load leaves clients who are there already as they are, whatever a person said in the review file
    return f"{load} --no-skip-duplicates" if folder.run.review and folder.run.review.applied else load


def run_transform(
    invocation: Invocation, as_of: datetime | None, model: LanguageModel | None, *, skip_damaged: bool = False
) -> CleanRunFolder:
    """Make the account's clean tables."""
    options = replace(_options(invocation, as_of), skip_damaged=skip_damaged)
    with invocation.progress() as progress:
        folder = transform(invocation.data(), invocation.account, options, progress, model=model)
    invocation.warnings += transform_warnings(folder)
    return folder


def exit_code_of(folder: CleanRunFolder) -> ExitCode:
    """What the run comes to."""
    return enrichment_code(folder.run.language_model)


def _options(invocation: Invocation, as_of: datetime | None) -> TransformOptions:
    settings = invocation.settings
    return TransformOptions(as_of=as_of, region=settings.region, languages=settings.languages)


def _show_request(invocation: Invocation, as_of: datetime | None, phone: str, *, use_llm: bool) -> int:
    if not use_llm:
        raise UserError(
            _("{option} goes with --use-llm.", option="--show-request"),
            hint=_("add --use-llm"),
            exit_code=ExitCode.USAGE,
        )
    model = model_options(invocation.settings)
    with invocation.progress() as progress:
        body = request_for(invocation.data(), invocation.account, _options(invocation, as_of), model, phone, progress)
    say(_("This would be sent to {server}; nothing was sent.", server=model.server))
    click.echo(body.decode())
    return ExitCode.DONE


def transform_warnings(folder: CleanRunFolder) -> list[str]:
    """What a person should know beside the figures."""
    told = [retold(warning) for warning in folder.run.warnings]
    if not folder.run.history_complete:
        told.append(_("the history is incomplete: an extract was stopped or died before it had everything"))
    return told


def transform_body(folder: CleanRunFolder) -> dict[str, Any]:
    """The report's fields in JSON."""
    run, accounting = folder.run, folder.run.accounting
    return {
        "run": run.run,
        "as_of": run.as_of.isoformat(),
        "in": accounting.rows_in,
        "out": accounting.rows_out,
        "duplicates": accounting.duplicates,
        "applied": accounting.applied,
        "not_for_crm": accounting.not_for_crm,
        "rejected": accounting.rejected,
        "undecoded": accounting.undecoded,
        "clients": run.tables["clients"].rows,
        "messages": run.tables["messages"].rows,
        "people_without_number": {"people": run.people_without_number, "messages": run.messages_without_number},
        "contacts_without_messages": run.contacts_without_messages,
        "history_complete": run.history_complete,
        "language_model": run.language_model.model_dump(mode="json") if run.language_model else None,
        "review": run.review.model_dump() if run.review else None,
        "left_out": [part.model_dump() for part in run.left_out],
    }


def transform_table(invocation: Invocation, folder: CleanRunFolder) -> Text:
    """The report as people read it."""
    run, accounting = folder.run, folder.run.accounting
    rows = [
        (_("run"), _("{run}, as of {time}", run=run.run, time=run.as_of)),
        (
            _("rows in"),
            ngettext(
                "{rows} from {count} snapshot",
                "{rows} from {count} snapshots",
                len(run.snapshots),
                rows=accounting.rows_in,
            ),
        ),
        (_("= messages out"), number(accounting.rows_out)),
        (_("+ duplicates"), number(accounting.duplicates)),
        (_("+ applied"), _summed(accounting.applied)),
        (_("+ not for the CRM"), _summed(accounting.not_for_crm)),
        (_("+ rejected"), _summed(accounting.rejected)),
        (_("clients"), number(run.tables["clients"].rows)),
    ]
    if accounting.undecoded:
        rows.append((_("not decoded"), _summed(accounting.undecoded)))
    if run.left_out:
        rows.append((_("damaged, left out"), _lost(run)))
    if run.people_without_number:
        rows.append((_("without a number"), _without_number(run)))
    if run.language_model:
        rows.append((_("statuses"), _who_told(run.language_model)))
    if run.review:
        rows.append((_("review file"), _of_review(run.review)))
    return report_text(_("Transform: account {account}", account=invocation.account), rows)


def _lost(run: CleanRun) -> str:
    parts = ngettext("{count} part", "{count} parts", len(run.left_out))
    rows = ngettext("{count} row", "{count} rows", sum(part.rows or 0 for part in run.left_out))
    if any(part.rows is None for part in run.left_out):
        return _("{rows} and more in {parts}", rows=rows, parts=parts)
    return _("{rows} in {parts}", rows=rows, parts=parts)


def _without_number(run: CleanRun) -> str:
    people = ngettext("{count} person", "{count} people", run.people_without_number)
    return f"{people}, " + ngettext("{count} message", "{count} messages", run.messages_without_number)


def _who_told(model: LanguageModelRecord) -> str:
    by_rules = sum(model.fallback.values())
    told = _(
        "{count} by {model} ({remembered} remembered), {others} by rules",
        count=model.conversations - by_rules,
        model=model.model,
        remembered=model.cached,
        others=by_rules,
    )
    return told if model.usd is None else f"{told}, {number(round(model.usd, 4), 4)} USD"


def _of_review(review: ReviewRecord) -> str:
    return ngettext(
        "{count} row, {applied} applied, {unmatched} matching nobody",
        "{count} rows, {applied} applied, {unmatched} matching nobody",
        review.rows,
        applied=review.applied,
        unmatched=review.unmatched,
    )


def _summed(counts: dict[str, int]) -> str:
    parts = [counted(count, reason_in_words(name)) for name, count in counts.items() if count]
    return f"{number(sum(counts.values()))} ({', '.join(parts)})" if parts else "0"

"""`wa2pg evaluate status`: how well the sales status of clients is told, on conversations that were labelled."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from schemas.errors import ExitCode
from schemas.retelling import retold
from schemas.translation import N_, _, number
from transform.llm.evaluate import evaluate_model
from transform.status import RuleStatusDetector
from transform.status.evaluate import Evaluation, evaluate
from transform.status.labelled import read_conversations
from wa2pg.invocation import Invocation, command_options
from wa2pg.language_model import enrichment_code, language_model, with_model_terms
from wa2pg.talk import report_text

_SHOWN_WRONG = 40
_SOURCES = (N_("rules"), N_("llm"))
_SHORT = {
    "NEW_LEAD": "NEW",
    "QUALIFIED": "QUAL",
    "WARMED": "WARM",
    "PROPOSAL_SENT": "PROP",
    "NEGOTIATION": "NEGO",
    "SOLD": "SOLD",
    "SERVICE": "SERV",
    "CLOSED": "CLOS",
}


@click.command("status", short_help="How well sales statuses are told.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.jsonl")
@click.option("--llm", is_flag=True, help="Let the language model tell them, the rules where it does not.")
@with_model_terms
@command_options("evaluate status", account=False)
def evaluate_status_command(invocation: Invocation, file: Path, llm: bool, **options: Any) -> int:
    """Tell the status of every conversation in a file and count what is right.

    A line is a conversation in JSON with its right status; docs/status.md shows one. Texts are never printed: the
    report names ids. The cue files in the data directory's `status_cues` count as in transform.

    \b
      wa2pg evaluate status labelled.jsonl --json
      wa2pg evaluate status labelled.jsonl --llm --llm-budget 1
    """
    model = language_model(invocation, options | {"use_llm": llm})
    labelled = read_conversations(file)
    rules = RuleStatusDetector(invocation.settings.data_dir / "status_cues")
    found = evaluate(labelled, rules)
    code, asked = ExitCode.DONE, None
    if model:
        with invocation.progress() as progress:
            found, asked, warnings = evaluate_model(
                labelled, rules, model, invocation.data(), invocation.account, progress
            )
        invocation.warnings += map(retold, warnings)
        code = enrichment_code(asked)
    body = asdict(found) | {"language_model": asked.model_dump(mode="json") if asked else None}
    detector = body.pop("name")
    return invocation.finish({"detector": detector, **body}, _tables(found), exit_code=code)


def _tables(found: Evaluation) -> list[Text]:
    figures = [
        (_("conversations"), number(found.conversations)),
        (_("right"), _percent(found.accuracy)),
        (_("macro-F1"), number(round(found.macro_f1, 3), 3)),
        (_("decided by"), ", ".join(_decided(source, count) for source, count in found.sources.items())),
        (_("a second"), number(found.conversations_per_second)),
    ]
    heads = (_("number").rjust(8), _("precision").rjust(11), _("recall").rjust(9), _("F1").rjust(8))
    classes = [("", "".join(heads))] + [
        (
            status,
            number(scores["conversations"]).rjust(8)
            + _percent(scores["precision"]).rjust(11)
            + _percent(scores["recall"]).rjust(9)
            + number(round(scores["f1"], 3), 3).rjust(8),
        )
        for status, scores in found.per_class.items()
    ]
    confusion = [("", "".join(short.rjust(6) for short in _SHORT.values()))] + [
        (status, "".join((number(told[other]) if told.get(other) else "·").rjust(6) for other in _SHORT))
        for status, told in found.confusion.items()
    ]
    reliability = [(_("confidence"), _("number").rjust(8) + _("right").rjust(9))] + [
        (_percent(row["confidence"]), number(row["conversations"]).rjust(8) + _percent(row["right"]).rjust(9))
        for row in found.reliability
    ]
    reports = [
        report_text(_("Statuses"), figures),
        _table(_("By status"), classes),
        _table(_("Right status down, told status across"), confusion),
        _table(_("Confidence given, and share that was right"), reliability),
    ]
    if found.wrong:
        reports.append(report_text(_("Wrong"), _wrong(found)))
    return reports


def _decided(source: str, count: int) -> str:
    return _("{who} {count}", who=_(source) if source in _SOURCES else source, count=count)


def _wrong(found: Evaluation) -> list[tuple[str, str]]:
    rows = [
        (_printable(one["id"]), _("{right}, told {told}", right=one["expected"], told=one["found"]))
        for one in found.wrong[:_SHOWN_WRONG]
    ]
    if left := len(found.wrong) - len(rows):
        rows.append(("", _("and {count} more; --json names all", count=left)))
    return rows


def _table(title: str, rows: list[tuple[str, str]]) -> Text:
    """A table whose columns stand where they are: report_text folds runs of spaces."""
    column = max(len(label) for label, _values in rows) + 2
    text = Text(title + "\n", style="bold")
    text.append("\n".join(f"  {label.ljust(column)}{values}".rstrip() for label, values in rows), style="not bold")
    return text


def _printable(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in name[:32])
    return shown + "…" * (len(name) > 32)


def _percent(share: float) -> str:
    return _("{number} %", number=number(round(100 * share, 1), 1))

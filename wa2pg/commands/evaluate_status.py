"""`wa2pg evaluate status`: how well the sales status of clients is told, on conversations that were labelled."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from transform.status import RuleStatusDetector
from transform.status.evaluate import Evaluation, evaluate
from transform.status.labelled import read_conversations
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import report_text

_SHOWN_WRONG = 40
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
@command_options("evaluate status", account=False)
def evaluate_status_command(invocation: Invocation, file: Path) -> int:
    """Tell the status of every conversation in a file and count what is right.

    A line is a conversation in JSON with its right status; docs/status.md shows one. Texts are never printed: the
    report names ids. The cue files in the data directory's `status_cues` count as in transform.

    \b
      wa2pg evaluate status labelled.jsonl --json
    """
    labelled = read_conversations(file)
    found = evaluate(labelled, RuleStatusDetector(invocation.settings.data_dir / "status_cues"))
    body = asdict(found)
    detector = body.pop("name")
    return invocation.finish({"detector": detector, **body}, _tables(found))


def _tables(found: Evaluation) -> list[Text]:
    figures = [
        ("conversations", f"{found.conversations:,}"),
        ("right", _percent(found.accuracy)),
        ("macro-F1", f"{found.macro_f1:.3f}"),
        ("decided by", ", ".join(f"{source} {count:,}" for source, count in found.sources.items())),
        ("a second", f"{found.conversations_per_second:,.0f}"),
    ]
    classes = [("", "number".rjust(8) + "precision".rjust(11) + "recall".rjust(9) + "F1".rjust(8))] + [
        (
            status,
            f"{scores['conversations']:,}".rjust(8)
            + _percent(scores["precision"]).rjust(11)
            + _percent(scores["recall"]).rjust(9)
            + f"{scores['f1']:.3f}".rjust(8),
        )
        for status, scores in found.per_class.items()
    ]
    confusion = [("", "".join(short.rjust(6) for short in _SHORT.values()))] + [
        (status, "".join((f"{told.get(other, 0):,}" if told.get(other) else "·").rjust(6) for other in _SHORT))
        for status, told in found.confusion.items()
    ]
    reliability = [("confidence", "number".rjust(8) + "right".rjust(9))] + [
        (_percent(row["confidence"]), f"{row['conversations']:,}".rjust(8) + _percent(row["right"]).rjust(9))
        for row in found.reliability
    ]
    reports = [
        report_text("Statuses", figures),
        _table("By status", classes),
        _table("Right status down, told status across", confusion),
        _table("Confidence given, and share that was right", reliability),
    ]
    if found.wrong:
        reports.append(report_text("Wrong", _wrong(found)))
    return reports


def _wrong(found: Evaluation) -> list[tuple[str, str]]:
    shown = [(_printable(one["id"]), f"{one['expected']}, told {one['found']}") for one in found.wrong[:_SHOWN_WRONG]]
    left = len(found.wrong) - len(shown)
    return [*shown, *([("", f"and {left:,} more; --json names all")] if left else [])]


def _table(title: str, rows: list[tuple[str, str]]) -> Text:
    """A table whose columns stand where they are: report_text folds runs of spaces."""
    column = max(len(label) for label, _ in rows) + 2
    text = Text(title + "\n", style="bold")
    text.append("\n".join(f"  {label.ljust(column)}{values}".rstrip() for label, values in rows), style="not bold")
    return text


def _printable(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in name[:32])
    return shown + "…" * (len(name) > 32)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"

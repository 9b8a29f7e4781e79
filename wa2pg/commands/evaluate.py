"""`wa2pg evaluate`: how well what is read from chats is read, measured on labelled examples."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from schemas.translation import _, number
from transform.language import open_detector
from transform.language.evaluate import DetectorUnderTest, Evaluation, evaluate, read_labelled
from transform.language.peers import PEERS, open_peer
from wa2pg.commands.evaluate_status import evaluate_status_command
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import report_text


@click.group("evaluate", short_help="Measure on labelled examples.")
def evaluate_group() -> None:
    """Measure how well languages and statuses are told, on examples that you labelled.

    \b
      wa2pg evaluate language labelled.tsv
      wa2pg evaluate status labelled.jsonl
    """


evaluate_group.add_command(evaluate_status_command)


@evaluate_group.command("language", short_help="How well languages are told.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.tsv")
@click.option(
    "--against",
    multiple=True,
    type=click.Choice(PEERS),
    help="Measure this detector too, beside ours; may be repeated.",
)
@command_options("evaluate language", account=False)
def evaluate_language_command(invocation: Invocation, file: Path, against: tuple[str, ...]) -> int:
    """Tell the language of every text in a file and count what is right.

    A line is a text, a tab and its language code (ISO 639-1; what is none of ours counts as `other`). Texts are
    never printed: `wrong` in the JSON report names lines. WA2PG_LANGUAGES counts as in transform.

    \b
      wa2pg evaluate language labelled.tsv --against py3langid --json
    """
    expected = invocation.settings.languages
    labelled = read_labelled(file)
    ours = evaluate(labelled, DetectorUnderTest(open_detector(expected), expected))
    peers = {name: evaluate(labelled, open_peer(name)) for name in dict.fromkeys(against)}
    body = asdict(ours)
    detector = body.pop("name")
    beside = {name: asdict(peer) for name, peer in peers.items()}
    for peer in beside.values():
        del peer["name"], peer["wrong"]
    return invocation.finish({"detector": detector, **body, "against": beside}, _tables(ours, peers))


def _tables(ours: Evaluation, peers: dict[str, Evaluation]) -> list[Text]:
    columns = [ours, *peers.values()]
    wide = bool(peers)

    def row(label: str, values: list[str]) -> tuple[str, str]:
        return label, "".join(value.rjust(11) for value in values) if wide else values[0]

    def figures(label: str, name: str) -> tuple[str, str]:
        return row(label, [_percent(getattr(one, name)) for one in columns])

    rows = [row("", [_("ours"), *peers])] if wide else []
    rows += [
        row(_("texts"), [number(ours.texts)] + [""] * len(peers)),
        figures(_("right"), "accuracy"),
        figures(_("right, without other"), "accuracy_of_ours"),
        figures(_("macro-F1"), "macro_f1"),
        figures(_("called unsure"), "rejected"),
        figures(_("right of the others"), "accuracy_when_named"),
        figures(_("other kept out"), "others_rejected"),
        row(_("texts a second"), [number(one.texts_per_second) for one in columns]),
    ]
    lengths = [
        row(_("{length} words", length=length), [_percent(_accuracy(one.per_length, length)) for one in columns])
        for length in ours.per_length
    ]
    classes = [
        row(f"{code}, {number(scores['texts'])}", [_percent(one.per_class[code]["recall"]) for one in columns])
        for code, scores in ours.per_class.items()
    ]
    return [
        report_text(_("Languages"), rows),
        report_text(_("Right by length"), lengths),
        report_text(_("Right by language, with its texts"), classes),
    ]


def _accuracy(per_length: dict[str, dict[str, Any]], length: str) -> float | None:
    accuracy: float | None = per_length[length]["accuracy"]
    return accuracy


def _percent(share: float | None) -> str:
    return "-" if share is None else _("{number} %", number=number(round(100 * share, 1), 1))

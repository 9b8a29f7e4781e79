"""How good the recipe is on text of an origin that the model never saw.

    python -m tools.measure_language_model TRAIN.tsv DEV.tsv [--languages ru:4,ky:3,en:3] [--seeds N]

For each family of sources in DEV.tsv a model is trained without it and asked about the lines of that family alone; the
tables are of all these answers together. DEV.tsv has the columns text, code, source, length; a source that ends in
`+nospecial` or `+latn` is a respelling of Kyrgyz or Russian and counts by itself.

Clients are simulated from the same answers: messages of 1-2, 3-5 and 6-12 words in a ratio of 45:35:20, a fifth of them
in Russian, or in English where the client's language is Russian.
"""

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from schemas.settings import parse_languages
from schemas.words import LANGUAGES
from tools.train_language_model import SEED, Example, read_examples, read_phrases, train, training_lines
from transform.language.client import client_language
from transform.language.contract import NO_LETTERS, OTHER, Detection
from transform.language.detector import Detector
from transform.language.evaluate import DetectorUnderTest, Guess
from transform.language.mixture import Mixture
from transform.language.model import OwnModel
from transform.language.peers import PEERS, open_peer

_CLIENTS_EACH = 200
_CHAT_LENGTHS = ("1-2", "3-5", "6-12")
_CHAT_RATIO = (45, 35, 20)
_NOISE = 0.2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of DEV.tsv."""

    text: str
    code: str
    source: str
    length: str

    @property
    def right(self) -> str:
        """What a detector should answer."""
        return self.code if self.code in LANGUAGES else OTHER

    @property
    def kind(self) -> str:
        """`plain`, `nospecial` or `latn`."""
        return self.source.partition("+")[2] or "plain"


@dataclass(frozen=True, slots=True)
class Answer:
    """A line with what was found."""

    line: Line
    detection: Detection
    guess: Guess

    @property
    def hit(self) -> bool:
        """Whether the best guess is right."""
        return self.guess.code == self.line.right


def family(source: str) -> str:
    """Sources that share their origin: one app's texts are much like another's of the same makers."""
    name = source.partition("+")[0].removesuffix("-cut")
    if name.startswith("aosp"):
        return "aosp"
    if name in {"wikipedia-app", "commons-app"}:
        return "wikimedia"
    if name in {"rusdracor", "ruslit"}:
        return "fiction"
    return name


def answers(
    train_lines: Sequence[Example],
    dev: Sequence[Line],
    expected: Mapping[str, float],
    seed: int,
    names: Sequence[str] | None = None,
) -> Iterator[Answer]:
    """Every line of dev, answered by a model that saw nothing of its family."""
    phrases = read_phrases()
    for left_out in names or sorted({family(line.source) for line in dev}):
        asked = [line for line in dev if family(line.source) == left_out]
        rest = [example for example in train_lines if family(example.source) != left_out]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.ftz"
            train(training_lines(rest, phrases, seed), file, seed=seed, threads=2)
            yield from answered(asked, OwnModel(file), expected)


def answered(asked: Sequence[Line], model: OwnModel | None, expected: Mapping[str, float]) -> list[Answer]:
    """The lines with what the detector says that stands on this model (None: the shipped one)."""
    detector = Detector(expected, Mixture(model) if model else None)
    texts = [line.text for line in asked]
    guesses = DetectorUnderTest(detector, expected).guess(texts)
    return [Answer(*row) for row in zip(asked, detector.detect(texts), guesses, strict=True)]


def by_peer(asked: Sequence[Line], name: str) -> list[Answer]:
    """The lines with what another detector says."""
    guesses = open_peer(name).guess([line.text for line in asked])
    return [Answer(line, NO_LETTERS, guess) for line, guess in zip(asked, guesses, strict=True)]


def figures(found: Sequence[Answer]) -> dict[str, float]:
    """The figures of the model card, in per cent."""
    plain = [answer for answer in found if answer.line.kind == "plain"]
    ours = [answer for answer in plain if answer.line.right != OTHER]
    rows: dict[str, float] = {"texts": len(ours), "all": _right(ours), "macro-F1": _macro_f1(ours)}
    for length in _CHAT_LENGTHS:
        rows[f"{length} words"] = _right([answer for answer in ours if answer.line.length == length])
    for code in ("ru", "ky"):
        rows[code] = _right([answer for answer in ours if answer.line.code == code])
    respelled = {
        "ky without special letters": ("ky", "nospecial"),
        "ru romanised": ("ru", "latn"),
        "ky romanised": ("ky", "latn"),
    }
    for label, wanted in respelled.items():
        rows[label] = _right([answer for answer in found if (answer.line.code, answer.line.kind) == wanted])
    rows["other rejected"] = _right([answer for answer in plain if answer.line.right == OTHER])
    named = [answer for answer in ours if answer.guess.named]
    rows["called unsure"] = 100 - 100 * len(named) / len(ours)
    rows["right when named"] = _right(named)
    rows["right when unsure"] = _right([answer for answer in ours if not answer.guess.named])
    return rows


def clients(
    found: Sequence[Answer],
    messages: int,
    seed: int,
    expected: Mapping[str, float],
    *,
    exactly: bool = True,
    perfect: bool = False,
) -> dict[str, float]:
    """Share of simulated clients whose language is found, over all and for some, in per cent.

    A fifth of a client's messages is in another language: exactly, or each by chance. With `perfect` every message is
    told rightly: then only chance makes mistakes.
    """
    pools: dict[tuple[str, str, str], list[Answer]] = defaultdict(list)
    for answer in found:
        pools[answer.line.code, answer.line.kind, answer.line.length].append(answer)
    dice = random.Random(seed)  # noqa: S311 - to draw clients
    rows: dict[str, list[bool]] = defaultdict(list)
    for code, kind in [*((code, "plain") for code in LANGUAGES), ("ky", "nospecial"), ("ky", "latn"), ("ru", "latn")]:
        noise = "en" if code == "ru" else "ru"
        for _ in range(_CLIENTS_EACH):
            foreign = [n < round(messages * _NOISE) if exactly else dice.random() < _NOISE for n in range(messages)]
            dice.shuffle(foreign)
            said = []
            for number, is_foreign in enumerate(foreign):
                of = (noise, "plain") if is_foreign else (code, kind)
                lengths = [length for length in _CHAT_LENGTHS if pools.get((*of, length))]
                ratio = [_CHAT_RATIO[_CHAT_LENGTHS.index(length)] for length in lengths]
                drawn = dice.choice(pools[(*of, dice.choices(lengths, ratio)[0])]).detection
                told = Detection(of[0], 1.0, ((of[0], 1.0),)) if perfect else drawn
                # numbered, so that a line drawn twice counts twice: a real client does not repeat himself by chance
                said.append((f"{number}", told))
            hit = client_language(said, expected=expected).language == code
            rows["all" if kind == "plain" else f"{code} {kind}"].append(hit)
            if kind == "plain" and code in {"ru", "ky"}:
                rows[code].append(hit)
    return {label: 100 * sum(hits) / len(hits) for label, hits in rows.items()}


def confidence_table(found: Sequence[Answer]) -> Iterator[str]:
    """What a threshold keeps, and how right it is."""
    ours = [answer for answer in found if answer.line.kind == "plain" and answer.line.right != OTHER]
    for least in (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        kept = [answer for answer in ours if (answer.guess.confidence or 0) >= least]
        left = [answer for answer in ours if (answer.guess.confidence or 0) < least]
        yield (
            f"  >= {least:.1f}  keeps {100 * len(kept) / len(ours):5.1f} %, right {_right(kept):5.1f} %; "
            f"right among the rest {_right(left) if left else 0:5.1f} %"
        )


def _right(found: Sequence[Answer]) -> float:
    return 100 * sum(answer.hit for answer in found) / len(found) if found else float("nan")


def _macro_f1(found: Sequence[Answer]) -> float:
    scores = []
    for code in LANGUAGES:
        hits = sum(answer.hit for answer in found if answer.line.code == code)
        total = sum((answer.line.code == code) + (answer.guess.code == code) for answer in found)
        scores.append(2 * hits / total if total else 0.0)
    return 100 * sum(scores) / len(scores)


def _print_table(columns: Mapping[str, Mapping[str, float]]) -> None:
    labels = list(next(iter(columns.values())))
    print(f"{'':28}" + "".join(f"{name:>14}" for name in columns))
    for label in labels:
        print(f"{label:28}" + "".join(f"{column.get(label, float('nan')):14.1f}" for column in columns.values()))


def main(arguments: Sequence[str]) -> None:
    """Train, ask and print."""
    parser = argparse.ArgumentParser(prog="tools.measure_language_model", description="Measure the recipe.")
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--languages", type=parse_languages, default={}, help="weights as in WA2PG_LANGUAGES")
    parser.add_argument("--seeds", type=int, default=1, help="average over this many trainings")
    options = parser.parse_args(arguments)
    examples = read_examples(options.train)
    dev = [Line(*line.split("\t")) for line in options.dev.read_text("utf-8").splitlines()]
    seeds = [SEED + number for number in range(options.seeds)]
    runs = [list(answers(examples, dev, options.languages, seed)) for seed in seeds]
    everything = [answer for run in runs for answer in run]
    columns = {
        "left out": _mean([figures(run) for run in runs]),
        **{name: figures(by_peer(dev, name)) for name in PEERS},
        "shipped, seen": figures(answered(dev, None, options.languages)),
    }
    _print_table(columns)
    for name in sorted({family(line.source) for line in dev}):
        of_family = figures([answer for answer in everything if family(answer.line.source) == name])
        print(f"{name:28}{of_family['texts'] / len(runs):14.0f} texts, all {of_family['all']:.1f}")
    print("best guesses by least confidence")
    print("\n".join(confidence_table(everything)))
    print("right by language: " + ", ".join(f"{code} {_of_code(everything, code):.1f}" for code in LANGUAGES))
    for messages in (1, 2, 5, 10, 30):
        for exactly in (True, False):
            for perfect in (False, True):
                shares = _mean(
                    [
                        clients(run, messages, SEED + n, options.languages, exactly=exactly, perfect=perfect)
                        for n, run in enumerate(runs)
                    ]
                )
                told = ", ".join(f"{label} {share:.1f}" for label, share in shares.items())
                how = f"{messages:2} messages, {'a fifth' if exactly else 'each fifth by chance'} in another language"
                print(f"clients of {how}{', perfect detector' if perfect else ''}: {told}")


def _of_code(found: Sequence[Answer], code: str) -> float:
    return _right([answer for answer in found if answer.line.kind == "plain" and answer.line.code == code])


def _mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {label: float(np.mean([row[label] for row in rows])) for label in rows[0]}


if __name__ == "__main__":
    main(sys.argv[1:])

"""How well languages are told, measured on texts that somebody labelled."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from schemas.errors import ExitCode, UserError
from schemas.translation import _
from schemas.words import LANGUAGES
from transform.language.cleaning import clean
from transform.language.contract import CLASSES, OTHER, UNSURE, LanguageDetector

# lengths in words, as published comparisons have them
_LENGTHS = {"1-2": 2, "3-5": 5, "6-12": 12, "13+": 1_000_000}
# `other:nl` says that Dutch is only there to be told from the rest
_CODE = re.compile(r"(?:other|und|[a-z]{2,3}|other:[a-z]{2,3})")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with the language it is in: one of LANGUAGES or `other`; `line` is its place in the file."""

    line: int
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest language (None: no letters), how likely, and whether it would be named or called unsure."""

    code: str | None
    confidence: float | None
    named: bool = True


class Guesser(Protocol):
    """Whatever can be measured."""

    name: str

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """One guess for each text, in order."""


@dataclass(frozen=True)
class Evaluation:
    """What came out. `per_class` and `confusion` are by the language that is right; shares are 0..1."""

    name: str
    texts: int
    accuracy: float
    accuracy_of_ours: float | None
    macro_f1: float
    rejected: float
    accuracy_when_named: float | None
    others_rejected: float | None
    texts_per_second: float
    per_class: dict[str, dict[str, Any]]
    per_length: dict[str, dict[str, Any]]
    confusion: dict[str, dict[str, int]]
    wrong: list[dict[str, Any]]


class DetectorUnderTest:
    """Our detector, with its best guess also where it would say `und`."""

    def __init__(self, detector: LanguageDetector, expected: Mapping[str, float]) -> None:
        self.name = detector.name
        self._detector = detector
        self._expected = expected

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """One guess for each text, in order."""
        guesses = []
        for detection in self._detector.detect(texts):
            code = detection.language
            if code == UNSURE:
                code = max(detection.scores, key=lambda score: score[1] * self._expected.get(score[0], 1.0))[0]
            guesses.append(Guess(code, detection.confidence, named=detection.language != UNSURE))
        return guesses


def read_labelled(path: Path) -> list[Labelled]:
    """The texts of a file of text, tab, code and maybe more columns.

    Raises UserError (2) naming the first line that is none, never its text. A code that is none of ours is `other`.
    """
    labelled = []
    for number, line in enumerate(path.read_text("utf-8-sig", errors="replace").split("\n"), start=1):
        if not line.strip():
            continue
        columns = line.rstrip("\r").split("\t")
        code = columns[1].strip().lower().replace("_", "-").partition("-")[0] if len(columns) > 1 else ""
        if not _CODE.fullmatch(code):
            if number == 1:  # a line of column names
                continue
            raise UserError(
                _("Line {line} of {file} is not a text, a tab and a language code.", line=str(number), file=path.name),
                hint=_("write e.g. Саламатсызбы<TAB>ky; languages: {codes}", codes=" ".join((*LANGUAGES, "other"))),
                exit_code=ExitCode.USAGE,
            )
        labelled.append(Labelled(number, columns[0], code if code in LANGUAGES else OTHER))
    if not labelled:
        raise UserError(
            _("{file} holds no labelled text.", file=path.name),
            hint=_("one a line: text, tab, language code (ISO 639-1)"),
            exit_code=ExitCode.USAGE,
        )
    return labelled


def evaluate(labelled: Sequence[Labelled], guesser: Guesser) -> Evaluation:
    """Guess every text and count. The accuracies are of best guesses, named or not."""
    # loading the models is not counted as time for texts; what is this short is asked of all of them
    guesser.guess(["ok", "да", "me"])
    start = time.perf_counter()
    guesses = guesser.guess([item.text for item in labelled])
    seconds = time.perf_counter() - start
    right = [item.code == guess.code for item, guess in zip(labelled, guesses, strict=True)]
    ours = [hit for item, hit in zip(labelled, right, strict=True) if item.code != OTHER]
    others = [guess for item, guess in zip(labelled, guesses, strict=True) if item.code == OTHER]
    named = [hit for guess, hit in zip(guesses, right, strict=True) if guess.named]
    lengths = [length_of(item.text) for item in labelled]
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for item, guess in zip(labelled, guesses, strict=True):
        confusion[item.code][guess.code or "none"] += 1
    by_length: dict[str, list[bool]] = {length: [] for length in _LENGTHS}
    by_class: dict[str, dict[str, list[bool]]] = defaultdict(lambda: {length: [] for length in _LENGTHS})
    for item, length, hit in zip(labelled, lengths, right, strict=True):
        by_length[length].append(hit)
        by_class[item.code][length].append(hit)
    per_class = {
        code: _of_class(code, confusion) | {"per_length": _per_length(by_class[code])}
        for code in sorted(confusion, key=CLASSES.index)
    }
    return Evaluation(
        name=guesser.name,
        texts=len(labelled),
        accuracy=_share(right) or 0.0,
        accuracy_of_ours=_share(ours),
        macro_f1=round(sum(scores["f1"] for scores in per_class.values()) / len(per_class), 4),
        rejected=round(1 - len(named) / len(labelled), 4),
        accuracy_when_named=_share(named),
        others_rejected=_share([guess.code in {OTHER, None} for guess in others]),
        texts_per_second=round(len(labelled) / max(seconds, 1e-9)),
        per_class=per_class,
        per_length=_per_length(by_length),
        confusion={code: dict(found.most_common()) for code, found in sorted(confusion.items())},
        wrong=[
            {"line": item.line, "expected": item.code, "found": guess.code, "confidence": guess.confidence}
            for item, guess, hit in zip(labelled, guesses, right, strict=True)
            if not hit
        ],
    )


def length_of(text: str) -> str:
    """The bucket of a text's length in words; Chinese and Japanese count two signs a word."""
    cleaned = clean(text)
    words = cleaned.split()
    signs = sum("\u3040" <= letter <= "\u9fff" for letter in cleaned)
    count = max(len(words), (signs + 1) // 2)
    return next(length for length, most in _LENGTHS.items() if count <= most)


def _of_class(code: str, confusion: Mapping[str, Counter[str]]) -> dict[str, Any]:
    texts, hits = sum(confusion[code].values()), confusion[code][code]
    found = sum(row[code] for row in confusion.values())
    return {
        "texts": texts,
        "precision": round(hits / found, 4) if found else 0.0,
        "recall": round(hits / texts, 4),
        "f1": round(2 * hits / (texts + found), 4),
    }


def _per_length(hits: Mapping[str, Sequence[bool]]) -> dict[str, dict[str, Any]]:
    return {length: {"texts": len(found), "accuracy": _share(found)} for length, found in hits.items() if found}


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None

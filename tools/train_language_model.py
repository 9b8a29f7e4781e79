"""Train the language model that wa2pg ships: transform/language/model.ftz.

    python -m tools.train_language_model TRAIN.tsv [--out FILE] [--threads N]

TRAIN.tsv has the columns text, code (ISO 639-1, or `other:xx` for a language that is only to be told from ours) and,
not read here, more. The phrases of tools/language_data/chat.toml are added. The same file, seed and fastText wheel give
the same bytes with one thread, the default; more threads give a model that is as good, within noise.
"""

import argparse
import random
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import fasttext

from schemas.files import sha256_of
from tools.language_augmentation import as_typed, piece
from transform.language.cleaning import clean
from transform.language.model import MODEL

SEED = 20261125
CHAT = Path(__file__).with_name("language_data") / "chat.toml"

# How many lines the model sees of a language: this is also how likely it holds each when a text says nothing.
_LINES = {"ru": 26_000, "ky": 26_000, "en": 22_000}
_LINES_OF_FREQUENT = 17_000
_FREQUENT = frozenset(["ar", "fr", "de", "es", "pl", "kk", "uz", "tr"])
_LINES_OF_OTHERS_OF_OURS = 13_000
_LINES_OF_OTHER = 2_500
_TIMES_A_SENTENCE_OF_OTHER = 2
# what people write as a whole message is rarer in sentences than in chats: "да" is Russian, though Tatar has it too
_TIMES_A_PHRASE = 40
# the rest of the lines are pieces of a sentence
_WHOLE_SENTENCES = 0.1
_WHOLE_PHRASES = 0.75

RECIPE: Mapping[str, Any] = {
    "loss": "softmax",
    "dim": 16,
    "minn": 1,
    "maxn": 5,
    "minCount": 10,
    "bucket": 300_000,
    "lr": 0.25,
    "epoch": 12,
}


Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text. `source` is where it is from, empty when a file does not say."""

    text: str
    code: str
    source: str = ""


def read_examples(path: Path) -> list[Example]:
    """The lines of a file of text, code and maybe source, between tabs."""
    lines = path.read_text("utf-8").splitlines()
    return [Example(*line.split("\t")[:3]) for line in lines if line]


def read_phrases(path: Path = CHAT) -> dict[str, list[list[str]]]:
    """Phrases by language, each with its {slots} filled with each of their words."""
    phrases: dict[str, list[list[str]]] = {}
    for language, entry in tomllib.loads(path.read_text("utf-8")).items():
        slots = {name: words.split("|") for name, words in entry.items() if name != "phrases"}
        phrases[language] = [list(_filled(line, slots)) for line in entry["phrases"].split("\n") if line]
    return phrases


def _filled(line: str, slots: Mapping[str, Sequence[str]]) -> Iterator[str]:
    name = next((name for name in slots if f"{{{name}}}" in line), None)
    if name is None:
        yield line
    else:
        for word in slots[name]:
            yield from _filled(line.replace(f"{{{name}}}", word), slots)


def training_lines(
    examples: Iterable[Example], phrases: Mapping[str, Sequence[Sequence[str]]], seed: int = SEED
) -> list[str]:
    """Lines in fastText's format: cleaned, cut and spelled as people type, in an order of chance."""
    dice = random.Random(seed)  # noqa: S311 - the same lines again, not secrets
    sentences: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        if text := clean(example.text):
            sentences[example.code].append(text)
    lines = []
    for code, texts in sorted(sentences.items()):
        for text in _drawn(texts, _lines_of(code, len(texts)), dice):
            cut = text if dice.random() < _WHOLE_SENTENCES else piece(text, code, dice)
            lines.append((code, as_typed(cut, code, dice)))
    for code, own in sorted(phrases.items()):
        for ways in _drawn(own, _TIMES_A_PHRASE * len(own), dice):
            text = clean(dice.choice(ways))
            cut = text if dice.random() < _WHOLE_PHRASES else piece(text, code, dice)
            lines.append((code, as_typed(cut, code, dice)))
    dice.shuffle(lines)
    return [f"__label__{code} {text}" for code, text in lines if text]


def _lines_of(code: str, sentences: int) -> int:
    if code.startswith("other"):
        return min(_LINES_OF_OTHER, _TIMES_A_SENTENCE_OF_OTHER * sentences)
    return _LINES.get(code, _LINES_OF_FREQUENT if code in _FREQUENT else _LINES_OF_OTHERS_OF_OURS)


def _drawn(texts: Sequence[Drawn], count: int, dice: random.Random) -> Iterator[Drawn]:
    """`count` texts, each about equally often."""
    while count > 0:
        yield from dice.sample(texts, min(count, len(texts)))
        count -= len(texts)


def train(lines: Sequence[str], out: Path, *, seed: int = SEED, threads: int = 1, **changes: Any) -> None:
    """Train, quantise and write the model; `changes` replace parts of the recipe."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lines.txt"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        model: Any = fasttext.train_supervised(str(file), **{**RECIPE, **changes}, seed=seed, thread=threads, verbose=0)
        # cutoff=0 keeps every n-gram: leaving rare ones out makes the file no smaller than a smaller bucket, and slower
        model.quantize(input=str(file), qnorm=True, retrain=False, cutoff=0, thread=threads, verbose=0)
        model.save_model(str(out))


def main(arguments: Sequence[str]) -> None:
    """Train on the file that is named."""
    parser = argparse.ArgumentParser(prog="tools.train_language_model", description="Train the language model.")
    parser.add_argument("train", type=Path, help="text, code and more, between tabs")
    parser.add_argument("--out", type=Path, default=MODEL, help="file to write (default: the shipped model)")
    parser.add_argument("--threads", type=int, default=1, help="more than one: quicker, not the same bytes")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    lines = training_lines(read_examples(options.train), read_phrases())
    train(lines, options.out, threads=options.threads)
    size = options.out.stat().st_size / 1e6
    print(f"{options.out}: {len(lines):,} lines, {size:.2f} MB, {time.monotonic() - started:.0f} s")
    print(f"sha256 {sha256_of(options.out)}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""The two models: our own, and py3langid's, which is asked where ours is unsure.

Both take cleaned texts and give an array of one row a text and one column a class (contract.CLASSES).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import numpy.typing as npt

from schemas.files import sha256_of
from schemas.words import LANGUAGES
from transform.language.contract import CLASSES, OTHER

Probabilities = npt.NDArray[np.float64]

MODEL = Path(__file__).with_name("model.ftz")
_LABEL = "__label__"
# what is less likely is not worth the time to hand it over
_LEAST_PROBABILITY = 0.001
_COLUMN = {label: column for column, label in enumerate(CLASSES)}


def column_of(code: str) -> int:
    """The column of a language; of every language that is none of ours that of `other`."""
    return _COLUMN.get(code, _COLUMN[OTHER])


class OwnModel:
    """A fastText model made by tools/train_language_model.py: our languages and, each by itself, others."""

    def __init__(self, path: Path = MODEL) -> None:
        self.name = f"{path.stem} {sha256_of(path)}"
        self._model: Any = fasttext.load_model(str(path))
        self.labels: list[str] = self._model.labels
        codes = [label.removeprefix(_LABEL) for label in self.labels]
        self._columns = {_LABEL + code: column_of(code) for code in codes}
        self.others = tuple(sorted(code.partition(":")[2] for code in codes if ":" in code))

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Of each text; a text must not contain line breaks."""
        if not texts:
            return np.zeros((0, len(CLASSES)))
        # the list form is three times as fast as text by text
        labels, values = self._model.predict(list(texts), k=-1, threshold=_LEAST_PROBABILITY)
        columns = self._columns
        found = np.zeros((len(texts), len(CLASSES)))
        for row, (names, probabilities) in enumerate(zip(labels, values, strict=True)):
            # several labels share the column of `other`
            found[row] = np.bincount([columns[name] for name in names], probabilities, len(CLASSES))
        return found


class SecondOpinion:
    """py3langid (BSD-3), restricted to our languages and `others`. Loading takes most of a second and 100 MB."""

    name = f"py3langid {version('py3langid')}"

    def __init__(self, others: Iterable[str] = ()) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

        self._model: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._model.set_languages([*LANGUAGES, *sorted(set(others) & set(self._model.labels))])
        self._columns = {code: column_of(code) for code in self._model.labels}

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """Of each text."""
        found = np.zeros((len(texts), len(CLASSES)))
        for row, text in zip(found, texts, strict=True):
            for code, probability in self._model.rank(text):
                row[self._columns[code]] += probability
        return found


@cache
def own_model() -> OwnModel:
    """The shipped model, loaded once a process."""
    return OwnModel()


@cache
def second_opinion(others: tuple[str, ...]) -> SecondOpinion:
    """py3langid's model, loaded once a process and only when a text needs it."""
    return SecondOpinion(others)

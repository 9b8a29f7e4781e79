"""Which language a text is in, and which one a client prefers. Offline, on models that come along.

`open_detector()` is the way in; the models are loaded when it is called, not when this is imported.
"""

from collections.abc import Mapping
from pathlib import Path

from schemas.words import LANGUAGES
from transform.language.cleaning import clean, without_names
from transform.language.client import ClientLanguage, client_language
from transform.language.contract import (
    LEAST_CONFIDENCE,
    NO_LETTERS,
    OTHER,
    UNSURE,
    Detection,
    LanguageDetector,
)

__all__ = [
    "LANGUAGES",
    "LEAST_CONFIDENCE",
    "NO_LETTERS",
    "OTHER",
    "UNSURE",
    "ClientLanguage",
    "Detection",
    "LanguageDetector",
    "clean",
    "client_language",
    "open_detector",
    "without_names",
]


def open_detector(expected: Mapping[str, float] | None = None, remember: Path | None = None) -> LanguageDetector:
    """The detector of this package; `expected` weighs the languages that a company's clients write.

    With a folder `remember`, texts that were told before are not looked at again.
    """
    from transform.language.detector import Detector  # noqa: PLC0415 - loads numpy and the model

    return Detector(expected, remember=remember)

"""The detector: texts in, detections out. Cleans, asks the models once for each distinct text, and decides."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from transform.language.cleaning import CLEANING_VERSION, clean
from transform.language.contract import CLASSES, LEAST_CONFIDENCE, NO_LETTERS, UNSURE, Detection
from transform.language.mixture import Mixture
from transform.language.model import Probabilities
from transform.language.scripts import script_of

_KEPT_SCORES = 5
_LEAST_SCORE = 0.001
_BATCH = 2048
_LONGEST_CACHED = 200
_CACHED = 65_536


class Detector:
    """Our model, py3langid and the rules behind one question. Not thread-safe.

    `expected` weighs languages (1 when not named): how often a company's clients write them, in any unit.
    """

    def __init__(self, expected: Mapping[str, float] | None = None, mixture: Mixture | None = None) -> None:
        self.expected = dict(sorted((expected or {}).items()))
        prior = ",".join(f"{language}:{weight:g}" for language, weight in self.expected.items()) or "none"
        self._mixture = mixture or Mixture()
        self.name = f"{self._mixture.name}, cleaning {CLEANING_VERSION}, languages {prior}"
        self._weights = np.array([self.expected.get(label, 1.0) for label in CLASSES])
        self._seen: dict[str, Detection] = {}

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        """One detection for each text, in order; equal texts are looked at once."""
        seen = self._seen
        try:
            return [seen[text] for text in texts]
        except KeyError:
            pass
        found = {text: seen[text] for text in texts if text in seen}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            found.update(zip(batch, self._detect_batch(batch), strict=True))
        self._remember({text: found[text] for text in new if len(text) <= _LONGEST_CACHED})
        return [found[text] for text in texts]

    def _remember(self, detections: Mapping[str, Detection]) -> None:
        if len(self._seen) + len(detections) > _CACHED:
            self._seen = {}
        if len(detections) <= _CACHED:
            self._seen.update(detections)

    def _detect_batch(self, texts: Sequence[str]) -> list[Detection]:
        cleaned = [clean(text) for text in texts]
        scripts = {text: script for text in dict.fromkeys(cleaned) if (script := script_of(text))}
        probabilities = self._mixture.probabilities(list(scripts), list(scripts.values()))
        detections = dict(zip(scripts, self._decide(probabilities), strict=True))
        return [detections.get(text, NO_LETTERS) for text in cleaned]

    def _decide(self, probabilities: Probabilities) -> Iterator[Detection]:
        weighed = probabilities * self._weights
        weighed /= weighed.sum(axis=1, keepdims=True)
        chosen = weighed.argmax(axis=1)
        # by probability, then by the order of CLASSES
        order = np.argsort(-probabilities, axis=1, kind="stable")[:, :_KEPT_SCORES]
        scores = np.take_along_axis(probabilities, order, axis=1).round(4)
        confidences = weighed.max(axis=1).round(4).tolist()
        for best, confidence, labels, values in zip(
            chosen.tolist(), confidences, order.tolist(), scores.tolist(), strict=True
        ):
            language = CLASSES[best] if confidence >= LEAST_CONFIDENCE else UNSURE
            kept = tuple((CLASSES[n], value) for n, value in zip(labels, values, strict=True) if value >= _LEAST_SCORE)
            yield Detection(language, confidence, kept)

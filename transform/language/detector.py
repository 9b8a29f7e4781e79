"""The detector: texts in, detections out. Cleans, asks the models once for each distinct text, and decides."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from schemas.machine import usable_cores
from transform.language.answers import ONE, Answers, RememberedAnswers, as_answers, keys_of
from transform.language.cleaning import CLEANING_VERSION, clean
from transform.language.contract import CLASSES, LEAST_CONFIDENCE, NO_LETTERS, UNSURE, Detection
from transform.language.mixture import Mixture
from transform.language.model import Probabilities
from transform.language.processes import ENOUGH_CORES, Processes
from transform.language.scripts import script_of

_LEAST_SCORE = 0.001
_BATCH = 2048
_AT_ONCE = 32_768
# one process tells 30,000 texts a second; starting others takes two seconds and 150 MB each
_MANY = 200_000
_LONGEST_CACHED = 200
_CACHED = 65_536


class Detector:
    """Our model, py3langid and the rules behind one question. Not thread-safe.

    `expected` weighs languages (1 when not named): how often a company's clients write them, in any unit. With a folder
    `remember`, what was told once is told again from there; `close` writes what is new. After `many` new texts several
    processes are asked.
    """

    def __init__(
        self,
        expected: Mapping[str, float] | None = None,
        mixture: Mixture | None = None,
        remember: Path | None = None,
        many: int = _MANY,
    ) -> None:
        expected = dict(sorted((expected or {}).items()))
        prior = ",".join(f"{language}:{weight:g}" for language, weight in expected.items()) or "none"
        self._mixture = mixture or Mixture()
        answering = f"{self._mixture.name}, cleaning {CLEANING_VERSION}"
        self.name = f"{answering}, languages {prior}"
        self._weights = np.array([expected.get(label, 1.0) for label in CLASSES])
        self._answers = RememberedAnswers(remember, answering)
        self._seen: dict[str, Detection] = {}
        self._processes: Processes | None = None
        self._looked_at = 0
        # another mixture than the shipped one cannot be handed to processes
        self._many = math.inf if mixture or usable_cores() < ENOUGH_CORES else many

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        """One detection for each text, in order; equal texts are looked at once."""
        seen = self._seen
        try:
            return [seen[text] for text in texts]
        except KeyError:
            pass
        found = {text: seen[text] for text in texts if text in seen}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            found.update(zip(some, self._detect_distinct(some), strict=True))
        self._keep_at_hand({text: found[text] for text in new if len(text) <= _LONGEST_CACHED})
        return [found[text] for text in texts]

    def close(self) -> None:
        """Write down what was told, for the next run, and end the processes."""
        self._answers.save()
        if self._processes:
            self._processes.close()
            self._processes = None

    def _keep_at_hand(self, detections: Mapping[str, Detection]) -> None:
        if len(self._seen) + len(detections) > _CACHED:
            self._seen = {}
        if len(detections) <= _CACHED:
            self._seen.update(detections)

    def _detect_distinct(self, texts: Sequence[str]) -> list[Detection]:
        cleaned = [clean(text) for text in texts]
        distinct = list(dict.fromkeys(cleaned))
        keys = keys_of(distinct)
        answers, known = self._answers.find(keys)
        scripts = {n: script for n in np.flatnonzero(~known).tolist() if (script := script_of(distinct[n]))}
        asked = list(scripts)
        chunks = [
            ([distinct[n] for n in some], [scripts[n] for n in some])
            for start in range(0, len(asked), _BATCH)
            if (some := asked[start : start + _BATCH])
        ]
        start = 0
        for probabilities in self._probabilities(chunks):
            some = asked[start : start + len(probabilities)]
            answers[some] = as_answers(keys[some], probabilities)
            start += len(probabilities)
        self._answers.add(answers[asked])
        told = np.flatnonzero(answers["shares"][:, 0]).tolist()
        detections = dict(zip([distinct[n] for n in told], self._decide(answers[told]), strict=True))
        return [detections.get(text, NO_LETTERS) for text in cleaned]

    def _probabilities(self, chunks: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Iterator[Probabilities]:
        self._looked_at += sum(len(texts) for texts, _ in chunks)
        if self._looked_at > self._many and len(chunks) > 1 and self._processes is None:
            self._processes = Processes()
        if self._processes and len(chunks) > 1:
            return self._processes.probabilities(chunks)
        return (self._mixture.probabilities(*chunk) for chunk in chunks)

    def _decide(self, answers: Answers) -> Iterator[Detection]:
        """Decide on what is remembered of an answer, so that a remembered one and a new one decide the same."""
        shares = answers["shares"] / ONE
        weighed = shares * self._weights[answers["classes"]]
        rest = np.maximum(0, 1 - shares.sum(axis=1))
        confidences = (weighed.max(axis=1) / (weighed.sum(axis=1) + rest)).round(4).tolist()
        best = np.take_along_axis(answers["classes"], weighed.argmax(axis=1)[:, None], axis=1)[:, 0].tolist()
        for chosen, confidence, labels, values in zip(
            best, confidences, answers["classes"].tolist(), shares.tolist(), strict=True
        ):
            language = CLASSES[chosen] if confidence >= LEAST_CONFIDENCE else UNSURE
            kept = tuple((CLASSES[n], value) for n, value in zip(labels, values, strict=True) if value >= _LEAST_SCORE)
            yield Detection(language, confidence, kept)

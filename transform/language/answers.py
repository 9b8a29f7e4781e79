"""Answers that were given before, by hash of the cleaned text and of what gave them; on disk between runs.

One answer is 23 bytes: a hash, the five likeliest classes, their probabilities in ten-thousandths. No text is kept.
What is read back is what was put in, so a run with remembered answers gives the same tables as one without.
"""

import hashlib
import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from schemas.files import make_private_folder, replace_file
from transform.language.contract import CLASSES
from transform.language.model import Probabilities

KEPT = 5
ONE = 10_000
ANSWER = np.dtype([("key", "<u8"), ("classes", "u1", (KEPT,)), ("shares", "<u2", (KEPT,))])
Answers = npt.NDArray[np.void]
Keys = npt.NDArray[np.uint64]

_RECENT = 32_768
_NONE: Answers = np.zeros(0, ANSWER)


def keys_of(texts: Sequence[str]) -> Keys:
    """A hash of 64 bits of each text: of ten million texts two are the same with a chance of 1 in 370,000."""
    digests = b"".join(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, "<u8")


def as_answers(keys: Keys, probabilities: Probabilities) -> Answers:
    """Each row of probabilities as the answer to keep: by probability, then by the order of CLASSES."""
    answers = np.zeros(len(keys), ANSWER)
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :KEPT]
    answers["key"] = keys
    answers["classes"] = order
    answers["shares"] = np.rint(np.take_along_axis(probabilities, order, axis=1) * ONE)
    return answers


class RememberedAnswers:
    """The answers of one detector. `name` is its name; answers of another name in the folder are thrown away."""

    def __init__(self, folder: Path | None = None, name: str = "") -> None:
        self._path = folder / f"language-{hashlib.sha256(name.encode()).hexdigest()[:16]}.npy" if folder else None
        self._sorted = _read(self._path) if self._path else _NONE
        self._recent: list[Answers] = []
        self._saved = len(self._sorted)

    def __len__(self) -> int:
        return len(self._sorted) + sum(map(len, self._recent))

    def find(self, keys: Keys) -> tuple[Answers, npt.NDArray[np.bool_]]:
        """The answers to keys, and which of them there are."""
        if sum(map(len, self._recent)) >= _RECENT:
            self._settle()
        found = np.zeros(len(keys), ANSWER)
        known = np.zeros(len(keys), bool)
        for answers in (self._sorted, *self._recent):
            if len(answers):
                places = np.minimum(np.searchsorted(answers["key"], keys), len(answers) - 1)
                hits = answers["key"][places] == keys
                found[hits] = answers[places[hits]]
                known |= hits
        return found, known

    def add(self, answers: Answers) -> None:
        """Remember answers to keys that are not known."""
        if len(answers):
            self._recent.append(np.sort(answers, order="key"))

    def save(self) -> None:
        """Write what is new to the folder, whole or not at all."""
        self._settle()
        if self._path is None or len(self._sorted) == self._saved:
            return
        folder = make_private_folder(self._path.parent)
        buffer = io.BytesIO()
        np.save(buffer, self._sorted, allow_pickle=False)
        replace_file(self._path, buffer.getvalue())
        self._saved = len(self._sorted)
        for other in folder.glob("language-*.npy"):
            if other != self._path:
                other.unlink(missing_ok=True)

    def _settle(self) -> None:
        if self._recent:
            together = np.concatenate([self._sorted, *self._recent])
            self._sorted = together[np.argsort(together["key"], kind="stable")]
            self._recent = []


def _read(path: Path) -> Answers:
    """The answers in a file; none when it is not there or damaged."""
    with suppress(OSError, ValueError, EOFError):
        answers = np.load(path, allow_pickle=False)
        whole = answers.dtype == ANSWER and answers.ndim == 1
        sorted_once = whole and bool((answers["key"][1:] > answers["key"][:-1]).all())
        if sorted_once and (answers["classes"] < len(CLASSES)).all() and (answers["shares"] <= ONE).all():
            kept: Answers = answers
            return kept
    return _NONE

"""Answers that were given before, by hash of all that they depend on: the same conversation is never asked about twice.

`llm-answers.jsonl` in the cache folder: a line an answer, appended as it comes, so that a run which is stopped keeps
what it paid for. No conversation and no key is in it; a line that cannot be read is passed over.
"""

import json
import os
import threading
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from schemas.files import PRIVATE_FILE, make_private_folder
from transform.llm.answer import Answer

NAME = "llm-answers.jsonl"


class RememberedAnswers:
    """The answers in a folder; without one they are kept for this run alone. May be used by several threads."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / NAME if folder else None
        self._known = _read(self._path) if self._path else {}
        self._writing = threading.Lock()

    def find(self, key: str) -> Answer | None:
        """The answer to a key, None when it was never given."""
        return self._known.get(key)

    def add(self, key: str, answer: Answer) -> None:
        """Remember an answer, on disk before this returns."""
        with self._writing:
            self._known[key] = answer
            if self._path is None:
                return
            make_private_folder(self._path.parent)
            line = json.dumps({"key": key, "answer": answer.model_dump(mode="json")}, ensure_ascii=False)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_FILE)
            try:
                # on a line of its own, whatever a killed run left of its last one
                os.write(descriptor, b"\n" + line.encode("utf-8", "replace") + b"\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _read(path: Path) -> dict[str, Answer]:
    known: dict[str, Answer] = {}
    with suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            with suppress(ValueError, KeyError, TypeError, ValidationError):
                told = json.loads(line)
                known[str(told["key"])] = Answer.model_validate_json(json.dumps(told["answer"]))
    return known

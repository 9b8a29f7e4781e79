"""A person's words into the clean clients."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.clean_run import ReviewRecord
from schemas.words import Status
from transform.names import split_name
from transform.review.people import rows_by_client
from transform.review.words import Review, ReviewRow, words_of

SOURCE = "review"
SET_BY_A_PERSON = "set by a person in the review file"
_ROWS_TOLD = 20


@dataclass(frozen=True)
class Said:
    """All that the rows about one client say: words by column; `contradicted` rows say otherwise than one before."""

    words: dict[str, str]
    skip: bool
    contradicted: list[ReviewRow]


class AppliedReview:
    """The review file on its way through one transform."""

    def __init__(self, review: Review) -> None:
        self.inputs = review.inputs
        self._review = review
        self._applied = 0
        self._unmatched: list[ReviewRow] = []
        self._contradicted: list[ReviewRow] = []

    def settled(self, people: Iterable[Mapping[str, Any]]) -> frozenset[str]:
        """The phones of those (`phone`, `addresses`) whose status a person told, or whom he keeps out of the load."""
        found, _ = rows_by_client(self._review.rows, list(people))
        return frozenset(
            phone
            for phone, rows in found.items()
            if any(row.skip or ("status" in row.words and not row.doubtful) for row in rows)
        )

    def apply(self, clients: Sequence[dict[str, Any]]) -> None:
        """Put what a person said into the rows of the clean table clients."""
        found, unmatched = rows_by_client(self._review.rows, clients)
        self._unmatched = [row for row in unmatched if row.says_something]
        for client in clients:
            rows = found.get(client["phone"], [])
            said = said_about(client, rows)
            self._applied += sum(row.skip or bool(words_of(row, client)) for row in rows)
            self._contradicted += said.contradicted
            _set(client, said)

    def record(self) -> ReviewRecord:
        """What run.json says about it."""
        return ReviewRecord(
            sha256=self._review.sha256,
            rows=self._review.in_file,
            applied=self._applied,
            unmatched=len(self._unmatched),
        )

    def warnings(self) -> list[str]:
        """What a person should know, with rows by their numbers in a spreadsheet."""
        told = warnings_about(self._review)
        if self._unmatched:
            told.append(
                f"the review file: no client is found for {_named(self._unmatched)}; what is said there is kept"
            )
        if self._contradicted:
            told.append(
                "the review file: a client has several rows under numbers that were his one after the other; the row "
                f"under today's number counts, and not all of {_named(self._contradicted)}"
            )
        return told


def warnings_about(review: Review) -> list[str]:
    """What a person should know about the file itself."""
    if review.remembered:
        return []
    told = (
        "what wa2pg had written into the review file is not known, so every cell that differs from what is read today "
        "counts as a person's word"
    )
    return [told]


def said_about(client: Mapping[str, Any], rows: Sequence[ReviewRow]) -> Said:
    """The words of all rows about the client; of two that say different things the first counts."""
    words: dict[str, str] = {}
    contradicted = []
    for row in rows:
        own = words_of(row, client)
        if any(words.get(column, word) != word for column, word in own.items()):
            contradicted.append(row)
        words = own | words
    return Said(words, any(row.skip for row in rows), contradicted)


def _set(client: dict[str, Any], said: Said) -> None:
    words = said.words
    if "name" in words:
        first_name, last_name = split_name(words["name"])
        client.update(name=words["name"], first_name=first_name, last_name=last_name, name_source=SOURCE)
    if "language" in words:
        client.update(preferred_language=words["language"], language_confidence=1.0)
    if "status" in words:
        client.update(
            status=str(Status(words["status"])),
            status_confidence=1.0,
            status_source=SOURCE,
            status_reason=words.get("reason", SET_BY_A_PERSON),
        )
    client["skip"] = said.skip


def _named(rows: Sequence[ReviewRow]) -> str:
    numbers = [str(row.number) for row in rows if row.number]
    parts = []
    if numbers:
        more = f" and {len(numbers) - _ROWS_TOLD} more" if len(numbers) > _ROWS_TOLD else ""
        parts.append(f"row{'' if len(numbers) == 1 else 's'} {', '.join(numbers[:_ROWS_TOLD])}{more}")
    if removed := len(rows) - len(numbers):
        parts.append(f"{removed} row{'' if removed == 1 else 's'} taken out of the file")
    return " and ".join(parts)

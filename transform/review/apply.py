"""A person's words into the clean clients."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.clean_run import ReviewRecord
from schemas.translation import N_, _, ngettext
from schemas.words import Status
from transform.names import split_name
from transform.review.people import rows_by_client
from transform.review.words import Review, ReviewRow, words_of

SOURCE = "review"
SET_BY_A_PERSON = N_("set by a person in the review file")
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
        found, _unmatched = rows_by_client(self._review.rows, list(people))
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
        there, removed = _split(self._unmatched)
        if there:
            told.append(
                ngettext(
                    "the review file: no client is found for row {rows}; what is said there is kept",
                    "the review file: no client is found for rows {rows}; what is said there is kept",
                    len(there),
                    rows=_numbers(there),
                )
            )
        if removed:
            told.append(
                ngettext(
                    "the review file: no client is found for {count} row taken out of the file; "
                    "what is said there is kept",
                    "the review file: no client is found for {count} rows taken out of the file; "
                    "what is said there is kept",
                    removed,
                )
            )
        there, removed = _split(self._contradicted)
        if there:
            told.append(
                ngettext(
                    "the review file: a client has several rows under numbers that were his one after the other; "
                    "the row under today's number counts, and not all of row {rows}",
                    "the review file: a client has several rows under numbers that were his one after the other; "
                    "the row under today's number counts, and not all of rows {rows}",
                    len(there),
                    rows=_numbers(there),
                )
            )
        if removed:
            told.append(
                ngettext(
                    "the review file: a client has several rows under numbers that were his one after the other; "
                    "the row under today's number counts, and not all of {count} row taken out of the file",
                    "the review file: a client has several rows under numbers that were his one after the other; "
                    "the row under today's number counts, and not all of {count} rows taken out of the file",
                    removed,
                )
            )
        return told


def warnings_about(review: Review) -> list[str]:
    """What a person should know about the file itself."""
    if review.remembered:
        return []
    return [
        _(
            "what wa2pg had written into the review file is not known, so every cell that differs from what is read "
            "today counts as a person's word"
        )
    ]


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


def _split(rows: Sequence[ReviewRow]) -> tuple[list[ReviewRow], int]:
    """The rows that are in the file, and how many were taken out of it."""
    there = [row for row in rows if row.number]
    return there, len(rows) - len(there)


def _numbers(rows: Sequence[ReviewRow]) -> str:
    numbers = ", ".join(str(row.number) for row in rows[:_ROWS_TOLD])
    more = len(rows) - _ROWS_TOLD
    return _("{rows} and {number} more", rows=numbers, number=str(more)) if more > 0 else numbers

"""A company's office at work: an archive, its transforms, and somebody who edits the review file in a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.words import Status
from tests.transform.archives import AS_OF, Archive
from tests.transform.conftest import FirstLetterDetector, Tables
from transform.review.write import WrittenReview, write_review
from transform.run import TransformOptions, transform
from transform.status import ChatMessage, StatusDecision


class Reader:
    """Reads every conversation in the way it is told."""

    name = "told"

    def __init__(self, status: Status, reason: str) -> None:
        self._decision = StatusDecision(status, 0.4, "rules", reason)

    def decide(self, messages: Sequence[ChatMessage], as_of: datetime) -> StatusDecision:
        del messages, as_of
        return self._decision


@dataclass
class Office:
    """An account with its review file."""

    archive: Archive

    @property
    def path(self) -> Path:
        return self.archive.data.review(self.archive.account)

    @property
    def base(self) -> Path:
        return self.path.with_suffix(".base.jsonl")

    def transform(self, status: Status = Status.WARMED, reason: str = "showed interest") -> Tables:
        options = TransformOptions(as_of=AS_OF)
        reader = Reader(status, reason)
        folder = transform(
            self.archive.data, self.archive.account, options, language=FirstLetterDetector(), status=reader
        )
        return Tables(folder)

    def clients(self, **told: Any) -> dict[str, dict[str, Any]]:
        """The clients of a new transform, by phone."""
        return {client["phone"]: client for client in self.transform(**told).clients}

    def review(self, delimiter: str | None = None) -> WrittenReview:
        return write_review(self.archive.data, self.archive.account, delimiter)

    def rows(self, delimiter: str = ",") -> list[dict[str, str]]:
        """The file as a spreadsheet shows it."""
        text = self.path.read_bytes().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))

    def row(self, phone: str) -> dict[str, str]:
        (found,) = [row for row in self.rows() if row["phone"] == "'" + phone]
        return found

    def edit(self, phone: str, **cells: str) -> None:
        """Change cells of one client's row and save."""
        rows = self.rows()
        for row in rows:
            if row["phone"] == "'" + phone:
                row.update(cells)
        self.save(rows)

    def save(
        self,
        rows: list[dict[str, str]],
        *,
        columns: Sequence[str] | None = None,
        encoding: str = "utf-8-sig",
        errors: str = "strict",
        delimiter: str = ",",
        lineterminator: str = "\r\n",
        before: str = "",
        quoting: Any = csv.QUOTE_MINIMAL,
    ) -> None:
        """Save rows as some spreadsheet does."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(
            text, columns or list(rows[0]), delimiter=delimiter, lineterminator=lineterminator,
            quoting=quoting, extrasaction="ignore",
        )  # fmt: skip
        writer.writeheader()
        writer.writerows(rows)
        self.path.write_bytes((before + text.getvalue()).encode(encoding, errors))

"""The rows of a review file that is about to be written, the least certain first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.translation import _
from transform.review.apply import SET_BY_A_PERSON, SOURCE, Said, said_about
from transform.review.base import BaseRow, Written
from transform.review.cells import WORDED
from transform.review.headings import NO, YES
from transform.review.people import lids_of, rows_by_client
from transform.review.words import Review, ReviewRow
from transform.status.reasons import reason_told


@dataclass(frozen=True)
class Line:
    """One row as it will stand in the file. `kept`: it is about no client of today; `new`: it was not there before."""

    base: BaseRow
    confidence: float | None
    kept: bool = False
    new: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def edited(self) -> bool:
        """Whether a person has set anything in it."""
        return bool(self.base.written.words) or self.base.written.skip

    @property
    def shown_confidence(self) -> str:
        """The confidence with two decimals, rounded down so that nothing looks surer than it is."""
        return "" if self.confidence is None else f"{int(self.confidence * 100 + 1e-9) / 100:.2f}"

    @property
    def skip(self) -> str:
        """The cell `skip`."""
        return _(YES) if self.base.written.skip else _(NO)


def lines_for(review: Review, clients: Sequence[Mapping[str, Any]]) -> tuple[list[Line], int]:
    """A line for each client, and for each row with a person's words that is about nobody.

    A client whose number stands on such a row has none; how many those are is told too.
    """
    found, unmatched = rows_by_client(review.rows, clients)
    told = [(client, found.get(client["phone"], [])) for client in clients]
    said = {client["phone"]: said_about(client, rows) for client, rows in told}
    kept = [row for row in unmatched if row.says_something]
    kept += [row for one in said.values() for row in one.contradicted]
    kept_phones = {row.phone for row in kept}
    lines = [_line(client, rows, said[client["phone"]]) for client, rows in told if client["phone"] not in kept_phones]
    lines.sort(key=lambda line: (line.confidence or 0.0, line.base.phone))
    lines += [_kept(row) for row in sorted(kept, key=lambda row: row.phone)]
    return lines, sum(client["phone"] in kept_phones for client in clients)


def _line(client: Mapping[str, Any], rows: Sequence[ReviewRow], said: Said) -> Line:
    words = said.words
    taken_back: set[str] = {column for row in rows for column in row.shown.words if column not in words}
    read = _as_read(client, taken_back)
    if "status" in words:
        read["reason"] = _(SET_BY_A_PERSON)
    now = Written(**(read | words), skip=said.skip, words=_sorted(words))
    confidence = 1.0 if "status" in words else client["status_confidence"] if now.status else None
    base = BaseRow(
        phone=client["phone"],
        lids=lids_of(client["addresses"]),
        written=now,
        before=_before(rows[0], now) if rows else None,
    )
    more: dict[str, str] = {}
    for row in rows:
        more |= {name: cell for name, cell in row.more.items() if cell and name not in more}
    return Line(base, confidence, new=not any(row.number for row in rows), more=more)


def _as_read(client: Mapping[str, Any], taken_back: set[str]) -> dict[str, str]:
    """What was read about the client. What a person has taken back is empty until the next transform reads it anew."""
    if client["name_source"] == SOURCE:
        taken_back = taken_back | {"name"}
    if client["status_source"] == SOURCE or "status" in taken_back:
        taken_back = taken_back | {"status", "reason"}
    read = {
        "name": client["name"],
        "language": client["preferred_language"],
        "status": client["status"],
        "reason": reason_told(client["status_reason"] or ""),
    }
    return {column: "" if column in taken_back else text or "" for column, text in read.items()}


def _kept(row: ReviewRow) -> Line:
    cells = {column: row.words.get(column, row.shown.cell(column)) for column in WORDED}
    now = Written(**cells, skip=row.skip, words=_sorted(row.words))
    base = BaseRow(phone=row.phone, lids=row.lids, written=now, before=_before(row, now))
    return Line(base, None, kept=True, more=row.more)


def _before(row: ReviewRow, now: Written) -> Written | None:
    """What stood there before; a writing that changes nothing does not make the one before it forgotten."""
    before = row.earlier if now == row.shown else row.shown
    return None if before == Written() else before


def _sorted(words: Mapping[str, str]) -> Any:
    return tuple(sorted(words))

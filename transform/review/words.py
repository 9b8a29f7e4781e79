"""A person's words: what he changed in the review file, told from what wa2pg had written there."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Any

from schemas.errors import UserError
from schemas.translation import _, ngettext
from transform.review.base import BaseRow, Written, read_base
from transform.review.cells import WORDED, CellError, as_read, read_phone, read_skip, read_word
from transform.review.headings import COLUMNS, heading
from transform.review.sheet import Sheet, read_bytes, read_sheet

_ERRORS_TOLD = 5


@dataclass(frozen=True)
class ReviewRow:
    """One row: its number in a spreadsheet (None when the row was removed from the file), and a person's words.

    `words` by column of WORDED. With `doubtful` nothing says what was written, and only those count that differ from
    what is read today. `shown` is the row as it was written, `earlier` as it was before that; `more` are a person's own
    columns.
    """

    number: int | None
    phone: str
    lids: tuple[str, ...]
    words: Mapping[str, str]
    skip: bool
    shown: Written
    earlier: Written | None = None
    doubtful: bool = False
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def says_something(self) -> bool:
        """Whether a person has set anything."""
        return self.skip or bool(self.words)


@dataclass(frozen=True)
class Review:
    """A review file as read. `sha256`: of the file; `inputs`: of it and of the memory of what was written."""

    path: Path
    sha256: str
    inputs: str
    rows: list[ReviewRow]
    in_file: int
    delimiter: str
    more: tuple[str, ...]
    remembered: bool


def read_review(path: Path) -> Review | None:
    """The review file of an account with what a person said in it; None when there is none.

    Raises UserError for a file that cannot be read with certainty, naming rows by number. Nothing is written.
    """
    content = read_bytes(path)
    base, remembered = read_base(path)
    if content is None:
        if base and any(row.written.words or row.written.skip for row in base.values()):
            raise UserError(
                _("The review file {file} is gone, but a person had set something in it.", file=path),
                hint=_("put it back, or write it again with: {command}", command=f"wa2pg review {path.stem}"),
            )
        return None
    names = {row.written.name for row in (base or {}).values()}
    sheet = read_sheet(path, content, sorted(names))
    return Review(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        inputs=hashlib.sha256(content + b"\0" + (remembered or b"")).hexdigest(),
        rows=[*_rows_of(path, sheet, base), *_removed(sheet, base)],
        in_file=len(sheet.rows),
        delimiter=sheet.delimiter,
        more=tuple(name for name in sheet.columns if name not in COLUMNS),
        remembered=base is not None,
    )


def remembered_review(path: Path) -> Review:
    """What is remembered of a review file that is gone."""
    base, _content = read_base(path)
    sheet = Sheet((), [], "utf-8-sig", ",")
    return Review(path, "", "", _removed(sheet, base), 0, ",", (), remembered=base is not None)


def _rows_of(path: Path, sheet: Sheet, base: Mapping[str, BaseRow] | None) -> list[ReviewRow]:
    rows, errors = [], []
    for number, cells in sheet.rows:
        try:
            phone = read_phone(cells["phone"])
            rows.append(_row(sheet, number, phone, cells, base))
        except CellError as error:
            errors.append((number, error))
    if errors:
        raise _wrong(path, errors)
    return _without_doubles(path, rows)


def _row(
    sheet: Sheet, number: int, phone: str, cells: Mapping[str, str], base: Mapping[str, BaseRow] | None
) -> ReviewRow:
    known = (base or {}).get(phone)
    was = _generation(sheet, cells, known) if known else Written()
    words = {}
    for column in WORDED:
        cell = as_read(cells[column]).strip() if column in cells else was.cell(column)
        if _unchanged(sheet, column, cell, was):
            word = was.cell(column) if column in was.words else ""
        elif not cell:
            word = ""
        elif column == "name" and sheet.lost_letters(cell):
            raise CellError(
                _("the name has question marks, which may be lost letters"), _("save the file as CSV UTF-8")
            )
        else:
            word = read_word(column, cell)
        if word:
            words[column] = word
    # who writes a reason of his own stands behind the status that he left; who takes the status back takes both
    status = as_read(cells["status"]).strip() if "status" in cells else was.status
    if "reason" in words and "status" not in words and base is not None:
        if status:
            words["status"] = read_word("status", status)
        else:
            del words["reason"]
    return ReviewRow(
        number=number,
        phone=phone,
        lids=known.lids if known else (),
        words=words,
        skip=read_skip(cells["skip"]) if "skip" in cells else was.skip,
        shown=was,
        earlier=known.before if known else None,
        doubtful=base is None,
        more={name: cell for name, cell in cells.items() if name not in COLUMNS},
    )


def _unchanged(sheet: Sheet, column: str, cell: str, was: Written) -> bool:
    text = was.cell(column)
    if sheet.same(cell, text):
        return True
    if column == "reason" or not (cell and text):
        return False
    try:
        return read_word(column, cell) == text
    except CellError:
        return False


def _generation(sheet: Sheet, cells: Mapping[str, str], known: BaseRow) -> Written:
    """What the row was made from: the last writing, unless more of its cells are those of the one before."""
    if known.before is None:
        return known.written

    def equal(was: Written) -> int:
        return sum(column in cells and _unchanged(sheet, column, as_read(cells[column]), was) for column in WORDED)

    return known.before if equal(known.before) > equal(known.written) else known.written


def _removed(sheet: Sheet, base: Mapping[str, BaseRow] | None) -> list[ReviewRow]:
    """Rows that were written and are not in the file: what a person had said in them stays said."""
    there = {read_phone(cells["phone"]) for _number, cells in sheet.rows}
    gone = [row for phone, row in sorted((base or {}).items()) if phone not in there]
    return [
        ReviewRow(
            number=None,
            phone=row.phone,
            lids=row.lids,
            words={column: row.written.cell(column) for column in row.written.words},
            skip=row.written.skip,
            shown=row.written,
            earlier=row.before,
        )
        for row in gone
    ]


def _without_doubles(path: Path, rows: list[ReviewRow]) -> list[ReviewRow]:
    """One row a phone, with the words of all its rows; raises UserError where two of them say different things."""
    by_phone: defaultdict[str, list[ReviewRow]] = defaultdict(list)
    for row in rows:
        by_phone[row.phone].append(row)
    merged = []
    for same in by_phone.values():
        words: dict[str, str] = {}
        more: dict[str, str] = {}
        for row in reversed(same):
            for column, word in row.words.items():
                if words.setdefault(column, word) != word:
                    numbers = [str(one.number) for one in same[:_ERRORS_TOLD]]
                    raise UserError(
                        _(
                            "Rows {rows} of the review file {file} are of one phone and say different things.",
                            rows=reduce(_and, numbers),
                            file=path,
                        ),
                        hint=_("keep one of them, or give them the same {column}", column=heading(column)),
                    )
            more |= {name: cell for name, cell in row.more.items() if cell or name not in more}
        merged.append(replace(same[0], words=words, skip=any(row.skip for row in same), more=more))
    return merged


def _and(rows: str, row: str) -> str:
    return _("{rows} and {row}", rows=rows, row=row)


def _wrong(path: Path, errors: list[tuple[int, CellError]]) -> UserError:
    told = [_("row {row}: {problem}", row=str(number), problem=error.wrong) for number, error in errors[:_ERRORS_TOLD]]
    if (rest := len(errors) - _ERRORS_TOLD) > 0:
        told.append(ngettext("and {count} more row", "and {count} more rows", rest))
    message = _("The review file {file} cannot be used: {problem}.", file=path, problem="; ".join(told))
    return UserError(message, hint=errors[0][1].mend)


def words_of(row: ReviewRow, client: Mapping[str, Any]) -> dict[str, str]:
    """The row's words about the client (columns as in clean clients) that count."""
    if not row.doubtful:
        return dict(row.words)
    set_before = {
        "name": client["name_source"] == "review",
        "language": client["language_confidence"] == 1.0,
        "status": client["status_source"] == "review",
    }
    read = {"name": client["name"], "language": client["preferred_language"], "status": client["status"]}
    counted = {
        column: word
        for column, word in row.words.items()
        if column in read and (word != read[column] or set_before[column])
    }
    if "status" in counted and "reason" in row.words:
        counted["reason"] = row.words["reason"]
    return counted

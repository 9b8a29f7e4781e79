"""The review file as a spreadsheet left it: encoding, delimiter and rows, whatever program saved it.

It is an outside file: anybody's program may have written it, so its size and shape are bounded before it is read.
"""

import csv
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from schemas.errors import UserError
from schemas.translation import _
from transform.review.headings import COLUMNS, columns_of, heading

LARGEST_FILE = 64 * 1024 * 1024
MOST_ROWS = 500_000
MOST_COLUMNS = 100
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_UNIVERSAL = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
# what spreadsheets of our users call "CSV" without UTF-8; the first is taken where nothing speaks for another
_LEGACY = ("cp1251", "cp1252", "cp1254", "cp1250", "mac_cyrillic")
_NAMES_TRIED = 500


@dataclass(frozen=True)
class Sheet:
    """Rows of cells by column, each with its number in a spreadsheet (the heading's is 1). `encoding`: of the file."""

    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    encoding: str
    delimiter: str

    def same(self, cell: str, text: str) -> bool:
        """Whether the cell is the text, less the letters that the file's encoding has no room for."""
        if cell == text:
            return True
        return self.encoding not in _UNIVERSAL and _as_saved(text, self.encoding).fullmatch(cell) is not None

    def lost_letters(self, cell: str) -> bool:
        """Whether question marks in the cell may stand for letters that the file's encoding has no room for."""
        return self.encoding not in _UNIVERSAL and "?" in cell


def read_bytes(path: Path) -> bytes | None:
    """The file's content, None when there is none; raises UserError for what is no file of ours."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError:
        raise UserError(
            _("{file} cannot be read: it is a link, or another user's.", file=path),
            hint=_("put a plain file of your own there, or remove it"),
        ) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UserError(_("{file} is not a file.", file=path), hint=_("move away what is there"))
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise UserError(
            _("{file} is larger than {size} MB, so it is no review file.", file=path, size=LARGEST_FILE >> 20),
            hint=_("put the file back that wa2pg wrote; the one before the last writing ends in .bak"),
        )
    return content


def read_sheet(path: Path, content: bytes, known: Iterable[str]) -> Sheet:
    """The rows of the file; `known` are names that may stand in it, by which an old encoding is recognised."""
    encoding = _encoding(content, known)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise _damaged(path, _("its characters cannot be read")) from None
    if "\0" in text:
        raise _damaged(path, _("it holds characters 0"))
    first, _end, rest = text.partition("\n")
    named = re.fullmatch(r'"?sep=(.)"?', first.strip("\ufeff\r"))
    if named:
        text, first = rest, rest.partition("\n")[0]
    delimiter = named[1] if named else _delimiter(first)
    return _table(path, text.removeprefix("\ufeff"), encoding, delimiter)


def _encoding(content: bytes, known: Iterable[str]) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in content[:64]:
        return "utf-16-be" if content.startswith(b"\0") else "utf-16-le"
    if content.isascii():
        # every other letter may have been lost on the way
        return "ascii"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        words = [word for name in islice(known, _NAMES_TRIED) for word in name.split() if not word.isascii()]
        return max(_LEGACY, key=lambda encoding: sum(_holds(content, word, encoding) for word in words))
    return "utf-8-sig"


def _holds(content: bytes, word: str, encoding: str) -> bool:
    try:
        return word.encode(encoding) in content
    except UnicodeEncodeError:
        return False


def _as_saved(text: str, encoding: str) -> re.Pattern[str]:
    """What an old encoding makes of the text: `?` or the bare letter for what it has no room for."""
    parts = []
    for sign in unicodedata.normalize("NFC", text):
        try:
            sign.encode(encoding)
        except UnicodeEncodeError:
            bare = unicodedata.normalize("NFKD", sign)[0]
            folded = bare.isascii() and encoding != "ascii"
            parts.append(rf"(?:\?{{1,2}}|{re.escape(bare)})" if folded else r"\?{1,2}")
        else:
            parts.append(re.escape(sign))
    return re.compile("".join(parts))


def _delimiter(heading: str) -> str:
    counts = {delimiter: heading.count(delimiter) for delimiter in DELIMITERS.values()}
    return max(counts, key=lambda delimiter: counts[delimiter])


def _table(path: Path, text: str, encoding: str, delimiter: str) -> Sheet:
    rows = []
    try:
        records = _records(text, delimiter)
        columns = _columns(path, next(records, []))
        for number, record in enumerate(records, start=2):
            if any(cell.strip() for cell in record):
                rows.append((number, _by_column(path, columns, number, record)))
            if len(rows) > MOST_ROWS:
                raise _damaged(path, _("it has more than {most} rows", most=MOST_ROWS))
    except csv.Error:
        where = str(len(rows) + 2)
        raise _damaged(path, _("a quotation mark is missing or too many, near row {row}", row=where)) from None
    return Sheet(columns, rows, encoding, delimiter)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    # not split at what else Unicode calls a line's end: names may hold it
    lines = (match[0] for match in re.finditer(r"[^\n\r]*(?:\r\n|\n|\r)|[^\n\r]+", text))
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _columns(path: Path, headings: list[str]) -> tuple[str, ...]:
    while headings and not headings[-1].strip():
        headings.pop()
    names = columns_of(headings)
    if "phone" not in names:
        told = ", ".join(map(heading, COLUMNS))
        raise _damaged(path, _("its first row does not name the columns ({columns})", columns=told))
    if len(set(names)) != len(names) or len(names) > MOST_COLUMNS:
        raise _damaged(path, _("its first row names a column twice, or more than {most}", most=MOST_COLUMNS))
    return tuple(names)


def _by_column(path: Path, columns: tuple[str, ...], number: int, record: list[str]) -> dict[str, str]:
    if any(cell.strip() for cell in record[len(columns) :]):
        raise _damaged(path, _("row {row} has more cells than the first row has columns", row=str(number)))
    missing = columns[len(record) :]
    # spreadsheets leave empty cells out at a row's end; one that ends earlier was cut off
    if any(name in COLUMNS and name != "skip" for name in missing):
        raise _damaged(path, _("row {row} has fewer cells than the first row has columns", row=str(number)))
    return dict(zip(columns, record + [""] * len(missing), strict=False))


def _damaged(path: Path, how: str) -> UserError:
    return UserError(
        _("The review file {file} cannot be used: {problem}.", file=path, problem=how),
        hint=_("save it again as CSV UTF-8 from the spreadsheet; the one before wa2pg last wrote it ends in .bak"),
    )

"""What wa2pg wrote into the review file last: only beside that can a person's words be told from what was read.

`review/<account>.base.jsonl`: a line with format and number of rows, then a line a row of the review file. `before` is
what the writing before that one had put there, for a file that a spreadsheet held open and saved over the new one, and
for a writing that was killed between the two files.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.errors import UserError
from schemas.files import replace_file
from schemas.translation import _
from transform.review.sheet import read_bytes


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Written(_Strict):
    """Cells as written, and which of them were a person's words then."""

    name: str = ""
    language: str = ""
    status: str = ""
    reason: str = ""
    skip: bool = False
    words: tuple[Literal["name", "language", "status", "reason"], ...] = ()

    def cell(self, column: str) -> str:
        """The text of one of WORDED."""
        text: str = getattr(self, column)
        return text


class BaseRow(_Strict):
    """One row of the review file; `lids` are the client's, by which he is known when his number changes."""

    phone: str
    lids: tuple[str, ...] = ()
    written: Written
    before: Written | None = None


class _Heading(_Strict):
    format: Literal[1]
    rows: int = Field(ge=0)


def base_path(review: Path) -> Path:
    """Where the memory of a review file is."""
    return review.with_name(review.stem + ".base.jsonl")


def read_base(review: Path) -> tuple[dict[str, BaseRow] | None, bytes | None]:
    """What was written last, by phone, and the file's bytes; None and None when there is no such file."""
    path = base_path(review)
    content = read_bytes(path)
    if content is None:
        return None, None
    try:
        heading, *lines = content.splitlines()
        rows = [BaseRow.model_validate_json(line) for line in lines]
        known = {row.phone: row for row in rows}
        if not _Heading.model_validate_json(heading).rows == len(rows) == len(known):
            raise ValueError
    except ValueError:
        raise UserError(
            _("{file} is damaged: it says what wa2pg wrote into the review file last.", file=path),
            hint=_(
                "bring it back from a backup, or remove it: then every cell that differs from what was read counts as "
                "a person's word"
            ),
        ) from None
    return known, content


def write_base(review: Path, rows: Mapping[str, BaseRow]) -> None:
    """Replace the memory."""
    lines = [_Heading(format=1, rows=len(rows)).model_dump_json()]
    for phone in sorted(rows):
        row = rows[phone]
        lines.append(row.model_dump_json(exclude_defaults=True))
    replace_file(base_path(review), "\n".join(lines).encode() + b"\n")

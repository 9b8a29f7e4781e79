"""Writing the review file: every client of the run in force, with what a person has said about him kept."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.clean_run import CleanRunFolder, read_current_run
from schemas.datadir import DataDir, exclusive
from schemas.errors import ExitCode, UserError
from schemas.files import make_private_folder, private_umask, replace_file, sha256_of
from schemas.translation import _, ngettext
from transform.review.apply import warnings_about
from transform.review.base import BaseRow, base_path, read_base, write_base
from transform.review.cells import as_read, written
from transform.review.headings import headings_beside
from transform.review.rows import Line, lines_for
from transform.review.sheet import LARGEST_FILE, MOST_ROWS, read_bytes
from transform.review.words import Review, read_review, remembered_review

UNSURE_BELOW = 0.6
BACKUP_SUFFIX = ".bak"


@dataclass(frozen=True)
class WrittenReview:
    """The review file as written. `unsure` rows have a status below UNSURE_BELOW; `edited` ones a person's words."""

    path: Path
    rows: int
    unsure: int
    edited: int
    skipped: int
    unmatched: int
    added: int
    backup: Path | None
    warnings: list[str]


def write_review(data: DataDir, account: str, delimiter: str | None = None) -> WrittenReview:
    """Write the account's review file anew from its clean run; `delimiter` None keeps that of the file there.

    The file that was there stays beside it as `.bak`. Raises UserError, and writes nothing, when there is no clean run
    (5), when a transform runs (1), when the file is open in a spreadsheet or cannot be read with certainty (1).
    """
    clean = data.clean(account)
    read_current_run(clean)
    path = data.review(account)
    with private_umask(), exclusive(clean, "transform or review"):
        clients = _clients(read_current_run(clean))
        make_private_folder(path.parent)
        _refuse_when_open(path)
        before = read_bytes(path)
        review = (read_review(path) if before is not None else None) or remembered_review(path)
        lines, crowded_out = lines_for(review, clients)
        content = _as_csv(review, lines, delimiter or review.delimiter)
        if len(content) > LARGEST_FILE or len(lines) > MOST_ROWS:
            raise UserError(
                _("The account has too many clients for a review file."), hint=_("at most {most}", most=MOST_ROWS)
            )
        _refuse_when_saved_meanwhile(path, before, review)
        backup = _backup(path, before) if before is not None and before != content else None
        _remember(path, lines)
        if before != content:
            replace_file(path, content)
    return WrittenReview(
        path=path,
        rows=len(lines),
        unsure=sum(line.confidence is not None and line.confidence < UNSURE_BELOW for line in lines),
        edited=sum(line.edited for line in lines),
        skipped=sum(line.base.written.skip for line in lines),
        unmatched=sum(line.kept for line in lines),
        added=sum(line.new for line in lines),
        backup=backup,
        warnings=_warnings(review, before, lines, crowded_out),
    )


def _clients(folder: CleanRunFolder) -> list[dict[str, Any]]:
    path = folder.table("clients")
    try:
        if sha256_of(path) != folder.run.tables["clients"].sha256:
            raise pa.ArrowInvalid
        clients: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    except (pa.ArrowInvalid, OSError):
        raise UserError(
            _("The clean run {run} is damaged.", run=folder.run.run),
            hint=_("make it again: {command}", command=f"wa2pg transform --account {folder.run.account}"),
            exit_code=ExitCode.ARCHIVE,
        ) from None
    return clients


def _refuse_when_open(path: Path) -> None:
    # LibreOffice and Excel leave these beside a file that they have open
    for name in (f".~lock.{path.name}#", f"~${path.name}"):
        if path.with_name(name).exists():
            raise UserError(
                _("The review file {file} is open in a spreadsheet.", file=path),
                hint=_(
                    "close it there and run this again; if it is not open anywhere, remove {file}",
                    file=path.with_name(name),
                ),
            )


def _refuse_when_saved_meanwhile(path: Path, before: bytes | None, review: Review) -> None:
    read = hashlib.sha256(before).hexdigest() if before is not None else ""
    if read != review.sha256 or read_bytes(path) != before:
        raise UserError(_("The review file {file} was saved while wa2pg read it.", file=path), hint=_("run this again"))


def _as_csv(review: Review, lines: Iterable[Line], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([*headings_beside(review.more), *(written(as_read(name)) for name in review.more)])
    for line in lines:
        was = line.base.written
        own = [written(as_read(line.more.get(name, ""))) for name in review.more]
        # the apostrophe keeps a spreadsheet from making a rounded number or a formula of a phone
        told = ["'" + line.base.phone, was.name, was.language, was.status, was.reason, line.shown_confidence, line.skip]
        writer.writerow([told[0], *(written(cell) for cell in told[1:5]), *told[5:], *own])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _backup(path: Path, before: bytes) -> Path:
    backup = path.with_name(path.name + BACKUP_SUFFIX)
    replace_file(backup, before)
    return backup


def _remember(path: Path, lines: Sequence[Line]) -> None:
    """Before the file itself: killed between the two, the file there is the one that the memory calls the earlier."""
    base: dict[str, BaseRow] = {line.base.phone: line.base for line in lines}
    if not base_path(path).exists() or read_base(path)[0] != base:
        write_base(path, base)


def _warnings(review: Review, before: bytes | None, lines: Sequence[Line], crowded_out: int) -> list[str]:
    told = [] if before is None else warnings_about(review)
    if before is None and any(line.edited for line in lines):
        told.append(_("the review file was gone; it is written again with what a person had set in it"))
    if kept := sum(line.kept for line in lines):
        told.append(
            ngettext(
                "{count} row with a person's words, about no client of today: kept at the end of the file",
                "{count} rows with a person's words, about no client of today: kept at the end of the file",
                kept,
            )
        )
    if crowded_out:
        told.append(
            ngettext(
                "{count} client left without a row, because a kept row about somebody before has the same number; "
                "empty the cells of that row to give it up",
                "{count} clients left without a row, because a kept row about somebody before has the same number; "
                "empty the cells of that row to give it up",
                crowded_out,
            )
        )
    return told

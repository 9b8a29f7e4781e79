"""Whatever clients are called, writing and reading makes no edits; whatever a person sets stays."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.words import LANGUAGES, Status
from transform.names import usable_name
from transform.review.apply import AppliedReview
from transform.review.base import base_path
from transform.review.cells import as_read, written
from transform.review.rows import lines_for
from transform.review.words import read_review, remembered_review
from transform.review.write import _as_csv, _remember

_SIGNS = st.sampled_from(list("=+-@'\"\t\r\n,;|?ابאהΩөүң🏔1 5аЯeé\u200f\u202e\u2028\x85"))
_NAMES = st.text(st.one_of(_SIGNS, st.characters(codec="utf-8")), min_size=1, max_size=30).map(
    lambda text: usable_name(text + "я")
)
_WORDS = st.fixed_dictionaries(
    {},
    optional={
        "name": _NAMES,
        "preferred_language": st.sampled_from(LANGUAGES),
        "status": st.sampled_from([str(status) for status in Status]),
        "skip": st.just(True),
    },
)
_CELLS = {"name": "name", "preferred_language": "language", "status": "status", "skip": "skip"}


def clients(names: list[str | None], status: str) -> list[dict[str, Any]]:
    return [
        {
            "phone": f"+9965550{n:05d}", "name": name, "name_source": "push_name", "preferred_language": "ru",
            "language_confidence": 0.5, "status": status, "status_source": "rules", "status_reason": "showed interest",
            "status_confidence": 0.7, "addresses": [], "skip": False,
        }
        for n, name in enumerate(names)
    ]  # fmt: skip


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    review = (read_review(path) if path.exists() else None) or remembered_review(path)
    lines, _ = lines_for(review, rows)
    _remember(path, lines)
    path.write_bytes(_as_csv(review, lines, review.delimiter))


@given(st.text(st.one_of(_SIGNS, st.characters(codec="utf-8"))))
def test_a_cell_is_read_as_it_was_written(text: str) -> None:
    assert as_read(written(text)) == text
    assert not written(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_NAMES, min_size=1, max_size=8), st.data())
def test_nothing_is_an_edit_but_what_was_edited_and_that_for_ever(names: list[str | None], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "office.csv"
        write(path, clients(names, "WARMED"))
        untouched = read_review(path)
        assert untouched is not None
        assert [row.phone for row in untouched.rows if row.says_something] == []

        edits = {n: data.draw(_WORDS) for n in range(len(names))}
        edits = {n: {k: v for k, v in said.items() if v != clients(names, "WARMED")[n][k]} for n, said in edits.items()}
        edit(path, edits)
        for status in ("CLOSED", "QUALIFIED", "SOLD"):
            rows = clients(names, status)
            read = read_review(path)
            assert read is not None
            AppliedReview(read).apply(rows)
            for n, row in enumerate(rows):
                said = edits[n]
                assert {column: row[column] for column in said} == said
                assert (row["name_source"] == "review") == ("name" in said)
                assert (row["status_source"] == "review") == ("status" in said)
                assert row["name"] == said.get("name", names[n])
                assert row["status"] == said.get("status", status)
            write(path, rows)
        assert base_path(path).exists()


def edit(path: Path, edits: dict[int, dict[str, Any]]) -> None:
    """Type the words into the file, as in a spreadsheet that keeps every other cell."""
    text = io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")
    rows = list(csv.DictReader(text))
    for row in rows:
        for column, word in edits[int(row["phone"][-5:])].items():
            row[_CELLS[column]] = "yes" if word is True else written(word)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode("utf-8-sig"))

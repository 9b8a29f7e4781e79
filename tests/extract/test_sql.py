"""The SQL files of extract keep the form that makes them readable."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

FOLDER = Path(str(files("extract").joinpath("sql")))
CODE = "".join(path.read_text(encoding="utf-8") for path in FOLDER.parent.glob("*.py"))
STEPS = sorted(path.name for path in FOLDER.iterdir())


def test_every_file_is_run_by_something() -> None:
    assert len(STEPS) > 10
    assert [step for step in STEPS if f'"{step.removesuffix(".sql")}"' not in CODE] == []


@pytest.mark.parametrize("step", STEPS)
def test_a_file_is_one_statement_that_begins_with_its_grain_and_inputs(step: str) -> None:
    text = (FOLDER / step).read_text(encoding="utf-8")
    header = re.match(r"(?:--[^\n]*\n)+", text)
    assert header
    assert "grain" in header[0]
    assert re.search(r"^-- inputs: ", header[0], re.MULTILINE)
    assert re.sub(r"--[^\n]*", "", text).count(";") == 1


@pytest.mark.parametrize("step", STEPS)
def test_sql_is_lower_case_and_nothing_depends_on_which_row_comes_first(step: str) -> None:
    code = re.sub(r"--[^\n]*|'[^']*'", "", (FOLDER / step).read_text(encoding="utf-8"))
    assert code == code.lower()
    assert not re.search(r"\b(?:any_value|first|last|limit)\b\s*[(\d]", code)

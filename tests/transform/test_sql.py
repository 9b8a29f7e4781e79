"""The SQL files keep the form that makes them readable."""

import re

import pytest

from transform.warehouse import sql_of, steps_between

STEPS = steps_between(0, 999)


def test_steps_have_numbers_of_their_own() -> None:
    assert len({name[:3] for name in STEPS}) == len(STEPS) > 10


@pytest.mark.parametrize("step", STEPS)
def test_a_step_begins_with_what_it_makes_and_from_what(step: str) -> None:
    header = re.match(r"(?:--[^\n]*\n)+", sql_of(step))
    assert header
    assert re.search(r"^-- inputs: ", header[0], re.MULTILINE)
    assert "grain" in header[0] or step in {"010_macros", "090_checks"}


@pytest.mark.parametrize("step", STEPS)
def test_sql_is_lower_case_outside_of_comments_and_texts(step: str) -> None:
    code = re.sub(r"--[^\n]*|'[^']*'", "", sql_of(step))
    assert code == code.lower()


@pytest.mark.parametrize("step", STEPS)
def test_nothing_depends_on_which_row_comes_first(step: str) -> None:
    code = re.sub(r"--[^\n]*", "", sql_of(step))
    assert not re.search(r"\b(?:any_value|first|last|limit)\b\s*[(\d]", code)

"""After two failed attempts to link within half an hour, a third waits."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extract.whatsapp.live.attempts import NAME, check_attempts, failed_attempts, forget_attempts, note_attempt
from schemas.errors import ExitCode, UserError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def minutes(count: int) -> datetime:
    return NOON + timedelta(minutes=count)


def test_one_failure_does_not_matter(tmp_path: Path) -> None:
    note_attempt(tmp_path, NOON)
    check_attempts(tmp_path, minutes(1))


@pytest.mark.parametrize(("now", "left"), [(11, "19 minutes"), (29, "1 minute.")])
def test_two_failures_refuse_a_third_and_say_how_long(tmp_path: Path, now: int, left: str) -> None:
    note_attempt(tmp_path, NOON)
    note_attempt(tmp_path, minutes(10))
    with pytest.raises(UserError, match=left) as refused:
        check_attempts(tmp_path, minutes(now))
    assert (refused.value.exit_code, "--force" in (refused.value.hint or "")) == (ExitCode.PAIRING, True)


def test_after_half_an_hour_a_failure_is_forgotten(tmp_path: Path) -> None:
    note_attempt(tmp_path, NOON)
    note_attempt(tmp_path, minutes(10))
    check_attempts(tmp_path, minutes(30))
    assert failed_attempts(tmp_path, minutes(30)) == [minutes(10)]


def test_success_forgets_them_all(tmp_path: Path) -> None:
    note_attempt(tmp_path, NOON)
    forget_attempts(tmp_path)
    assert failed_attempts(tmp_path, NOON) == []


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"failed": 7}', '{"failed": ["2026-03-01T11:59:00"]}'])
def test_a_file_that_cannot_be_read_keeps_nobody_from_linking(tmp_path: Path, content: str) -> None:
    (tmp_path / NAME).write_text(content)
    check_attempts(tmp_path, NOON)
    assert failed_attempts(tmp_path, NOON) == []


def test_a_clock_that_was_set_back_does_not_lock_anybody_out(tmp_path: Path) -> None:
    note_attempt(tmp_path, minutes(60))
    note_attempt(tmp_path, minutes(61))
    check_attempts(tmp_path, NOON)

"""How fast and how long still: what the bar, the log and JSON tell of a step."""

import pytest

from schemas.progress import Step
from schemas.translation import SOURCE, use_language
from wa2pg.pace import Pace, told_pace, told_seconds
from wa2pg.progress import StepLine


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def told(clock: Clock, pace: Pace, seconds: int, each: int, total: int | None = 100_000, done: int = 0) -> int:
    """Let so many seconds pass with so many units in each; how many are done."""
    for _second in range(seconds):
        clock.now += 1
        done += each
        pace.see(Step("reading", done, total))
    return done


def test_the_pace_is_that_of_lately_and_the_rest_is_reckoned_with_it() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.see(Step("reading", 0, 100_000))
    assert (pace.per_second, pace.seconds_left) == (None, None)
    done = told(clock, pace, 60, each=10)
    assert pace.per_second == pytest.approx(10)
    done = told(clock, pace, 60, each=1000, done=done)
    assert pace.per_second == pytest.approx(1000)
    assert pace.seconds_left == pytest.approx((100_000 - done) / 1000)


def test_a_step_that_stands_still_takes_longer_and_longer() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.see(Step("reading", 0, 100_000))
    told(clock, pace, 10, each=100)
    before = pace.seconds_left
    clock.now += 120
    assert before is not None
    assert (pace.seconds_left or 0) > 5 * before


def test_another_step_begins_anew_and_one_without_a_total_has_no_end() -> None:
    clock = Clock()
    pace = Pace(clock)
    told(clock, pace, 10, each=100)
    pace.see(Step("writing"))
    assert (pace.seconds, pace.per_second, pace.seconds_left) == (0, None, None)
    clock.now += 7
    pace.see(Step("writing", 70))
    assert pace.per_second == pytest.approx(10)
    assert pace.seconds_left is None


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("width", [20, 40, 57, 77, 120])
def test_the_line_fits_any_width_and_keeps_what_matters(language: str, width: int) -> None:
    use_language(language)
    try:
        line, clock = StepLine(), Clock()
        line._pace = Pace(clock)
        step = Step("decoding payloads", 0, 1_234_567, {"chats": 12_345, "messages": 1_234_567})
        line(step)
        clock.now += 30
        line(Step(step.name, 300_000, step.total, step.counts))
        shown = line.line(width, "━")
        assert shown.cell_len <= width
        if width >= 57:
            assert told_seconds(95) in shown.plain
        if width >= 77:
            assert told_pace(10_000) in shown.plain
        clock.now += 1
        line(Step("waiting for a lock that another session of the database holds"))
        clock.now += 65
        assert line.line(width, "━").cell_len <= width
        assert width < 40 or told_seconds(65) in line.line(width, "━").plain
    finally:
        use_language(SOURCE)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (3540, "59 min"), (5000, "1 h 23 min")]
)
def test_a_length_of_time_in_words(seconds: float, words: str) -> None:
    assert told_seconds(seconds) == words


@pytest.mark.parametrize(
    ("pace", "words"), [(0.5, "30 per minute"), (1.25, "1.2 per second"), (1234, "1,234 per second")]
)
def test_a_pace_in_words(pace: float, words: str) -> None:
    assert told_pace(pace) == words

"""When a link is over, and whether it had all."""

import pytest

from extract.whatsapp.announcements import Announcement, ChunkName
from extract.whatsapp.live.ending import Arrivals, Ending
from schemas.words import Ended

QUIET, DEADLINE = 90.0, 7200.0
ENDING = Ending(QUIET, DEADLINE, expects_history=True)


def arrivals(*chunks: tuple[str, int | None], connected: bool = True) -> Arrivals:
    made = Arrivals()
    made.connection(up=connected, now=0)
    for sync_type, progress in chunks:
        made.chunk(sync_type, progress)
    return made


def test_silence_after_the_whole_history_ends_it() -> None:
    whole = arrivals(("RECENT", 100), ("FULL", 100))
    assert ENDING.decide(whole, QUIET - 1) is None
    assert ENDING.decide(whole, QUIET) is Ended.QUIET
    assert ENDING.is_complete(whole, Ended.QUIET)


def test_every_arrival_begins_the_silence_anew() -> None:
    whole = arrivals(("FULL", 100))
    whole.sign_of_life(now=60)
    assert ENDING.decide(whole, QUIET + 59) is None
    assert ENDING.decide(whole, QUIET + 60) is Ended.QUIET


@pytest.mark.parametrize("seen", [[("FULL", 40)], [("RECENT", 100), ("FULL", 40)], []])
def test_a_phone_that_is_not_through_gets_twice_the_time_and_is_not_complete(seen: list[tuple[str, int]]) -> None:
    half = arrivals(*seen)
    assert ENDING.decide(half, 2 * QUIET - 1) is None
    assert ENDING.decide(half, 2 * QUIET) is Ended.QUIET
    assert not ENDING.is_complete(half, Ended.QUIET)


def test_a_history_without_percentages_is_complete_after_silence() -> None:
    assert ENDING.is_complete(arrivals(("INITIAL_BOOTSTRAP", None), ("RECENT", None)), Ended.QUIET)


def test_the_first_overview_is_no_whole_history() -> None:
    overview = arrivals(("INITIAL_BOOTSTRAP", None), ("PUSH_NAME", None))
    assert ENDING.decide(overview, 2 * QUIET - 1) is None
    assert not ENDING.is_complete(overview, Ended.QUIET)


def test_a_percentage_of_the_first_sync_says_nothing() -> None:
    # INITIAL_BOOTSTRAP may stay at 0
    assert ENDING.is_complete(arrivals(("INITIAL_BOOTSTRAP", 0), ("FULL", 100)), Ended.QUIET)


def test_an_outstanding_chunk_is_waited_for() -> None:
    waiting = arrivals(("FULL", 100))
    waiting.announcements.announce(Announcement("A", ChunkName("FULL", 7), 100, 1, inline=False))
    assert ENDING.decide(waiting, QUIET) is None
    waiting.announcements.arrive(ChunkName("FULL", 7))
    assert ENDING.decide(waiting, QUIET) is Ended.QUIET


def test_a_broken_line_is_no_silence_but_the_deadline_counts() -> None:
    broken = arrivals(("FULL", 100), connected=False)
    assert ENDING.decide(broken, DEADLINE - 1) is None
    assert ENDING.decide(broken, DEADLINE) is Ended.DEADLINE
    assert not ENDING.is_complete(broken, Ended.DEADLINE)


def test_a_later_run_expects_no_history() -> None:
    later = Ending(QUIET, DEADLINE, expects_history=False)
    nothing = arrivals()
    assert later.decide(nothing, QUIET) is Ended.QUIET
    assert later.is_complete(nothing, Ended.QUIET)
    assert not later.is_complete(nothing, Ended.INTERRUPTED)

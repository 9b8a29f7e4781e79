"""A short run of `make chaos`: one kill in each stage."""

from tests.chaos import compare


def test_a_stage_that_was_killed_and_run_again_gives_the_rows_of_an_undisturbed_run() -> None:
    assert compare(kills=1, seed=20_261_123) == 0

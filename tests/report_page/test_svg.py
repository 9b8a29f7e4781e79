"""Charts as text: sizes, places, and nothing unescaped."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wa2pg.report_page.svg import PLOT_HEIGHT, Series, bar, column_chart, scale, time_line


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (34, [0, 10, 20, 30, 40]),
        (113, [0, 25, 50, 75, 100, 125]),
        (98_765, [0, 20_000, 40_000, 60_000, 80_000, 100_000]),
    ],
)
def test_an_axis_has_round_numbers(most: float, ticks: list[float]) -> None:
    assert scale(most) == ticks


def test_an_axis_of_times_may_have_fractions() -> None:
    assert scale(0.9, whole=False)[:2] == [0, 0.2]


@given(st.floats(min_value=0.001, max_value=1e9), st.booleans())
def test_an_axis_reaches_the_highest_value_in_few_steps(most: float, whole: bool) -> None:
    ticks = scale(most, whole=whole)

    assert ticks[-1] >= most
    assert 2 <= len(ticks) <= 6
    assert ticks == sorted(set(ticks))
    assert not whole or all(tick == int(tick) for tick in ticks)


def test_columns_stack_to_their_sum_from_the_base() -> None:
    chart = column_chart([Series("in", [30]), Series("out", [10])], ["May"], ["hint"], value=str)

    rects = re.findall(r'<rect class="(\w+)".*? y="([\d.]+)" height="([\d.]+)"', chart)
    (low, low_y, low_height), (high, high_y, high_height) = [(css, float(y), float(h)) for css, y, h in rects]
    assert (low, high) == ("in", "out")
    assert low_y == pytest.approx(high_y + high_height, abs=0.11)
    assert low_height + high_height == pytest.approx(PLOT_HEIGHT, abs=0.2)


def test_an_axis_names_few_of_many_columns() -> None:
    chart = column_chart([Series("one", [1] * 200)], [f"c{n}" for n in range(200)], [""] * 200, value=str)

    assert 4 <= len(re.findall(r">c\d+<", chart)) <= 6


def test_labels_and_hints_are_escaped() -> None:
    chart = column_chart([Series("one", [1])], ["<b>"], ["<script>"], value=lambda _tick: "<i>")

    assert "&lt;b&gt;" in chart
    assert not re.search(r"<(b|script|i)>", chart)


def test_the_parts_of_a_bar_follow_each_other() -> None:
    drawn = bar([("in", 1), ("unused", 0), ("out", 3)], 8)

    found = re.findall(r'class="(\w+)" x="([\d.]+)%" width="([\d.]+)%"', drawn)
    assert found == [("in", "0.00", "12.50"), ("out", "12.50", "37.50")]


def test_a_line_of_time_shows_a_chat_of_one_day_too() -> None:
    drawn = time_line((1.0, 1.0), [])

    (x, width) = re.findall(r'class="held" x="([\d.]+)%" width="([\d.]+)%"', drawn)[0]
    assert float(width) > 0.5
    assert float(x) + float(width) == pytest.approx(100)

"""Charts as inline SVG, by pure functions.

Widths are percentages of whatever room there is and heights are pixels, so that bars follow the width of the page and
letters keep their size. Colours are classes of the page's style sheet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup

PLOT_HEIGHT = 168
_ABOVE, _BELOW = 10, 24
_MOST_TICKS = 5
_AXIS_WIDTH = 52
# a label nearer to an end than this, in percent, would be cut off if it were centred
_EDGE = 5.0
_FEW_COLUMNS = 40


@dataclass(frozen=True)
class Series:
    """One colour of a stacked column chart: a class of the style sheet and a value a column."""

    css: str
    values: Sequence[float]


def scale(most: float, *, whole: bool = True) -> list[float]:
    """Round numbers from 0 to at least `most`, at most five steps apart; `whole`: integers only."""
    if most <= 0:
        return [0.0, 1.0]
    power = 10.0 ** (len(str(int(most))) - 2)
    steps = (factor * power * more for more in (1, 10, 100) for factor in (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5))
    fitting = (step for step in steps if step * _MOST_TICKS >= most and (step == int(step) or not whole))
    step = next(fitting)
    return [step * n for n in range(int(-(-most // step)) + 1)]


def column_chart(
    series: Sequence[Series],
    labels: Sequence[str],
    hints: Sequence[str],
    *,
    value: Callable[[float], str],
    whole: bool = True,
    labels_shown: int = 6,
) -> Markup:
    """Columns stacked from `series`, the first at the bottom.

    `labels` name the columns below the axis, as many as there is room for; `hints` are shown under the pointer;
    `value` writes a number of the axis.
    """
    count = len(labels)
    totals = [sum(one.values[n] for one in series) for n in range(count)]
    ticks = scale(max(totals, default=0), whole=whole)
    height = PLOT_HEIGHT / ticks[-1]
    lines, numbers = [], []
    for tick in ticks:
        y = _ABOVE + PLOT_HEIGHT - tick * height
        lines.append(
            Markup('<line class="{}" x1="0" x2="100%" y1="{:.1f}" y2="{:.1f}"/>').format(
                "grid" if tick else "base", y, y
            )
        )
        numbers.append(Markup('<text x="{}" y="{:.1f}">{}</text>').format(_AXIS_WIDTH - 8, y + 4, value(tick)))
    room = 100 / max(1, count)
    width = room * (0.72 if count < _FEW_COLUMNS else 0.84)
    columns = []
    for n in range(count):
        tops = list(accumulate(one.values[n] for one in series))
        rects = [
            Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" y="{:.1f}" height="{:.1f}"/>').format(
                one.css,
                n * room + (room - width) / 2,
                width,
                _ABOVE + PLOT_HEIGHT - top * height,
                max(1.0, one.values[n] * height),
            )
            for one, top in zip(series, tops, strict=True)
            if one.values[n]
        ]
        columns.append(Markup("<g><title>{}</title>{}</g>").format(hints[n], Markup("").join(rects)) if rects else "")
    places = _spread(count, labels_shown)
    # on a narrow screen every second one is hidden
    names = [_label(n * room + room / 2, labels[n], "alt" if nth % 2 else "") for nth, n in enumerate(places)]
    return Markup(
        '<svg class="axis" width="{}" height="{}" aria-hidden="true">{}</svg>'
        '<svg class="plot" width="100%" height="{}" aria-hidden="true">{}{}{}</svg>'
    ).format(
        _AXIS_WIDTH,
        _ABOVE + PLOT_HEIGHT + _BELOW,
        Markup("").join(numbers),
        _ABOVE + PLOT_HEIGHT + _BELOW,
        Markup("").join(lines),
        Markup("").join(columns),
        Markup("").join(names),
    )


def _spread(count: int, shown: int) -> list[int]:
    """Places of at most `shown` of `count` columns, evenly spread, the first among them."""
    step = max(1, -(-count // shown))
    return list(range(0, count, step))


def _label(x: float, text: str, css: str) -> Markup:
    anchor = "start" if x < _EDGE else "end" if x > 100 - _EDGE else "middle"
    place = 0.0 if anchor == "start" else 100.0 if anchor == "end" else x
    y = _ABOVE + PLOT_HEIGHT + 18
    return Markup('<text class="{}" x="{:.2f}%" y="{}">{}</text>').format(f"{anchor} {css}".strip(), place, y, text)


def bar(parts: Sequence[tuple[str, float]], whole: float, height: int = 14) -> Markup:
    """A bar of parts (class, value) one after the other; `whole` fills the room."""
    rects, x = [], 0.0
    for css, amount in parts:
        if not amount or not whole:
            continue
        width = 100 * amount / whole
        rects.append(
            Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="{}"/>').format(css, x, max(0.4, width), height)
        )
        x += width
    return Markup('<svg class="bar" width="100%" height="{}" aria-hidden="true">{}</svg>').format(
        height, Markup("").join(rects)
    )


def time_line(held: tuple[float, float], gaps: Sequence[tuple[float, float]], height: int = 12) -> Markup:
    """A stretch of the account's time that a chat covers, with gaps; all as shares (0 to 1) of that time."""
    begin, end = held
    pieces = [
        Markup('<rect class="rail" x="0" width="100%" y="{}" height="2"/>').format(height // 2 - 1),
        _stretch("held", begin, end, height),
        *(_stretch("gap", *gap, height) for gap in gaps),
    ]
    return Markup('<svg class="line" width="100%" height="{}" aria-hidden="true">{}</svg>').format(
        height, Markup("").join(pieces)
    )


def _stretch(css: str, begin: float, end: float, height: int) -> Markup:
    # a chat of one day must be seen on a line of ten years
    width = max(0.6, 100 * (end - begin))
    return Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" y="2" height="{}"/>').format(
        css, min(100 * begin, 100 - width), width, height - 4
    )

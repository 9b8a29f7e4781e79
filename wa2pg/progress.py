"""How progress is shown on stderr: a bar for people, lines for logs, JSON for programs, or nothing."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from rich.console import RenderableType
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task
from rich.text import Text

from schemas.progress import Progress as Callback
from schemas.progress import Step, no_progress
from schemas.translation import _, in_source, number
from wa2pg.pace import Pace, told_pace, told_seconds
from wa2pg.talk import stderr

# a log wants to be read afterwards: one line a step and this many seconds
_SECONDS_BETWEEN_LINES = 5.0
# a step that is over before this needs no figures of its pace
_SECONDS_UNTOLD = 2.0
# whoever waits so long thinks of Ctrl-C
_SECONDS_UNTIL_REASSURED = 10.0
_BAR_WIDTHS = (20, 12, 6, 0)
# the bars on the screen
_shown: list[Progress] = []
# of what is told in JSON
_told = Pace()


class Style(StrEnum):
    """`--progress`."""

    BAR = "bar"
    LOG = "log"
    JSON = "json"
    NONE = "none"


def default_style() -> Style:
    """A bar where a person looks on, lines elsewhere."""
    return Style.BAR if sys.stderr.isatty() else Style.LOG


@contextmanager
def shown_progress(style: Style) -> Iterator[Callback]:
    """A progress callback for a stage, shown in this style while the block runs."""
    if style is Style.BAR:
        callback = StepLine()
        with _OneLine(callback, console=stderr(), transient=True) as bar:
            bar.add_task("", total=None)
            _shown.append(bar)
            try:
                yield callback
            finally:
                _shown.remove(bar)
    elif style is Style.LOG:
        yield _Log()
    elif style is Style.JSON:
        yield _json_line
    else:
        yield no_progress


@contextmanager
def paused() -> Iterator[None]:
    """Without a bar on the screen while the block runs: somebody is told or asked something."""
    for bar in _shown:
        bar.stop()
    try:
        yield
    finally:
        for bar in _shown:
            bar.start()


def _done(step: Step) -> str:
    if not step.done:
        return ""
    if step.total is None:
        return number(step.done)
    return f"{number(step.done)}/{number(step.total)}"


def _counted(step: Step) -> list[str]:
    # Translators: figures beside the bar; `what` is a word such as "messages"
    return [_("{count} {what}", count=count, what=_(what)) for what, count in step.counts.items()]


def _figures(step: Step) -> str:
    return ", ".join(filter(None, [_done(step), *_counted(step)]))


def _pace(pace: Pace) -> str:
    return "" if pace.per_second is None else told_pace(pace.per_second)


def _left(pace: Pace) -> str:
    if not pace.seconds_left:
        return ""
    seconds = pace.seconds_left
    # to the second it would be restless, and claim to know
    return _("about {time} left", time=told_seconds(seconds if seconds < 20 else 5 * round(seconds / 5)))


class StepLine:
    """The step in hand, as one line that fits wherever it is shown."""

    def __init__(self) -> None:
        self._step = Step("")
        self._pace = Pace()

    def __call__(self, step: Step) -> None:
        """Take a sign of life."""
        self._step = step
        self._pace.see(step)

    @property
    def long(self) -> bool:
        """Whether the step takes so long that somebody may want to stop it."""
        return self._pace.seconds >= _SECONDS_UNTIL_REASSURED

    def line(self, width: int, letter: str) -> Text:
        """What there is room for: the figures beside the bar give way first, then the bar, the pace, the name's end."""
        step = self._step
        told = self._pace.seconds >= _SECONDS_UNTOLD
        left = _left(self._pace) if told else ""
        if told and step.total is None:
            # Translators: how long a step has been going whose end is not known
            left = _("{time} so far", time=told_seconds(self._pace.seconds))
        pace = _pace(self._pace) if told else ""
        widths = _BAR_WIDTHS if step.total else (0,)
        choices = [([_figures(step), pace, left], widths[0])]
        choices += [([_done(step), pace, left], bar) for bar in widths] + [([_done(step), left], bar) for bar in widths]
        name = Text(_(step.name) if step.name else "")
        for parts, bar in choices:
            line = self._line(name, parts, bar, letter)
            if line.cell_len <= width:
                return line
        name.truncate(max(1, width - (line.cell_len - name.cell_len)), overflow="ellipsis")
        line = self._line(name, [_done(step), left], 0, letter)
        line.truncate(width, overflow="ellipsis")
        return line

    def _line(self, name: Text, parts: list[str], width: int, letter: str) -> Text:
        step, line = self._step, name.copy()
        if width and step.total:
            full = min(width, width * step.done // step.total)
            line.append(" ").append(letter * full, style="bar.complete").append(letter * (width - full), "bar.back")
        figures = ", ".join(filter(None, parts))
        return line.append(" " + figures) if figures else line


class _OneLine(Progress):
    """rich's, with a bar of ours: its own columns wrap where there is little room."""

    def __init__(self, bar: StepLine, **options: Any) -> None:
        self._bar = bar
        super().__init__(SpinnerColumn(), _Line(bar, self), **options)

    def get_renderables(self) -> Iterable[RenderableType]:
        """The line, and once it takes long that it may be stopped."""
        yield from super().get_renderables()
        if self._bar.long:
            told = Text("  " + _("Ctrl-C is safe: nothing that arrived is lost."), style="dim")
            told.truncate(self.console.width - 1, overflow="ellipsis")
            yield told


class _Line(ProgressColumn):
    def __init__(self, bar: StepLine, progress: Progress) -> None:
        super().__init__()
        self._bar, self._progress = bar, progress

    def render(self, task: Task) -> Text:
        """The line, in what the spinner leaves of the width."""
        del task
        console = self._progress.console
        return self._bar.line(console.width - 3, "-" if console.options.ascii_only else "━")


class _Log:
    """English whatever the language: a log is searched."""

    def __init__(self) -> None:
        self._pace = Pace()
        self._at = 0.0

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        another = self._pace.see(step)
        last = step.total is not None and step.done == step.total
        wait = _SECONDS_BETWEEN_LINES / 5 if last else _SECONDS_BETWEEN_LINES
        if not another and now - self._at < wait:
            return
        self._at = now
        with in_source():
            parts = [_figures(step)]
            if self._pace.seconds >= _SECONDS_UNTOLD:
                parts += [_pace(self._pace), _left(self._pace)]
            figures = ", ".join(filter(None, parts))
        sys.stderr.write(f"{step.name}" + (f": {figures}" if figures else "") + "\n")


def step_details(step: Step) -> dict[str, Any]:
    """A step as a JSON line tells it, in English; pace and time left are None while they are not known."""
    _told.see(step)
    pace, left = _told.per_second, _told.seconds_left
    return {
        "step": step.name,
        "done": step.done,
        "total": step.total,
        "counts": step.counts,
        "per_second": None if pace is None else round(pace, 1),
        "seconds_left": None if left is None else round(left),
    }


def _json_line(step: Step) -> None:
    sys.stderr.write(json.dumps({"event": "progress", **step_details(step)}) + "\n")

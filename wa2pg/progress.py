"""How progress is shown on stderr: a bar for people, lines for logs, JSON for programs, or nothing."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from schemas.progress import Progress as Callback
from schemas.progress import Step, no_progress
from wa2pg.talk import stderr

# a log wants to be read afterwards: one line a step and this many seconds
_SECONDS_BETWEEN_LINES = 5.0
# the bars on the screen
_shown: list[Progress] = []


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
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[figures]}"),
            TimeRemainingColumn(),
            console=stderr(),
            transient=True,
        ) as bar:
            _shown.append(bar)
            try:
                yield _Bar(bar)
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


def _figures(step: Step) -> str:
    done = f"{step.done:,}" + (f"/{step.total:,}" if step.total is not None else "") if step.done else ""
    return ", ".join([done, *(f"{count:,} {what}" for what, count in step.counts.items())]).strip(", ")


class _Bar:
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None, figures="")
        self._name = ""

    def __call__(self, step: Step) -> None:
        if step.name != self._name:
            self._name = step.name
            self._bar.reset(self._task, total=step.total)
        self._bar.update(
            self._task, description=step.name, completed=step.done, total=step.total, figures=_figures(step)
        )


class _Log:
    def __init__(self) -> None:
        self._name = ""
        self._at = 0.0

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        last = step.total is not None and step.done == step.total
        if step.name == self._name and not last and now - self._at < _SECONDS_BETWEEN_LINES:
            return
        if step.name == self._name and last and now - self._at < _SECONDS_BETWEEN_LINES / 5:
            return
        self._name, self._at = step.name, now
        figures = _figures(step)
        sys.stderr.write(f"{step.name}" + (f": {figures}" if figures else "") + "\n")


def step_details(step: Step) -> dict[str, Any]:
    """A step as a JSON line tells it."""
    return {"step": step.name, "done": step.done, "total": step.total, "counts": step.counts}


def _json_line(step: Step) -> None:
    sys.stderr.write(json.dumps({"event": "progress", **step_details(step)}) + "\n")

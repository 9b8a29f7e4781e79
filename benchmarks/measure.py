"""Running a piece of work in a process of its own: seconds of wall and processor, peak memory."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Cost:
    """What a process took. `cpu` is user and system time; `peak_mb` its largest resident size."""

    wall: float
    cpu: float
    peak_mb: float
    output: str


def run(*words: str, environment: dict[str, str] | None = None) -> Cost:
    """Run `python WORDS…` and say what it took; raises CalledProcessError when it fails."""
    before = os.times()
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout is not None
    output = process.stdout.read().decode()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, output)
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20)
    return Cost(os.times().elapsed - before.elapsed, usage.ru_utime + usage.ru_stime, peak, output)


def median(values: list[float]) -> float:
    """The middle value."""
    return sorted(values)[len(values) // 2]

"""Running a piece of work in a process of its own: seconds of wall and processor, peak memory."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BETWEEN = """
import os, sys
child = os.fork()
if not child:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print("\\0", os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss, sep=" ")
"""


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
        # a process begins with the peak of the one that started it, so a small one comes between
        [sys.executable, "-S", "-c", _BETWEEN, sys.executable, *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    assert process.stdout is not None
    printed = process.stdout.read().decode()
    process.stdout.close()
    process.wait()
    output, _separator, figures = printed.rpartition("\0")
    code, cpu, maxrss = figures.split()
    if int(code):
        raise subprocess.CalledProcessError(int(code), words, output)
    peak = int(maxrss) / (1024 if sys.platform == "linux" else 1 << 20)
    return Cost(os.times().elapsed - before.elapsed, float(cpu), peak, output)


def median(values: list[float]) -> float:
    """The middle value."""
    return sorted(values)[len(values) // 2]

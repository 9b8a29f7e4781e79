"""How fast languages are told and what memory it takes, beside lid.176 and py3langid on the same texts.

    python -m benchmarks.language [FILE.tsv]

FILE.tsv has a text before the first tab; without it the sample of the tests is taken. Cleaning and rules are part of
what is measured, for the peers too. Each detector runs in a process of its own; the best of five rounds counts, by
processor time, because the machine may be shared.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import ROOT, run

_ROUNDS = 5
WHATS = ("ours", "lid.176", "py3langid")


def texts_of(file: Path, most: int = 20_000) -> list[str]:
    """Distinct texts of the file, in order."""
    lines = file.read_text("utf-8").splitlines()
    return list(dict.fromkeys(line.partition("\t")[0] for line in lines))[:most]


def best(work: Callable[[], object], texts: int) -> float:
    """Texts a second of processor time, at best."""
    seconds = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return texts / min(seconds)


def one(what: str, file: Path) -> None:
    """Measure one detector inside a process of its own and print the figures."""
    texts = texts_of(file)
    if what == "nothing":
        print(json.dumps({}))
    elif what == "ours":
        from transform.language.detector import Detector  # noqa: PLC0415

        Detector().detect(texts[:2000])
        fresh = best(lambda: Detector().detect(texts), len(texts))
        seen = Detector()
        seen.detect(texts)
        print(json.dumps({"fresh": fresh, "cached": best(lambda: seen.detect(texts), len(texts))}))
    else:
        from transform.language.peers import open_peer  # noqa: PLC0415

        peer = open_peer(what)
        peer.guess(texts[:2000])
        print(json.dumps({"fresh": best(lambda: peer.guess(texts), len(texts))}))


def main(file: Path) -> None:
    """Print the figures."""
    texts = texts_of(file)
    letters = sum(map(len, texts)) / len(texts)
    print(f"{len(texts):,} distinct texts of {letters:.0f} characters on average; one core, best of {_ROUNDS}")
    for what in WHATS:
        cost = run("-m", "benchmarks.language", "--one", what, str(file))
        figures = json.loads(cost.output)
        cached = f", {figures['cached']:,.0f} seen before" if "cached" in figures else ""
        print(f"{what:10} {figures['fresh']:9,.0f} texts a second{cached}; {cost.peak_mb:.0f} MB at its peak")
    print(f"{'(texts)':10} {run('-m', 'benchmarks.language', '--one', 'nothing', str(file)).peak_mb:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests/language/train_sample.tsv")

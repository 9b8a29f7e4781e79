"""How long `wa2pg audit` takes beside `sha256sum` over the same files, and how much memory.

    python -m benchmarks.audit [MESSAGES] [SNAPSHOTS]

The whole program is timed, its start included, in turn with `sha256sum`. So is `audit --quick`, which decodes no
page, and the same audit inside a process whose imports are done. The archive is generated, a chunk a snapshot, and
read once before: nobody waits for a disk. Memory is the peak of the process, also for an archive a quarter of the size.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.history import write_history
from benchmarks.measure import Cost, median, run
from schemas.datadir import DataDir

_ROUNDS = 5
ACCOUNT = "bench"


def main(messages: int, snapshots: int) -> None:
    """Print the figures for an archive of this many messages in this many snapshots."""
    with tempfile.TemporaryDirectory() as scratch:
        small, large = Path(scratch) / "small", Path(scratch) / "large"
        # payloads of one size in both: a payload has to fit into memory, an archive has not
        for folder, part in ((small, 4), (large, 1)):
            size, chunks = messages // part, max(1, snapshots // part)
            write_history(folder / "in", messages=size, chats=max(1, size // 200), chunks=chunks)
            run("-m", "benchmarks.audit", "--make", str(folder))
        files = sorted(path for path in (large / "data/archive").rglob("*") if path.is_file() and path.name != ".lock")
        size = sum(path.stat().st_size for path in files)
        print(f"{messages:,} messages in {snapshots} snapshots: {len(files)} files, {size / 1e6:.0f} MB")
        walls: dict[str, list[float]] = {"sha256sum": [], "audit": [], "audit --quick": [], "inside": []}
        peaks: dict[str, float] = {}
        for _ in range(_ROUNDS):
            walls["sha256sum"].append(_sha256sum(files))
            for words in (("audit",), ("audit", "--quick")):
                cost = _audit(large, *words)
                walls[" ".join(words)].append(cost.wall)
                peaks[" ".join(words)] = max(cost.peak_mb, peaks.get(" ".join(words), 0))
            inside = run("-m", "benchmarks.audit", "--one", str(large)).output
            walls["inside"].append(json.loads(inside)["seconds"])
        base = median(walls["sha256sum"])
        print(f"{'sha256sum':22} {base:6.2f} s (median of {_ROUNDS})")
        for name, label in (
            ("audit", "wa2pg audit"),
            ("inside", "  without its start"),
            ("audit --quick", "wa2pg audit --quick"),
        ):
            ratio = median([ours / theirs for ours, theirs in zip(walls[name], walls["sha256sum"], strict=True)])
            print(f"{label:22} {median(walls[name]):6.2f} s, {ratio:.2f} times sha256sum")
        for words in (("audit",), ("audit", "--quick")):
            name, quarter = " ".join(words), _audit(small, *words).peak_mb
            print(f"memory of {name:12} {peaks[name]:6.0f} MB; {quarter:.0f} MB for a quarter of the snapshots")


def _sha256sum(files: list[Path]) -> float:
    start = time.perf_counter()
    subprocess.run([_program("sha256sum"), *files], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found is not None, f"{name} is not installed"
    return found


def _audit(folder: Path, *words: str) -> Cost:
    environment = {"WA2PG_DATA_DIR": str(folder / "data")}
    cost = run("-m", "wa2pg", *words, "--json", "--progress", "none", environment=environment)
    assert json.loads(cost.output)["findings"] == []
    return cost


def make(folder: Path) -> None:
    """Archive every payload in `in` as a snapshot of its own."""
    from extract.whatsapp.replay import replay  # noqa: PLC0415  (only the process that makes it imports neonize)
    from schemas.manifest import Own  # noqa: PLC0415

    for path in sorted((folder / "in").iterdir()):
        replay(DataDir(folder / "data"), ACCOUNT, [path], own=Own(phone="996312000000@s.whatsapp.net"))


def one(folder: Path) -> None:
    """Time the audit alone and print the seconds."""
    from extract.audit import audit  # noqa: PLC0415

    start = time.perf_counter()
    findings = audit(DataDir(folder / "data"), [])
    print(json.dumps({"seconds": time.perf_counter() - start}))
    assert not findings


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]))
    else:
        given = [int(word) for word in sys.argv[1:3]]
        main(*given, *(1_000_000, 20)[len(given) :])

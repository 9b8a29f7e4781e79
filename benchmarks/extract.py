"""How fast `extract` is from journal to sealed snapshot, and how much memory it takes.

    python -m benchmarks.extract [MESSAGES]

Beside it, in the same process and on the same payloads: what the protobuf library alone needs to decode each payload
and to write each message's bytes again, which any decoder has to do. Figures are per second of processor time.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.history import write_history
from benchmarks.measure import ROOT, median, run

_ROUNDS = 5


def main(messages: int) -> None:
    """Print the figures for a history of this many messages."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = write_history(folder / "in", messages=messages, chats=max(1, messages // 100), chunks=10)
        size = sum(path.stat().st_size for path in paths)
        print(f"{messages:,} messages in {len(paths)} payloads, {size / 1e6:.1f} MB")
        rounds = []
        for number in range(_ROUNDS):
            cost = run("-m", "benchmarks.extract", "--one", str(folder / "in"), str(folder / str(number)))
            rounds.append(json.loads(cost.output))
        seal = median([one["rows"] / one["seal_cpu"] for one in rounds])
        library = median([one["rows"] / one["library_cpu"] for one in rounds])
        ratio = median([one["seal_cpu"] / one["library_cpu"] for one in rounds])
        print(f"journal to sealed snapshot: {seal:,.0f} messages a second per core (median of {_ROUNDS})")
        print(f"protobuf library alone:     {library:,.0f} messages a second per core")
        print(f"time, ratio of the two:     {ratio:.1f}")
        whole = run("-m", "wa2pg", "extract", "--replay", str(folder / "in"), "--json", "--progress", "none",
                    environment={"WA2PG_DATA_DIR": str(folder / "data"), "WA2PG_ACCOUNT": "bench"})  # fmt: skip
        rows = json.loads(whole.output)["rows"]["messages"]
        print(f"whole `wa2pg extract`:      {rows:,} rows in {whole.wall:.1f} s, {whole.peak_mb:.0f} MB at its peak")


def one(source: Path, archive: Path) -> None:
    """Journal the payloads, then time the sealing, and the library's own work on the same bytes."""
    sys.path.insert(0, str(ROOT))
    from extract.snapshot import open_snapshot, seal_snapshot  # noqa: PLC0415  (only the measured process imports)
    from extract.whatsapp.protobufs import HistorySync  # noqa: PLC0415
    from schemas.manifest import Own, Source  # noqa: PLC0415
    from schemas.words import Ended, SourceKind  # noqa: PLC0415

    contents = [path.read_bytes() for path in sorted(source.iterdir())]
    archive.mkdir()
    opened = open_snapshot(archive, own=Own(), source=Source(kind=SourceKind.REPLAY))
    for content in contents:
        opened.journal.append(content, "replay")
    start = time.process_time()
    snapshot = seal_snapshot(opened, ended=Ended.SOURCE_END, complete=True)
    seal = time.process_time() - start
    start = time.process_time()
    for content in contents:
        for conversation in HistorySync.FromString(content).conversations:
            for record in conversation.messages:
                record.message.SerializePartialToString()
    library = time.process_time() - start
    rows = snapshot.manifest.counts.rows["messages"]
    print(json.dumps({"rows": rows, "seal_cpu": seal, "library_cpu": library}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)

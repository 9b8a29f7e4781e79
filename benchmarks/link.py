"""How fast a linked phone's history arrives and is sealed, and how much memory parent and child take together.

    python -m benchmarks.link [MESSAGES] [CHUNKS] [CHATS]

The real client links to the tests' own WhatsApp, which runs in this process and takes its part of the processors.
Counted are the seconds from the first payload in the journal to the last, and those from there to the end of the
program less the silence it waited for: decoding and sealing. Beside it: `extract --replay` of the same chunks.
"""

import json
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.history import write_history
from benchmarks.measure import median, run
from schemas.manifest import sealed_snapshots
from tests.extract.live.program import QUIET_SECONDS, Program
from tests.whatsapp_server import Scenario, WhatsAppServer, prepared_neonize

_ROUNDS = 3
_LOOK_SECONDS = 0.05


def main(messages: int = 50_000, chunks: int = 100, chats: int = 100) -> None:
    """Print the figures for a history of this many messages."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        paths = write_history(folder / "in", messages=messages, chats=chats, chunks=chunks)
        prepared = prepared_neonize(folder / "prepared")
        rounds = [one(paths, prepared, folder / str(number)) for number in range(_ROUNDS)]
        print(f"{messages:,} messages of {chats} chats in {len(paths)} chunks, median of {_ROUNDS}")
        for name, take in (("arriving", (0,)), ("decoding and sealing", (1,)), ("both", (0, 1))):
            speed = median([one_round[2] / sum(one_round[index] for index in take) for one_round in rounds])
            print(f"{name}: {speed:,.0f} messages a second")
        print(f"memory of parent and child together at its peak: {median([each[3] for each in rounds]):.0f} MB")
        replay = run("-m", "wa2pg", "extract", "--replay", str(folder / "in"), "--json", "--progress", "none",
                     environment={"WA2PG_DATA_DIR": str(folder / "data"), "WA2PG_ACCOUNT": "bench"})  # fmt: skip
        speed = json.loads(replay.output)["rows"]["messages"] / replay.wall
        print(f"the same chunks by --replay, start of the program included: {speed:,.0f} messages a second")


def one(paths: list[Path], prepared: Path, data: Path) -> tuple[float, float, int, float]:
    """Seconds to arrive, seconds to seal, rows, and megabytes, of one link."""
    arguments = ("extract", "--progress", "json", "--quiet-seconds", str(QUIET_SECONDS))
    scenario = Scenario([path.read_bytes() for path in paths])
    with WhatsAppServer(scenario) as server, Program(server, prepared, data, *arguments) as program:
        peak = _Peak(program)
        peak.start()
        code, report = program.finish(600)
        peak.join()
        if code:
            raise SystemExit(f"the link failed: {report}")
    (snapshot,) = sealed_snapshots(data / "archive/default")
    (journal,) = snapshot.files("journal")
    times = [row["received_at"] for row in pq.read_table(journal, columns=["received_at", "source"]).to_pylist()
             if row["source"] == "whatsapp"]  # fmt: skip
    decoding = [event["at"] for event in program.events if event["event"] == "progress"]
    done = program.wait_for("done")["at"]
    return (max(times) - min(times)).total_seconds(), done - min(decoding), report["rows"]["messages"], peak.megabytes


class _Peak(threading.Thread):
    """Looks at the memory of parent and child until the parent ends."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program
        self.megabytes = 0.0

    def run(self) -> None:
        """Look every 50 ms."""
        while self._program.process.poll() is None:
            now = sum(_megabytes(pid) for pid in (self._program.process.pid, *self._program.devices()))
            self.megabytes = max(self.megabytes, now)
            time.sleep(_LOOK_SECONDS)


def _megabytes(pid: int) -> float:
    """The proportional set size of a process (Linux)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))

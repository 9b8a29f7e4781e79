"""Kill a link's parent, then its child, with -9 at random moments, and hold the archive against what the server saw.

    python -m tests.link_chaos [KILLS] [SEED]        (part of `make chaos`: twenty kills of each)

Each round links a phone with a history of its own and kills one process somewhere between the first chunk and
the last. After the next run: every chunk that the server saw acknowledged is in a sealed snapshot when the parent
was killed; when the child was, it is in one or the manifest names it. Ends with exit 1 when one is neither.
"""

import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.extract.live.histories import chunk_ids, chunks, message_ids, snapshots
from tests.extract.live.program import QUIET_SECONDS, Program
from tests.whatsapp_server import Scenario, WhatsAppServer, prepared_neonize

_CHUNKS = 40
# from all at once to slower than the child can be
_BETWEEN_SECONDS = (0.0, 0.01, 0.05)
_UPLOADED = 0.5
_PARENT, _CHILD = "parent", "child"


def main(kills: int = 20, seed: int = 1) -> int:
    """Run so many rounds of each kind; returns how many chunks were lost without a word."""
    chance = random.Random(seed)
    unaccounted = 0
    with tempfile.TemporaryDirectory(prefix="wa2pg-link-chaos-") as folder:
        prepared = prepared_neonize(Path(folder) / "prepared")
        for who in (_PARENT, _CHILD):
            figures = [one_round(who, prepared, Path(folder) / f"{who}{n}", chance) for n in range(kills)]
            acknowledged, sealed, named, lost = (sum(column) for column in zip(*figures, strict=True))
            unaccounted += lost
            print(
                f"{who} killed {kills} times: {acknowledged} chunks acknowledged, {sealed} of them sealed, "
                f"{named} named as missing, {lost} neither"
            )
    return 1 if unaccounted else 0


def one_round(who: str, prepared: Path, data: Path, chance: random.Random) -> tuple[int, int, int, int]:
    """Chunks acknowledged at the kill; of those sealed, named as missing, and neither."""
    count = chance.randint(1, 400)
    history = chunks(_CHUNKS, messages=count, text="x" * chance.randint(1, 300))
    between = chance.choice(_BETWEEN_SECONDS)
    quiet = ("extract", "--progress", "json", "--quiet-seconds", str(QUIET_SECONDS))
    # what is uploaded does not stand in its announcement: it is there, or it has to be named
    uploads = frozenset(order for order in range(1, _CHUNKS + 1) if chance.random() < _UPLOADED)
    scenario = Scenario(history, between=between, media_chunks=uploads, media_delay=chance.choice((0.0, 0.05)))
    server = WhatsAppServer(scenario)
    with server, Program(server, prepared, data, *quiet) as program:
        server.wait_for("pushed", 30, id="HIST0001")
        time.sleep(chance.uniform(0, 0.3 + _CHUNKS * between * 1.2))
        pids = [program.process.pid] if who == _PARENT else program.devices()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        acknowledged = {int(chunk_id[-4:]) for chunk_id in server.acknowledged()}
        program.process.wait()
        with Program(server, prepared, data, *quiet) as after:
            after.finish()
    ids = message_ids(*snapshots(data))
    sealed = {order for order in range(1, _CHUNKS + 1) if chunk_ids(order, messages=count) <= ids}
    named = {one.chunk_order for snapshot in snapshots(data) for one in snapshot.manifest.missing}
    lost = acknowledged - sealed - named
    return len(acknowledged), len(acknowledged & sealed), len(acknowledged & named - sealed), len(lost)


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:3])))

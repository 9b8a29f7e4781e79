"""Kill every stage with -9 at random moments, run it again plainly, and compare with an undisturbed run.

    python -m tests.chaos [KILLS] [SEED]        (`make chaos`: ten kills a stage)

Each round begins with a copy of the data directory as the stages before left it. Moments are drawn from the time of
the work, which begins with the first line of progress: what starting Python takes is no part of it. What is compared
are the rows in PostgreSQL, all columns but ids and times of runs, and what `wa2pg audit` says. Ends with exit 1 at any
difference.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.history import write_history
from extract.whatsapp.sample import SAMPLE_AS_OF, SAMPLE_OWN_PHONE, write_sample
from load.database import connect
from load.embedded import Embedded, ensure_database, remove_embedded, start_embedded
from load.migrate import migrate
from load.organizations import create_organization

ROOT = Path(__file__).parent.parent
ORGANIZATION = "chaos"
STAGES = ("extract", "transform", "load")
_LOOK_EVERY = 0.002

_ROWS = {
    "clients": """
        select id, phone, name, first_name, last_name, name_source, preferred_language, language_confidence,
            languages, status, status_confidence, status_source, status_reason, country, time_zone, first_message_at,
            last_message_at, incoming_count, outgoing_count, ad_title, addresses
        from clients order by id""",
    "conversations": """
        select id, client_id, channel, first_message_at, last_message_at, message_count, archived
        from conversations order by id""",
    "messages": """
        select id, conversation_id, direction, whatsapp_message_id, type, body, sent_at, language, delivery, reply_to,
            forwarded, edited_at, deleted_at, reactions::text, media_mime, media_name, media_bytes, content_hash
        from messages order by id""",
    "client_status_history": """
        select client_id, old_status, new_status, changed_by, reason
        from client_status_history order by 1, 2, 3""",
}  # fmt: skip


@dataclass(frozen=True)
class Round:
    """One data directory with one database."""

    data: Path
    history: Path
    conninfo: str

    def words(self, stage: str) -> list[str]:
        """The command line of a stage."""
        options = {
            "extract": ["--replay", str(self.history), "--own", SAMPLE_OWN_PHONE],
            "transform": ["--as-of", SAMPLE_AS_OF.isoformat()],
            "load": ["--org", ORGANIZATION],
        }
        return [sys.executable, "-m", "wa2pg", stage, *options[stage], "--progress", "json"]

    @property
    def said(self) -> Path:
        """What the last process wrote to stderr."""
        return self.data.with_suffix(".stderr")

    def step(self) -> str:
        """The step that the last process was in."""
        whole = (line for line in self.said.read_text().splitlines(keepends=True) if line.endswith("}\n"))
        *_, last = (said["step"] for said in map(json.loads, whole) if "step" in said)
        return str(last)

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a process on this round's data and database, and wait until it says that it is at work, or ends."""
        environment = {**os.environ, "WA2PG_DATA_DIR": str(self.data), "DATABASE_URL": self.conninfo}
        environment["PYTHONPATH"] = str(ROOT)
        with self.said.open("wb") as errors:
            process = subprocess.Popen(
                words, cwd=self.data.parent, env=environment, stdout=subprocess.DEVNULL, stderr=errors
            )
        while process.poll() is None and not self.said.stat().st_size:
            time.sleep(_LOOK_EVERY)
        return process

    def run(self, *words: str) -> float:
        """Run a process to its end and return the seconds of its work; raises when it fails."""
        process = self.start(*words)
        begin = time.monotonic()
        if process.wait():
            raise RuntimeError(f"{words[3:5]} ended with {process.returncode}: {self.said.read_text()}")
        return time.monotonic() - begin

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything that was loaded."""
        with connect(self.conninfo) as connection:
            return {table: _all(connection, query) for table, query in _ROWS.items()}


def _all(connection: psycopg.Connection, query: str) -> list[tuple[object, ...]]:
    return connection.execute(query.encode()).fetchall()


class Chaos:
    """The rounds of one run, with the server they use."""

    def __init__(self, scratch: Path, server: Embedded, seed: int) -> None:
        self.scratch = scratch
        self.server = server
        self.random = random.Random(seed)
        self.history = scratch / "history"
        self.history.mkdir()
        write_sample(self.history)
        write_history(self.history / "more", messages=20_000, chats=100, chunks=4)
        self._databases = 0

    def round(self, template: Path | None = None) -> Round:
        """A fresh database and a copy of the template, or an empty data directory."""
        self._databases += 1
        name = f"round_{self._databases}"
        ensure_database(self.server, name)
        conninfo = self.server.conninfo(name)
        with connect(conninfo) as connection:
            migrate(connection)
            create_organization(connection, ORGANIZATION, id=None, slug=None)
        data = self.scratch / name
        if template is not None:
            shutil.copytree(template, data, symlinks=True)
        return Round(data, self.history, conninfo)

    def disturbed(self, stage: str, template: Path | None, seconds: float) -> tuple[Round, str]:
        """Kill the stage at a random moment of its work, then run it and what follows to the end.

        Returns the round and when it was killed, in words.
        """
        current = self.round(template)
        moment = self.random.uniform(0, seconds)
        process = current.start(*current.words(stage))
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        died = process.wait() == -signal.SIGKILL
        when = f"killed after {moment:.2f} of {seconds:.2f} s of work, {current.step()}" if died else "had ended"
        for following in STAGES[STAGES.index(stage) :]:
            current.run(*current.words(following))
        current.run(sys.executable, "-m", "wa2pg", "audit")
        return current, when


@contextmanager
def chaos(seed: int) -> Iterator[Chaos]:
    """A scratch folder and a server, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wa2pg-chaos-") as folder:
        server_folder = Path(folder) / "postgres"
        try:
            yield Chaos(Path(folder), start_embedded(server_folder), seed)
        finally:
            remove_embedded(server_folder)


def compare(kills: int, seed: int) -> int:
    """Run it all and print what came out; returns how many rounds differed."""
    different = 0
    with chaos(seed) as work:
        calm = work.round()
        templates: dict[str, Path | None] = {"extract": None}
        seconds = {}
        for stage, following in zip(STAGES, (*STAGES[1:], None), strict=True):
            seconds[stage] = calm.run(*calm.words(stage))
            if following is not None:
                templates[following] = work.scratch / f"before-{following}"
                shutil.copytree(calm.data, work.scratch / f"before-{following}", symlinks=True)
        expected = calm.rows()
        print("undisturbed: " + ", ".join(f"{len(rows):,} {table}" for table, rows in expected.items()))
        for stage in STAGES:
            for number in range(1, kills + 1):
                current, when = work.disturbed(stage, templates[stage], seconds[stage])
                same = current.rows() == expected
                different += not same
                verdict = "same rows" if same else "OTHER ROWS"
                print(f"{stage} {when} ({number}/{kills}): {verdict}")
                shutil.rmtree(current.data)
    print(f"{different} of {kills * len(STAGES)} rounds differ")
    return different


if __name__ == "__main__":
    sys.exit(
        1
        if compare(
            int(sys.argv[1]) if len(sys.argv) > 1 else 10, int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
        )
        else 0
    )

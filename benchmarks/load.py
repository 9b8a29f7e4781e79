"""What a load costs beside bare `psql \\copy` of the same rows, and beside other ways to bring rows into PostgreSQL.

    python -m benchmarks.load [MESSAGES [ROUNDS]]

The limit: the same message rows, sorted by conversation and time, copied by psql in text format into the same tables
with the same indexes, foreign keys and parents. Every way has a database of its own on a server of the benchmark's
(embedded PostgreSQL 18, shared_buffers 1 GB, max_wal_size 8 GB, synchronous commit, no autovacuum); each round runs all
of them in turn, and ratios are medians of the rounds' own. Of wa2pg it is the whole process that counts, start and
clients included. The slow ways bring a twentieth of the rows; their ratio is to the limit's time for as many.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks.clean_history import write_clean_history
from benchmarks.measure import ROOT, Cost, median, run
from load.database import connect
from load.embedded import Embedded, ensure_database, remove_embedded, start_embedded, stop_embedded
from load.migrate import migrate
from load.organizations import create_organization

_ORGANIZATION = uuid.UUID("8ffef617-5216-403e-9633-224a13d70670")
_SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "8GB", "autovacuum": "off"}
_PARENTS = ("import_runs", "clients", "conversations")
_SLOW_PART = 20


@contextmanager
def own_server() -> Iterator[Embedded]:
    """A server with the settings above, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="wa2pg-bench-")) / "postgres"
    server = start_embedded(folder)
    try:
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as admin:
            for name, value in _SETTINGS.items():
                admin.execute(sql.SQL("alter system set {} = {}").format(sql.Identifier(name), value))
        stop_embedded(folder)
        yield start_embedded(folder)
    finally:
        remove_embedded(folder)
        shutil.rmtree(folder.parent, ignore_errors=True)


class Bench:
    """One server, one clean run, and the rows that a load made of it."""

    def __init__(self, server: Embedded, folder: Path, messages: int) -> None:
        self.server = server
        self.folder = folder
        write_clean_history(
            folder / "clean" / "bench" / "20261101T000000Z-aaaa", messages=messages, chats=messages // 100
        )
        self.rows = folder / "rows.txt"
        self.few = folder / "few.txt"
        self.fresh("load")
        self.load("load")
        with connect(server.conninfo("load")) as loaded:
            names = loaded.execute(
                "select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute"
                " where attrelid = 'messages'::regclass and attnum > 0 and attname <> 'created_at'"
            ).fetchone()
            self.columns = str(names[0]) if names else ""
            order = f"(select {self.columns} from messages order by conversation_id, sent_at"  # noqa: S608
            for path, rows in ((self.rows, messages), (self.few, messages // _SLOW_PART)):
                with (
                    path.open("wb") as file,
                    loaded.cursor().copy(f"copy {order} limit {rows}) to stdout".encode()) as copy,
                ):
                    for piece in copy:
                        file.write(piece)

    def fresh(self, name: str) -> None:
        """An empty migrated database with the organisation."""
        with psycopg.connect(self.server.conninfo("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        ensure_database(self.server, name)
        with connect(self.server.conninfo(name)) as connection:
            migrate(connection)
            create_organization(connection, "Bench", id=_ORGANIZATION, slug="bench")
            connection.execute("checkpoint")

    def with_parents(self, name: str) -> None:
        """A fresh database with the clients and conversations of the load."""
        self.fresh(name)
        with connect(self.server.conninfo("load")) as loaded, connect(self.server.conninfo(name)) as other:
            for table in _PARENTS:
                with (
                    loaded.cursor().copy(f"copy {table} to stdout".encode()) as source,
                    other.cursor().copy(f"copy {table} from stdin".encode()) as sink,
                ):
                    for piece in source:
                        sink.write(piece)
            other.execute("analyze")
            other.execute("checkpoint")

    def load(self, name: str, *options: str) -> Cost:
        """The whole process `wa2pg load`."""
        host = conninfo_to_dict(self.server.conninfo(name))["host"]
        environment = {
            "WA2PG_DATA_DIR": str(self.folder),
            "WA2PG_ACCOUNT": "bench",
            "DATABASE_URL": f"postgresql://postgres@/{name}?host={host}",
        }
        words = ("-m", "wa2pg", "load", "--org", "bench", "--json", "--progress", "none", *options)
        return run(*words, environment=environment)

    def limit(self, path: Path) -> float:
        """Seconds of psql for the rows of this file."""
        self.with_parents("bare")
        host = conninfo_to_dict(self.server.conninfo("bare"))["host"]
        words = [self.server.binaries.program("psql"), "-X", "-q", "-h", str(host), "-U", "postgres", "-d", "bare"]
        start = time.perf_counter()
        subprocess.run([*words, "-c", f"\\copy messages ({self.columns}) from '{path}'"], check=True, cwd=ROOT)
        return time.perf_counter() - start

    def inserts(self, write: Callable[[psycopg.Connection, str, list[tuple[str | None, ...]]], None]) -> float:
        """Seconds of inserting the few rows from Python in one transaction."""
        self.with_parents("slow")
        text = self.few.read_text("utf-8").splitlines()
        rows = [tuple(None if value == "\\N" else _unescaped(value) for value in line.split("\t")) for line in text]
        with psycopg.connect(self.server.conninfo("slow")) as connection:
            start = time.perf_counter()
            write(connection, self.columns, rows)
            connection.commit()
            return time.perf_counter() - start


def _unescaped(value: str) -> str:
    signs = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    parts = value.split("\\\\")
    for written, meant in list(signs.items())[:3]:
        parts = [part.replace(written, meant) for part in parts]
    return "\\".join(parts)


def executemany(connection: psycopg.Connection, columns: str, rows: list[tuple[str | None, ...]]) -> None:
    """One statement with many parameters, pipelined by psycopg."""
    marks = ", ".join(["%s"] * len(rows[0]))
    statement = f"insert into messages ({columns}) values ({marks}) on conflict do nothing"  # noqa: S608
    connection.cursor().executemany(statement.encode(), rows)


def batches_of_100(connection: psycopg.Connection, columns: str, rows: list[tuple[str | None, ...]]) -> None:
    """INSERT with a hundred rows of values at a time."""
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    for start in range(0, len(rows), 100):
        part = rows[start : start + 100]
        values = ", ".join([marks] * len(part))
        statement = f"insert into messages ({columns}) values {values} on conflict do nothing"  # noqa: S608
        connection.execute(statement.encode(), [value for row in part for value in row])


_DLT = """
import sys, time
import dlt, pyarrow.parquet as pq
address, path, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
table = pq.read_table(path).slice(0, rows)
start = time.perf_counter()
pipeline = dlt.pipeline("bench", destination=dlt.destinations.postgres(credentials=address), dataset_name="dlt_bench")
pipeline.run([table], table_name="messages", write_disposition="merge",
             primary_key=["phone", "direction", "whatsapp_message_id"])
print(time.perf_counter() - start)
"""


def dlt_merge(bench: Bench, rows: int) -> float | None:
    """Seconds of dlt's merge of as many clean rows into tables of its own (no foreign keys); None without dlt."""
    python = bench.folder / "dlt" / "bin" / "python"
    if not python.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(python.parent.parent)], check=True, capture_output=True)
            words = [str(python), "-m", "pip", "install", "-qq", "dlt[postgres]", "pyarrow", "pandas"]
            subprocess.run(words, check=True, capture_output=True, timeout=300)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
    bench.fresh("dlt")
    host = conninfo_to_dict(bench.server.conninfo("dlt"))["host"]
    path = bench.folder / "clean" / "bench" / "current" / "messages.parquet"
    environment = {"PATH": os.environ["PATH"], "HOME": str(bench.folder), "RUNTIME__DLTHUB_TELEMETRY": "false"}
    done = subprocess.run(
        [str(python), "-c", _DLT, f"postgresql://postgres:unused@localhost/dlt?host={host}", str(path), str(rows)],
        check=False,
        capture_output=True,
        env=environment,
        cwd=bench.folder,
    )
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def one_round(bench: Bench, messages: int) -> dict[str, tuple[float, float, float]]:
    """Each way once: seconds, ratio to the limit of this round, peak memory in MB."""
    limit = bench.limit(bench.rows)
    few = bench.limit(bench.few)
    found = {"psql \\copy (the limit)": (limit, 1.0, 0.0)}

    def loaded(name: str, database: str, expected: dict[str, int], *options: str) -> None:
        cost = bench.load(database, *options)
        report = json.loads(cost.output)["messages"]
        assert {key: report[key] for key in expected} == expected, report
        found[name] = (cost.wall, cost.wall / limit, cost.peak_mb)

    bench.fresh("load")
    loaded("wa2pg load, first", "load", {"inserted": messages})
    loaded("wa2pg load --full, again", "load", {"inserted": 0, "already_there": messages}, "--full")
    loaded("wa2pg load, again", "load", {"inserted": 0, "already_there": messages})
    bench.fresh("fast")
    loaded("wa2pg load --fast, first", "fast", {"inserted": messages}, "--fast")
    for name, seconds in (
        ("psycopg executemany", bench.inserts(executemany)),
        ("INSERT, 100 rows at a time", bench.inserts(batches_of_100)),
        ("dlt, merge", dlt_merge(bench, messages // _SLOW_PART)),
    ):
        if seconds is not None:
            found[name] = (seconds, seconds / few, 0.0)
    return found


def main(messages: int, rounds: int) -> None:
    """Print the table for so many messages."""
    with own_server() as server, tempfile.TemporaryDirectory() as scratch:
        bench = Bench(server, Path(scratch), messages)
        results = [one_round(bench, messages) for _ in range(rounds)]
    print(f"{messages:,} messages of {messages // 100:,} clients, {rounds} rounds; median [range]")
    print("| way | seconds | ratio to the limit | peak MB |\n|---|---|---|---|")
    for name in results[0]:
        seconds, ratios, peaks = zip(*(result[name] for result in results if name in result), strict=True)
        spread = f"{median(list(seconds)):.2f} [{min(seconds):.2f}-{max(seconds):.2f}]"
        memory = f"{max(peaks):.0f}" if max(peaks) else ""
        print(f"| {name} | {spread} | {median(list(ratios)):.2f} | {memory} |")
    if "dlt, merge" not in results[0]:
        print("dlt could not be installed or run here")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 3,
    )

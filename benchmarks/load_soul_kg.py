"""What a load into the Soul KG CRM's tables takes, beside a bare COPY of the same message rows.

    python -m benchmarks.load_soul_kg [MESSAGES] [CHATS]

The limit is COPY of the same rows into the same empty table, its keys and index in place, by one session. Then the
whole `wa2pg load` process into a fresh database, and the same load again. One round: what else the machine does in
those minutes is in all of the figures.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from benchmarks.clean_history import write_clean_history
from benchmarks.measure import Cost, run
from load.embedded import ensure_database, start_embedded, stop_embedded
from schemas.datadir import DataDir

_TABLES = Path(__file__).parent.parent / "tests" / "load" / "soul_kg" / "tables.sql"
_ORGANIZATION = "8ffef617-5216-403e-9633-224a13d70670"
_PART = 1 << 20


def main(messages: int, chats: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        data = DataDir(Path(name) / "data")
        write_clean_history(data.clean("bench") / "20261101T000000Z-aaaa", messages=messages, chats=chats)
        server = start_embedded(data.postgres)
        try:
            ensure_database(server, "crm")
            conninfo = server.conninfo("crm")
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute(_TABLES.read_bytes())
                connection.execute(
                    'insert into organizations (id, name, slug, "updatedAt") values (%s, %s, %s, now())',
                    [_ORGANIZATION, "Bench", "bench"],
                )
            first, again = (_load(data, conninfo) for _ in range(2))
            limit = _bare_copy(conninfo, Path(name) / "rows")
        finally:
            stop_embedded(data.postgres)
    print(f"{messages:,} messages of {chats:,} chats; rows a second of a bare COPY: {messages / limit:,.0f}\n")
    print("|  | seconds | × bare COPY | MB | others could not write, seconds |")
    print("|---|---:|---:|---:|---:|")
    print(f"| bare COPY of the messages | {limit:.1f} | 1.00 | | |")
    for label, cost in (("first load", first), ("the same again", again)):
        locked = json.loads(cost.output)["messages_locked_seconds"]
        print(f"| {label} | {cost.wall:.1f} | {cost.wall / limit:.2f} | {cost.peak_mb:.0f} | {locked:.1f} |")


def _load(data: DataDir, conninfo: str) -> Cost:
    words = ("-m", "wa2pg", "load", "--account", "bench", "--org", "bench", "--json", "--progress", "none")
    return run(*words, environment={"DATABASE_URL": conninfo, "WA2PG_DATA_DIR": str(data.root)})


def _bare_copy(conninfo: str, rows: Path) -> float:
    with psycopg.connect(conninfo, autocommit=True) as connection, connection.cursor() as cursor:
        with rows.open("wb") as file, cursor.copy("copy messages to stdout") as copy:
            for part in copy:
                file.write(part)
        connection.execute("truncate messages")
        connection.execute("checkpoint")
        begin = time.monotonic()
        with rows.open("rb") as file, cursor.copy("copy messages from stdin") as copy:
            while part := file.read(_PART):
                copy.write(part)
        return time.monotonic() - begin


if __name__ == "__main__":
    os.umask(0o077)
    given = [int(word) for word in sys.argv[1:3]]
    main(*(given + [1_000_000, 10_000][len(given) :]))

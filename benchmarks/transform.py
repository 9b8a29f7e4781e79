"""What finding duplicates, edits and deletions costs transform, and how much memory a transform takes.

    python -m benchmarks.transform [MESSAGES]

Without enrichment, against the same DuckDB query without dedupe: the same files, people, names, columns, order, hash,
checks and Parquet writer, but every occurrence taken for a message of its own, and no step that looks for duplicates,
edits, deletions, reactions or bad times. The history has a tenth of its messages twice and no edits. Each round runs
both in processes of their own, in turn.
"""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from benchmarks.history import write_history
from benchmarks.measure import median, run
from schemas.datadir import DataDir
from schemas.files import make_private_folder
from schemas.progress import no_progress
from schemas.tables import CLEAN_TABLES, TIMESTAMP
from transform.addressbook import fill_address_book
from transform.archive import read_archive
from transform.checks import open_clean_table
from transform.clean_files import TableWriter, write_table
from transform.clients import client_rows, known_names
from transform.run import TransformOptions, transform
from transform.warehouse import open_warehouse

_ROUNDS = 5
_AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
ACCOUNT = "bench"

# what the steps before the output would have found, had there been nothing to find
_NOTHING_FOUND = {
    "choice": {
        "row_id": pa.int64(),
        "dropped": pa.bool_(),
        "sent_at": TIMESTAMP,
        "timed": pa.bool_(),
        "delivery": pa.int64(),
    },
    "change": {
        "row_id": pa.int64(),
        "edited_at": TIMESTAMP,
        "new_body": pa.string(),
        "deleted_at": TIMESTAMP,
        "reactions": pa.string(),
    },
    "deleted_unseen": {
        "row_id": pa.int64(),
        "person": pa.int32(),
        "from_me": pa.bool_(),
        "message_id": pa.string(),
        "sent_at": TIMESTAMP,
        "timed": pa.bool_(),
    },
}
_NOT_COUNTED = pa.schema([("part", pa.string()), ("reason", pa.string()), ("row_count", pa.int64())])
_TALK = """
    select
        a.person,
        min(m.sent_at) as first_message_at,
        max(m.sent_at) as last_message_at,
        count(*) filter (where not m.from_me) as incoming_count,
        count(*) filter (where m.from_me) as outgoing_count
    from raw_messages as m
    inner join address as a on m.chat_jid = a.jid
    where a.person is not null
    group by a.person
"""


def without_dedupe(data: DataDir, folder: Path) -> None:
    """Write the clean tables of the archive, every occurrence a message."""
    archive = read_archive(data.archive(ACCOUNT))
    make_private_folder(folder)
    with open_warehouse(archive, _AS_OF, folder / "spill") as warehouse:
        book = fill_address_book(warehouse, archive, None)
        for name, columns in _NOTHING_FOUND.items():
            warehouse.put(name, pa.schema(list(columns.items())).empty_table())
        warehouse.put("talk", warehouse.table(_TALK))
        with TableWriter(folder / "messages.parquet", CLEAN_TABLES["messages"]) as writer:
            for batch in warehouse.output("070_messages"):
                languages = pa.nulls(batch.num_rows, pa.string())
                writer.write(pa.Table.from_batches([batch]).append_column("language", languages))
            writer.finish()
        open_clean_table(warehouse, folder, "messages")
        outputs = {
            "clients": iter(client_rows(warehouse, book, known_names(warehouse), {}).to_batches()),
            "conversations": warehouse.output("075_conversations"),
            "rejects": iter(CLEAN_TABLES["rejects"].empty_table().to_batches()),
        }
        for name, batches in outputs.items():
            write_table(folder / f"{name}.parquet", CLEAN_TABLES[name], batches)
            open_clean_table(warehouse, folder, name)
        # the checks find the duplicates; here only their time counts
        warehouse.put("accounting", _NOT_COUNTED.empty_table())
        warehouse.violations("090_checks")


def one(what: str, data: DataDir) -> None:
    """Time one of the two inside a process of its own and print the seconds."""
    start = time.perf_counter()
    if what == "transform":
        transform(data, ACCOUNT, TransformOptions(as_of=_AS_OF, enrich=False), no_progress)
    else:
        without_dedupe(data, data.root / f"without-{time.time_ns()}")
    print(json.dumps({"seconds": time.perf_counter() - start}))


def main(messages: int) -> None:
    """Print the figures for a history of this many messages."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_history(folder / "in", messages=messages, chats=max(1, messages // 100), chunks=10)
        environment = {"WA2PG_DATA_DIR": str(folder / "data"), "WA2PG_ACCOUNT": ACCOUNT}
        words = ("--json", "--progress", "none")
        extracted = run("-m", "wa2pg", "extract", "--replay", str(folder / "in"), *words, environment=environment)
        rows = json.loads(extracted.output)["rows"]["messages"]
        print(f"{messages:,} messages, {rows:,} rows in the archive")
        ours, theirs, memory = [], [], []
        for _ in range(_ROUNDS):
            timed = {what: run("-m", "benchmarks.transform", "--one", what, str(folder / "data")) for what in WHATS}
            ours.append(json.loads(timed["transform"].output)["seconds"])
            theirs.append(json.loads(timed["without"].output)["seconds"])
            memory.append(timed["transform"].peak_mb)
        ratio = median([mine / other for mine, other in zip(ours, theirs, strict=True)])
        print(f"transform without enrichment:  {median(ours):.2f} s, {median(memory):.0f} MB (median of {_ROUNDS})")
        print(f"the same query without dedupe: {median(theirs):.2f} s")
        print(f"time, ratio of the two:        {ratio:.2f}")
        whole = run("-m", "wa2pg", "transform", "--as-of", "2026-11-01", *words, environment=environment)
        print(f"whole `wa2pg transform`:       {whole.wall:.1f} s, {whole.peak_mb:.0f} MB at its peak")


WHATS = ("transform", "without")

if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], DataDir(Path(sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)

"""The ledgers of runs, read for taking one back."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from load.ledger_files import LedgerRun, changes_of
from load.run_ledger import IMAGED, INSERTED, LEFT
from load.targets.soul_kg.images import Image
from schemas.errors import UserError
from schemas.files import PRIVATE_FILE, fsync_file, sha256_of
from schemas.translation import _

Images = dict[tuple[str, str], Image]
_LEFT_SUFFIX = ".left"


def read_changes(folder: Path, run: LedgerRun) -> pa.Table:
    """The rows of a run's ledger; raises UserError (1) when they are not what the run wrote."""
    path = changes_of(folder, run.run)
    if not path.is_file() or sha256_of(path) != run.changes_sha256:
        raise UserError(
            _("The record of this load is damaged or gone, so it cannot be taken back."),
            hint=_("bring {file} back from a backup of the data directory", file=path.name),
        )
    return pq.read_table(path)


def read_later(folder: Path, runs: list[LedgerRun], run: LedgerRun) -> Iterator[tuple[str, pa.Table]]:
    """The ledgers of runs that ended after this one; of those that were taken back, what they left."""
    ended = run.finished_at or run.started_at
    for other in runs:
        if other.run == run.run or (other.finished_at or other.started_at) <= ended:
            continue
        if other.undone_at is None:
            yield other.run, read_changes(folder, other)
        elif left_of(folder, other.run).is_file():
            yield other.run, pq.read_table(left_of(folder, other.run))


def images_of(changes: pa.Table) -> Images:
    """The clients and conversations of a ledger."""
    images: Images = {}
    wanted = changes.filter(pc.is_in(changes["table_name"], pa.array(IMAGED)))
    for row in wanted.to_pylist():
        image = images.setdefault((row["table_name"], row["row_id"]), Image())
        if row["action"] == INSERTED:
            image.inserted = True
        elif row["action"] == LEFT:
            image.after = json.loads(row["after"])
        else:
            image.add_before(json.loads(row["before"]))
    return images


def without(changes: pa.Table, others: pa.Table) -> pa.Table:
    """The changes but for rows that others inserted anew."""
    connection = duckdb.connect(":memory:", config={"temp_directory": ""})
    try:
        connection.register("changes", changes)
        connection.register("others", others)
        return connection.sql(
            "select * from changes anti join (select table_name, row_id from others where action = 'inserted') "
            "using (table_name, row_id)"
        ).to_arrow_table()
    finally:
        connection.close()


def as_csv(table: pa.Table) -> bytes:
    """The table for COPY … (format csv)."""
    written = io.BytesIO()
    pyarrow.csv.write_csv(table, written, pyarrow.csv.WriteOptions(include_header=False))
    return written.getvalue()


def left_of(folder: Path, run: str) -> Path:
    """`<run>.left`: the rows of the ledger that a run which was taken back has left, as Parquet."""
    return folder / f"{run}{_LEFT_SUFFIX}"


def write_left(folder: Path, run: str, changes: pa.Table, left: list[tuple[str, str]]) -> None:
    """Make `<run>.left` durable; none when nothing is left."""
    path = left_of(folder, run)
    if not left:
        # of an earlier attempt that was not committed
        path.unlink(missing_ok=True)
        return
    kept = set(left)
    keys = zip(changes["table_name"].to_pylist(), changes["row_id"].to_pylist(), strict=True)
    pq.write_table(changes.filter(pa.array([key in kept for key in keys])), path, compression="zstd")
    path.chmod(PRIVATE_FILE)
    fsync_file(path)

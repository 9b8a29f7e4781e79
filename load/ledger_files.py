"""The files in the data directory that say what a load inserted and changed.

runs/<organisation>/<run>.json       what the run was and whether it is in the database
runs/<organisation>/<run>.parquet    one row per row that it inserted, or changed (with what it was before), and
one per client and conversation of these with what the run left in it
"""

import fcntl
import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.files import fsync_folder, replace_file

LEDGER_FORMAT: Literal[1] = 1
# what is being written, until it is whole
PARTIAL = ".partial"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class LedgerPlace(_Strict):
    """Which transaction of which database: cluster (None where the user may not ask), database oid, transaction id."""

    cluster: str | None
    database: int
    transaction: str


class LedgerRun(_Strict):
    """What `<run>.json` says. `changes_sha256` is that of the Parquet file beside it, None until it is written."""

    format: Literal[1] = LEDGER_FORMAT
    state: Literal["written", "committed"] = "written"
    run: str
    layout: str
    organization: str
    account: str
    clean_run: str
    inputs_sha256: str
    tool_version: str
    options: dict[str, Any]
    place: LedgerPlace
    started_at: datetime
    finished_at: datetime | None = None
    rows: int = Field(default=0, ge=0)
    changes_sha256: str | None = None
    counts: dict[str, Any] = Field(default_factory=dict)
    # the transaction that takes the run back: where it was committed, the run was
    undoing: LedgerPlace | None = None
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone: dict[str, Any] | None = None

    def to_json(self) -> bytes:
        """The bytes of the file."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2).encode() + b"\n"


def run_file_of(folder: Path, run: str) -> Path:
    """`<run>.json`."""
    return folder / f"{run}.json"


def changes_of(folder: Path, run: str) -> Path:
    """`<run>.parquet`."""
    return folder / f"{run}.parquet"


def read_ledgers(folder: Path) -> list[LedgerRun]:
    """The runs of an organisation's folder, oldest first; raises ValueError for a file that cannot be read."""
    runs = [LedgerRun.model_validate_json(path.read_bytes()) for path in folder.glob("*.json")]
    return sorted(runs, key=lambda run: (run.started_at, run.run))


def mark_committed(folder: Path, run: LedgerRun) -> None:
    """Say that a run whose state was `written` is in the database."""
    write_run(folder, run.model_copy(update={"state": "committed"}))


def write_run(folder: Path, run: LedgerRun) -> None:
    """Replace a run's `<run>.json`."""
    replace_file(run_file_of(folder, run.run), run.to_json())


def remove_ledger(folder: Path, run: str) -> None:
    """Remove the files of a run that never came into the database."""
    run_file_of(folder, run).unlink(missing_ok=True)
    changes_of(folder, run).unlink(missing_ok=True)
    fsync_folder(folder)


def clear_unsealed(folder: Path) -> None:
    """Remove what dead loads left before anything of theirs could be committed."""
    for path in folder.glob(f"*.parquet{PARTIAL}"):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(descriptor)
    for path in folder.glob("*.parquet"):
        # sealed, but dead before its description was written: not committed
        if not path.with_suffix(".json").exists() and not _is_held(path):
            path.unlink(missing_ok=True)


def _is_held(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False

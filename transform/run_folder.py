"""The life of a clean run's folder: unfinished, in force, old.

A run is written to `<run>.partial`, renamed when it is whole, and then the link `current` is replaced by rename.
Killed anywhere, the run in force stays whole; what is left lying is removed by the next run.
"""

import shutil
from datetime import datetime
from pathlib import Path

from schemas.clean_run import CURRENT
from schemas.datadir import PARTIAL_SUFFIX, RUN_NAME_PATTERN, new_run_name
from schemas.files import fsync_folder, make_private_folder

RUNS_KEPT = 3
_NEW_LINK = f"{CURRENT}.new"


def open_run(clean: Path, started_at: datetime) -> Path:
    """Make the folder `<run>.partial`; the caller holds the account's lock, so other unfinished ones are dead."""
    for path in clean.glob(f"*{PARTIAL_SUFFIX}"):
        shutil.rmtree(path)
    (clean / _NEW_LINK).unlink(missing_ok=True)
    name = new_run_name(started_at)
    while (clean / name).exists():
        name = new_run_name(started_at)
    return make_private_folder(clean / (name + PARTIAL_SUFFIX))


def put_in_force(partial: Path) -> Path:
    """Make a whole run the current one and return its folder; its files must be durable already."""
    clean = partial.parent
    path = partial.with_name(partial.name.removesuffix(PARTIAL_SUFFIX))
    fsync_folder(partial)
    partial.rename(path)
    fsync_folder(clean)
    link = clean / _NEW_LINK
    link.symlink_to(path.name)
    link.replace(clean / CURRENT)
    fsync_folder(clean)
    return path


def remove_old_runs(clean: Path) -> None:
    """Keep the newest runs, and the one in force whatever its age."""
    in_force = (clean / CURRENT).resolve().name
    names = sorted(path.name for path in clean.iterdir() if path.is_dir() and RUN_NAME_PATTERN.fullmatch(path.name))
    old = [name for name in names if name != in_force]
    for name in old[: max(0, len(names) - RUNS_KEPT)]:
        shutil.rmtree(clean / name)

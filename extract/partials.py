"""Snapshots that are open, by their folders."""

from pathlib import Path

from schemas.datadir import PARTIAL_SUFFIX, RUN_NAME_PATTERN


def partial_snapshots(archive: Path) -> list[Path]:
    """The folders of open snapshots, oldest first; whether somebody is filling them is not asked."""
    if not archive.is_dir():
        return []
    return sorted(
        path
        for path in archive.iterdir()
        if path.name.endswith(PARTIAL_SUFFIX)
        and path.is_dir()
        and not path.is_symlink()
        and RUN_NAME_PATTERN.fullmatch(path.name.removesuffix(PARTIAL_SUFFIX))
    )

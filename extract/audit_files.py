"""Sealed snapshots against their own manifests: files, columns, counts."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from extract.audit_pages import Tally, read_pages
from schemas.manifest import MANIFEST, MANIFEST_SHA256, FileEntry, Manifest, Snapshot
from schemas.sealed_file import SEALED_TABLES, file_problem
from schemas.tables import RAW_TABLES
from schemas.translation import N_, _, ngettext
from schemas.words import SourceKind

# hashing and decoding leave Python's lock to others; more threads only take memory
_MOST_THREADS = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CheckedFile:
    """One file of a snapshot as it was found; `problem` follows the words "this file"."""

    snapshot: Snapshot
    entry: FileEntry
    problem: str | None
    tally: Tally | None


def check_files(snapshots: Iterable[Snapshot], *, quick: bool) -> Iterator[CheckedFile]:
    """Every file of these snapshots held against its manifest, in order; several at a time are read.

    Of files that are what was sealed every page is decoded and the rows are added up, unless `quick`.
    """

    def check(task: tuple[Snapshot, FileEntry]) -> CheckedFile:
        snapshot, entry = task
        problem = file_problem(snapshot.path, entry)
        tally = None if quick or problem else read_pages(snapshot.path / entry.path, entry)
        return CheckedFile(snapshot, entry, problem or (tally.problem if tally else None), tally)

    tasks = [(snapshot, entry) for snapshot in snapshots for entry in snapshot.manifest.files]
    with ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS)) as pool:
        yield from pool.map(check, tasks)


def find_strangers(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What lies in a snapshot's folder and is not in its manifest, as (path in it, what)."""
    listed = {MANIFEST, MANIFEST_SHA256, *(entry.path for entry in snapshot.manifest.files)}
    folders = {path.split("/")[0] for path in listed if "/" in path}
    for path in sorted(snapshot.path.rglob("*")):
        relative = path.relative_to(snapshot.path).as_posix()
        if path.is_symlink() and relative not in listed:
            yield relative, _("this is a link, which no wa2pg makes")
        elif path.is_dir():
            if relative not in folders:
                yield relative, _("the manifest names no file in this folder")
        elif relative not in listed:
            yield relative, _("the manifest does not name this file")


def counts_problem(manifest: Manifest) -> str | None:
    """What in a manifest's own figures does not add up."""
    rows = dict.fromkeys(SEALED_TABLES, 0)
    for entry in manifest.files:
        if entry.table in rows:
            rows[entry.table] += entry.rows
    journal = rows.pop("journal")
    counts, payloads = manifest.counts, manifest.counts.payloads
    missing = 0 if manifest.source.kind is SourceKind.REDECODE else len(manifest.missing)
    kinds, rejects = sum(counts.kinds.values()), sum(counts.rejects.values())
    wrong = {
        N_("its counts name other tables than this archive format has"): set(counts.rows) != set(RAW_TABLES),
        N_("it names a file twice"): len({entry.path for entry in manifest.files}) != len(manifest.files),
        N_("its counts are not those of its files"): rows != counts.rows or journal != payloads.received,
        N_("its counts by kind or reason do not add up"): kinds != rows["messages"] or rejects != rows["rejects"],
        N_("it counts fewer announced payloads than received and missing ones"): payloads.announced
        < payloads.received + missing,
        N_("it calls itself complete and names missing pieces"): manifest.complete and bool(manifest.missing),
    }
    return next((_(what) for what, is_wrong in wrong.items() if is_wrong), None)


def tally_problem(manifest: Manifest, tally: Tally) -> str | None:
    """What the rows of a snapshot, all of them read, add up to otherwise than its manifest says."""
    if dict(tally.kinds) != {kind: count for kind, count in manifest.counts.kinds.items() if count}:
        return _("its counts by kind are not those of its rows")
    if dict(tally.reasons) != {reason: count for reason, count in manifest.counts.rejects.items() if count}:
        return _("its counts of rejects by reason are not those of its rows")
    if (tally.first_ms, tally.last_ms) != (_milliseconds(manifest.span.first), _milliseconds(manifest.span.last)):
        return _("its first and last times of messages are not those of its rows")
    if lost := len(tally.payloads - tally.journalled):
        return ngettext(
            "its rows name {count} payload that its journal does not hold",
            "its rows name {count} payloads that its journal does not hold",
            lost,
        )
    return None


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // timedelta(milliseconds=1)


def is_journal(path: str) -> bool:
    """Whether a file of a snapshot is a part of its journal, from which the others can be made again."""
    return Path(path).parts[0] == "journal"

"""One sealed snapshot against its own manifest: files, columns, counts."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.files import sha256_of
from schemas.manifest import MANIFEST, MANIFEST_SHA256, FileEntry, Manifest, Snapshot
from schemas.tables import JOURNAL, RAW_TABLES, fingerprint

_SCHEMAS = {**RAW_TABLES, "journal": JOURNAL}


def audit_snapshot(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What is wrong inside a snapshot, as (path in its folder, what)."""
    listed = {MANIFEST, MANIFEST_SHA256}
    for entry in snapshot.manifest.files:
        listed.add(entry.path)
        # the first thing found wrong explains the others
        what = next(_file_problems(snapshot.path / entry.path, entry), None)
        if what:
            yield entry.path, what
    for path in sorted(snapshot.path.rglob("*")):
        relative = path.relative_to(snapshot.path).as_posix()
        if not path.is_dir() and relative not in listed:
            yield relative, "the manifest does not name this file"
    what = _audit_counts(snapshot.manifest)
    if what:
        yield MANIFEST, what


def _file_problems(path: Path, entry: FileEntry) -> Iterator[str]:
    if path.is_symlink() or not path.is_file():
        yield "this file is gone"
        return
    if path.stat().st_size != entry.bytes:
        yield f"it has {path.stat().st_size} bytes, sealed were {entry.bytes}"
    if sha256_of(path) != entry.sha256:
        yield "its content is not what was sealed (sha256)"
    schema = _SCHEMAS.get(entry.table)
    if schema is None or entry.fingerprint != fingerprint(schema):
        yield "its columns are not those of this archive format"
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException):
        yield "it is no Parquet file"
        return
    if file.metadata.num_rows != entry.rows:
        yield f"it has {file.metadata.num_rows} rows, the manifest says {entry.rows}"
    if not file.schema_arrow.equals(schema):
        yield "its columns are not those of its table"


def _audit_counts(manifest: Manifest) -> str | None:
    rows = dict.fromkeys(_SCHEMAS, 0)
    for entry in manifest.files:
        if entry.table in rows:
            rows[entry.table] += entry.rows
    journal = rows.pop("journal")
    counts = manifest.counts
    if set(counts.rows) != set(RAW_TABLES):
        return "its counts name other tables than this archive format has"
    if rows != counts.rows or journal != counts.payloads.received:
        return "its counts are not those of its files"
    if sum(counts.kinds.values()) != counts.rows["messages"] or sum(counts.rejects.values()) != counts.rows["rejects"]:
        return "its counts by kind or reason do not add up"
    return None

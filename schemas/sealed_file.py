"""One file of a sealed snapshot against what its manifest says of it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.files import sha256_of
from schemas.manifest import FileEntry
from schemas.system_errors import system_reason
from schemas.tables import JOURNAL, RAW_TABLES, fingerprint
from schemas.translation import _, ngettext

SEALED_TABLES = {**RAW_TABLES, "journal": JOURNAL}


def file_problem(folder: Path, entry: FileEntry) -> str | None:
    """What is wrong with the file that `entry` names below the snapshot's `folder`, None when it is what was sealed.

    Size, sha256, columns and rows are compared, in this order; the first that differs explains the others. The words
    follow "this file" and hold nothing of what the file says. A disk that cannot read it is told, never raised.
    """
    path = folder / entry.path
    try:
        if _leads_through_link(folder, path):
            return _("is a link, or lies behind one")
        if not path.is_file():
            return _("is missing")
        size = path.stat().st_size
        if size != entry.bytes:
            return _(
                "is not what was sealed: it has {size} bytes, sealed were {sealed}",
                size=str(size),
                sealed=str(entry.bytes),
            )
        if sha256_of(path) != entry.sha256:
            return _("is not what was sealed (its sha256 differs)")
    except OSError as error:
        return _("cannot be read ({reason})", reason=system_reason(error))
    return _table_problem(path, entry)


def _leads_through_link(folder: Path, path: Path) -> bool:
    return path.is_symlink() or (path.parent != folder and path.parent.is_symlink())


def _table_problem(path: Path, entry: FileEntry) -> str | None:
    """The same for what only a Parquet reader sees: a wrong footer under a right checksum was sealed so."""
    schema = SEALED_TABLES.get(entry.table)
    if schema is None or entry.fingerprint != fingerprint(schema):
        return _("has other columns than this archive format")
    try:
        with pq.ParquetFile(path) as file:
            rows, found = file.metadata.num_rows, file.schema_arrow
    except (OSError, pa.ArrowException):
        return _("is no Parquet file")
    if rows != entry.rows:
        return ngettext(
            "has {count} row, the manifest says {sealed}",
            "has {count} rows, the manifest says {sealed}",
            rows,
            sealed=entry.rows,
        )
    return None if found.equals(schema) else _("has other columns than its table")

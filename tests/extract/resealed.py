"""Sealing a changed snapshot anew, with every checksum right: what only a look at the contents can find."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.files import sha256_of
from schemas.manifest import CHAIN, MANIFEST, MANIFEST_SHA256, ChainLine, append_to_chain, checksum_line, read_chain

Document = dict[str, Any]


def reseal(folder: Path, change: Callable[[Document], None] = lambda _document: None) -> None:
    """Make manifest, checksum and chain agree with the snapshot's files; `change` may edit the manifest before.

    Only the last snapshot of an archive can be sealed anew: a later one names its predecessor.
    """
    document: Document = json.loads((folder / MANIFEST).read_bytes())
    for entry in document["files"]:
        path = folder / entry["path"]
        entry["bytes"], entry["sha256"] = path.stat().st_size, sha256_of(path)
    change(document)
    content = json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / MANIFEST).write_bytes(content)
    (folder / MANIFEST_SHA256).write_bytes(checksum_line(sha256))
    lines = list(read_chain(folder.parent))
    (folder.parent / CHAIN).unlink()
    for line in lines:
        own = line.snapshot == folder.name
        append_to_chain(
            folder.parent, ChainLine(snapshot=line.snapshot, sha256=sha256 if own else line.sha256, at=line.at)
        )


def rewrite(path: Path, change: Callable[[list[Document]], None]) -> None:
    """Write a Parquet file anew with changed rows, in the same columns."""
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)


def break_pages(path: Path) -> None:
    """Damage the compressed pages of a Parquet file and leave its footer whole."""
    content = bytearray(path.read_bytes())
    footer = int.from_bytes(content[-8:-4], "little") + 8
    for place in range(60, len(content) - footer, 7):
        content[place] ^= 0xFF
    path.write_bytes(content)

"""The journal of an open snapshot: every payload on disk, durable, before anything looks into it.

One file a payload, `journal/00000001.payload`: a line of JSON (received_at, source, event_code, bytes,
sha256), then the payload's bytes as they came. A file is written beside its name, synced, then renamed, so
that whatever has the name is whole; what a crash cut off keeps the suffix `.tmp`.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.files import PRIVATE_FILE, fsync_folder, make_private_folder

FOLDER = "journal"
_SUFFIX = ".payload"


@dataclass(frozen=True)
class JournalEntry:
    """One payload as it came. `content` is exactly what reached us."""

    number: int
    received_at: datetime
    source: str
    event_code: int | None
    sha256: bytes
    content: bytes
    intact: bool = True


class Journal:
    """Appends payloads to an open snapshot's journal."""

    def __init__(self, partial: Path) -> None:
        self.folder = make_private_folder(partial / FOLDER)
        self.received = len(_files(self.folder))

    def append(
        self, content: bytes, source: str, event_code: int | None = None, *, received_at: datetime | None = None
    ) -> int:
        """Put one payload on disk and return its number; it is durable when this returns."""
        number = self.received + 1
        header = {
            "received_at": (received_at or datetime.now(UTC)).isoformat(timespec="milliseconds"),
            "source": source,
            "event_code": event_code,
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        path = self.folder / f"{number:08d}{_SUFFIX}"
        temporary = path.with_suffix(".tmp")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(header).encode() + b"\n")
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        fsync_folder(self.folder)
        self.received = number
        return number


def settle_journal(partial: Path, *, keep_torn: bool) -> None:
    """Give what a dead process was writing its place: whole, it is a payload like the others.

    A torn one becomes a payload that is not intact (its bytes are kept as a reject), or is removed where the
    payload can be had again (`keep_torn=False`, a replay).
    """
    folder = partial / FOLDER
    for temporary in sorted(folder.glob("*.tmp")):
        whole = temporary.stat().st_size > 0 and _read_entry(temporary).intact
        if whole or (keep_torn and temporary.stat().st_size > 0):
            temporary.replace(temporary.with_suffix(_SUFFIX))
        else:
            temporary.unlink()
    if folder.is_dir():
        fsync_folder(folder)


def read_journal(partial: Path) -> Iterator[JournalEntry]:
    """The payloads of an open snapshot in order, one in memory at a time.

    A file that does not agree with its own first line is yielded with intact=False and all its bytes.
    """
    for path in _files(partial / FOLDER):
        yield _read_entry(path)


def count_journal(partial: Path) -> int:
    """How many payloads the journal of an open snapshot holds."""
    return len(_files(partial / FOLDER))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []


def _read_entry(path: Path) -> JournalEntry:
    number = int(path.stem)
    with path.open("rb") as file:
        line = file.readline()
        content = file.read()
    sha256 = hashlib.sha256(content).digest()
    try:
        header = json.loads(line)
        intact = bytes.fromhex(header["sha256"]) == sha256 and header["bytes"] == len(content)
        entry = JournalEntry(
            number,
            datetime.fromisoformat(header["received_at"]),
            str(header["source"]),
            header["event_code"],
            sha256,
            content,
            intact,
        )
    except (ValueError, KeyError, TypeError):
        everything = line + content
        when = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return JournalEntry(
            number, when, "unknown", None, hashlib.sha256(everything).digest(), everything, intact=False
        )
    return entry

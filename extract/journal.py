"""The journal of an open snapshot: every payload on disk, durable, before anything looks into it.

One file a payload, `journal/00000001.payload`: a line of JSON (received_at, source, event_code, bytes,
sha256), then the payload's bytes as they came. A file is written beside its name, synced, then renamed, so
that whatever has the name is whole; what a crash cut off keeps the suffix `.tmp`.

A payload is put down in two steps. Staged, it is the operating system's and survives the death of this
process; committed, it is on disk and survives the machine's. A link stages from within WhatsApp's callback,
which must not wait for a disk, and commits what has gathered before it looks into any of it.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.files import PRIVATE_FILE, fsync_file, fsync_folder, make_private_folder, open_plain_file

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
    """Appends payloads to an open snapshot's journal. Staging and committing may be done by two threads."""

    def __init__(self, partial: Path) -> None:
        self.folder = make_private_folder(partial / FOLDER)
        names = _files(self.folder)
        self.received = len(names)
        self._last = int(names[-1].stem) if names else 0
        self._staged: list[Path] = []
        self._lock = threading.Lock()

    def append(
        self, content: bytes, source: str, event_code: int | None = None, *, received_at: datetime | None = None
    ) -> int:
        """Put one payload on disk and return its number; it is durable when this returns."""
        number = self.stage(content, source, event_code, received_at=received_at)
        self.commit()
        return number

    def stage(
        self, content: bytes, source: str, event_code: int | None = None, *, received_at: datetime | None = None
    ) -> int:
        """Write one payload beside its name and return its number; `commit` makes it durable.

        Raises OSError (disk full, say) when it could not be written whole; nothing of it is left then.
        """
        number = self._last + 1
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
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(json.dumps(header).encode() + b"\n")
                file.write(content)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        with self._lock:
            self._staged.append(path)
            self._last = number
            self.received += 1
        return number

    def commit(self) -> None:
        """Make every staged payload durable and give it its name; what could not be is tried again next time."""
        with self._lock:
            staged, self._staged = self._staged, []
        if not staged:
            return
        try:
            for path in staged.copy():
                temporary = path.with_suffix(".tmp")
                fsync_file(temporary)
                temporary.replace(path)
                staged.remove(path)
            fsync_folder(self.folder)
        finally:
            with self._lock:
                self._staged[:0] = staged

    def read(self, number: int) -> JournalEntry:
        """A committed payload; raises FileNotFoundError when there is none of this number."""
        return _read_entry(self.folder / f"{number:08d}{_SUFFIX}")


def settle_journal(partial: Path, *, keep_torn: bool) -> None:
    """Give what a dead process was writing its place: whole, it is a payload like the others.

    A torn one becomes a payload that is not intact (its bytes, if any, are kept as a reject), or is removed where
    the payload can be had again (`keep_torn=False`, a replay).
    """
    folder = partial / FOLDER
    for temporary in sorted(folder.glob("*.tmp")):
        if keep_torn or _read_entry(temporary).intact:
            fsync_file(temporary)
            temporary.replace(temporary.with_suffix(_SUFFIX))
        else:
            temporary.unlink()
    if folder.is_dir():
        fsync_folder(folder)


def read_journal(partial: Path, numbers: Set[int] | None = None) -> Iterator[JournalEntry]:
    """The payloads of an open snapshot (or those of these numbers) in order, one in memory at a time.

    A file that does not agree with its own first line is yielded with intact=False and all its bytes.
    """
    for path in _files(partial / FOLDER):
        if numbers is None or int(path.stem) in numbers:
            yield _read_entry(path)


def count_journal(partial: Path) -> int:
    """How many payloads the journal of an open snapshot holds."""
    return len(_files(partial / FOLDER))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []


def _read_entry(path: Path) -> JournalEntry:
    number = int(path.stem)
    with open_plain_file(path) as file:
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

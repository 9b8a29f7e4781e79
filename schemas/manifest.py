"""A sealed snapshot's manifest and the chain of snapshots (docs/archive-format.md).

Both are read as hostile: whatever is not of this form raises DamagedArchiveError.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from schemas.datadir import RUN_NAME_PATTERN, is_held
from schemas.errors import ExitCode, UserError
from schemas.files import read_plain_file, replace_file
from schemas.translation import _
from schemas.words import Ended, SourceKind

FORMAT: Literal[1] = 1
MANIFEST = "manifest.json"
MANIFEST_SHA256 = "manifest.sha256"
CHAIN = "chain.jsonl"
OWN = "own.json"


# a time that a program wrote: with its offset, and far enough from the calendar's ends to reckon with
Moment = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC))]


class DamagedArchiveError(UserError):
    """Something in the archive is not what its manifest or the format says."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint or _("run: {command}", command="wa2pg audit"), exit_code=ExitCode.ARCHIVE)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Tool(_Strict):
    """The program that wrote the snapshot."""

    name: str
    version: str


class Own(_Strict):
    """The company's own addresses: phone as a JID (`996…@s.whatsapp.net`) and LID (`…@lid`)."""

    phone: str | None = None
    lid: str | None = None


class Source(_Strict):
    """Where the payloads came from; `detail` never names a person."""

    kind: SourceKind
    detail: str | None = None


class MissingChunk(_Strict):
    """A chunk of history that WhatsApp announced and that did not reach us, named by its announcement."""

    message_id: str
    sync_type: str
    chunk_order: int | None
    progress: int | None


class Payloads(_Strict):
    """How many payloads reached us, and how many those are together with the announced ones that did not."""

    announced: int = Field(ge=0)
    received: int = Field(ge=0)


class Counts(_Strict):
    """Figures that let a reader check the files without opening them."""

    payloads: Payloads
    rows: dict[str, int]
    rejects: dict[str, int]
    kinds: dict[str, int]


class Span(_Strict):
    """First and last message, as the phone gave their times; a time of zero is none."""

    first: AwareDatetime | None
    last: AwareDatetime | None


class FileEntry(_Strict):
    """One file of the snapshot. `path` is relative to its folder, with `/`; `table` names its schema."""

    path: str = Field(pattern=r"^[a-z0-9_-][a-z0-9_.-]*(/[a-z0-9_-][a-z0-9_.-]*)?$")
    table: str
    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    fingerprint: str = Field(pattern="^[0-9a-f]{16}$")


class Link(_Strict):
    """One snapshot in the chain, by name and by the sha256 of its manifest."""

    snapshot: str = Field(pattern=f"^{RUN_NAME_PATTERN.pattern}$")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(_Strict):
    """What a sealed snapshot says of itself."""

    format: Literal[1]
    tool: Tool
    account: str
    snapshot: str = Field(pattern=f"^{RUN_NAME_PATTERN.pattern}$")
    own: Own
    source: Source
    started_at: Moment
    sealed_at: Moment
    complete: bool
    ended: Ended
    counts: Counts
    span: Span
    files: list[FileEntry]
    previous: Link | None
    missing: list[MissingChunk] = []

    def to_json(self) -> bytes:
        """The exact bytes that are stored and hashed."""
        document = self.model_dump(mode="json")
        return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


class ChainLine(Link):
    """One line of chain.jsonl. `check` is the first 16 hex digits of the sha256 of all lines before and of this one."""

    event: Literal["sealed", "removed"] = "sealed"
    at: Moment
    check: str | None = Field(default=None, pattern="^[0-9a-f]{16}$")

    def checked(self, before: bytes) -> "ChainLine":
        """The same line as it stands behind `before`, the bytes of all lines before it."""
        bare = self.model_copy(update={"check": None})
        check = hashlib.sha256(before + bare.to_json()).hexdigest()[:16]
        return bare.model_copy(update={"check": check})

    def to_json(self) -> bytes:
        """The exact bytes of the line."""
        return self.model_dump_json(exclude_none=True).encode() + b"\n"


@dataclass(frozen=True)
class Snapshot:
    """A sealed snapshot on disk with its manifest. `left_out` are paths of files that cannot be read."""

    path: Path
    manifest: Manifest
    sha256: str
    left_out: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The snapshot's name, which is its folder's."""
        return self.path.name

    def files(self, table: str) -> list[Path]:
        """The Parquet files of one table (`messages`, `chats`, … or `journal`), in order."""
        found = [entry.path for entry in self.manifest.files if entry.table == table]
        return [self.path / path for path in found if path not in self.left_out]

    def without(self, paths: frozenset[str]) -> "Snapshot":
        """The same snapshot with these files left out."""
        return replace(self, left_out=paths)


def read_snapshot(path: Path, *, sealed_as: str | None = None) -> Snapshot:
    """Read a sealed snapshot's manifest; raises DamagedArchiveError when it is missing, edited or not ours.

    `sealed_as` is a sha256 from elsewhere that vouches for the manifest where its own checksum is damaged.
    """
    try:
        content = read_plain_file(path / MANIFEST)
        sha256 = hashlib.sha256(content).hexdigest()
        recorded = b"" if sha256 == sealed_as else read_plain_file(path / MANIFEST_SHA256)
    except OSError:
        raise DamagedArchiveError(
            _("Snapshot {snapshot} has no manifest or no checksum of it that can be read.", snapshot=path.name)
        ) from None
    if sha256 != sealed_as and recorded != checksum_line(sha256):
        raise DamagedArchiveError(
            _("The manifest of snapshot {snapshot} or its checksum was changed after sealing.", snapshot=path.name)
        )
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise DamagedArchiveError(_("The manifest of snapshot {snapshot} is not JSON.", snapshot=path.name)) from None
    if isinstance(document, dict) and isinstance(document.get("format"), int) and document["format"] > FORMAT:
        raise UserError(
            _(
                "Snapshot {snapshot} was written by a newer wa2pg (archive format {format}).",
                snapshot=path.name,
                format=str(document["format"]),
            ),
            hint=_("use that version or a later one"),
            exit_code=ExitCode.ARCHIVE,
        )
    try:
        manifest = Manifest.model_validate(document)
    except ValidationError:
        raise DamagedArchiveError(
            _("The manifest of snapshot {snapshot} is not of format {format}.", snapshot=path.name, format=str(FORMAT))
        ) from None
    if manifest.snapshot != path.name:
        raise DamagedArchiveError(
            _("The folder {folder} holds the snapshot {snapshot}.", folder=path.name, snapshot=manifest.snapshot)
        )
    return Snapshot(path, manifest, sha256)


def checksum_line(sha256: str) -> bytes:
    """The content of manifest.sha256, in the form of `sha256sum`."""
    return f"{sha256}  {MANIFEST}\n".encode()


def read_chain(archive: Path) -> Iterator[ChainLine]:
    """The lines of chain.jsonl in order; raises DamagedArchiveError at one that is not as it was written."""
    path = archive / CHAIN
    try:
        content = read_plain_file(path)
    except FileNotFoundError:
        return
    except OSError:
        raise DamagedArchiveError(_("{file} cannot be read.", file=CHAIN)) from None
    start = 0
    for number, raw in enumerate(content.splitlines(keepends=True), 1):
        try:
            line = ChainLine.model_validate_json(raw)
        except ValidationError:
            raise DamagedArchiveError(
                _("Line {line} of {file} cannot be read.", line=str(number), file=CHAIN)
            ) from None
        changed = line.check is not None and line != line.checked(content[:start])
        if changed or raw != line.to_json():
            raise DamagedArchiveError(
                _("Line {line} of {file}, or one before it, was changed or removed.", line=str(number), file=CHAIN)
            )
        yield line
        start += len(raw)


def append_to_chain(archive: Path, line: ChainLine) -> None:
    """Add one line to chain.jsonl; the file is replaced whole, so no crash can leave half a line."""
    path = archive / CHAIN
    before = read_plain_file(path) if path.exists() else b""
    replace_file(path, before + line.checked(before).to_json())


def sealed_snapshots(archive: Path) -> list[Snapshot]:
    """Every sealed snapshot of an account, in the order of sealing.

    Raises DamagedArchiveError when one that the chain names is gone or changed, or when a sealed one
    is not in the chain.
    """
    chain: dict[str, str] = {}
    for line in read_chain(archive):
        if line.event == "removed":
            chain.pop(line.snapshot, None)
        else:
            chain[line.snapshot] = line.sha256
    snapshots = []
    for name, sha256 in chain.items():
        snapshot = read_snapshot(archive / name)
        if snapshot.sha256 != sha256:
            raise DamagedArchiveError(_("Snapshot {snapshot} is not the one that was sealed.", snapshot=name))
        snapshots.append(snapshot)
    for path in sorted(archive.iterdir()) if archive.is_dir() else []:
        unchained = path.is_dir() and RUN_NAME_PATTERN.fullmatch(path.name) and path.name not in chain
        # a living extract is between the rename that seals and the chain
        if unchained and not is_held(archive):
            raise DamagedArchiveError(
                _("Snapshot {snapshot} is sealed but not in {file}.", snapshot=path.name, file=CHAIN)
            )
    return snapshots

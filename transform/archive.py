"""What transform reads: the sealed snapshots of an account, in the order in which their payloads count."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.completeness import history_complete
from schemas.datadir import PARTIAL_SUFFIX, is_held
from schemas.errors import ExitCode, UserError
from schemas.manifest import DamagedArchiveError, Own, Snapshot, sealed_snapshots
from schemas.own import read_own_document
from schemas.progress import Progress, Step, no_progress
from schemas.sealed_file import file_problem
from schemas.sound import LeftOut, SoundArchive, read_sound
from schemas.translation import N_, _, in_source

OPENING = N_("opening the archive")
# how far ahead a phone's clock may be
_CLOCK_TOLERANCE = timedelta(days=1)
# transform has no use for the calls log: a call that belongs to a chat is a raw message as well
TABLES_READ = ("messages", "chats", "contacts", "lid_map", "rejects")


@dataclass(frozen=True)
class Archive:
    """Snapshots in the order of their payloads (replaced ones left out) and the company's own addresses.

    `left_open`: an extract died and nobody has sealed yet what it had received. `complete`: nothing that was to be
    extracted is known to be missing, here or among the snapshots. `left_out` are damaged parts that are not read,
    `remarks` what else is damaged.
    """

    account: str
    snapshots: list[Snapshot]
    own: list[Own]
    left_open: bool = False
    complete: bool = True
    left_out: list[LeftOut] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def files(self, table: str) -> list[tuple[Path, int]]:
        """The Parquet files of a raw table, each with the place of its snapshot in the order."""
        return [(path, place) for place, snapshot in enumerate(self.snapshots) for path in snapshot.files(table)]

    @property
    def own_addresses(self) -> list[str]:
        """The company's own addresses as they were recorded, the newest first."""
        newest_first = [address for own in reversed(self.own) for address in (own.phone, own.lid) if address]
        return list(dict.fromkeys(newest_first))

    @property
    def latest_message(self) -> datetime:
        """No message can be later: a day after the last sealing, for phones whose clocks are off."""
        return max(snapshot.manifest.sealed_at for snapshot in self.snapshots) + _CLOCK_TOLERANCE


def read_archive(path: Path, *, skip_damaged: bool = False, progress: Progress = no_progress) -> Archive:
    """Open `archive/<account>` and hold the files that transform reads against the manifests, checksum and all.

    Hashing costs a fiftieth of what is done with the bytes afterwards; the journal is audit's to check. Raises
    UserError (5) when there is no snapshot and DamagedArchiveError when a file is not what its manifest says; with
    `skip_damaged` what is damaged is left out, file by file, and named in the archive's `left_out`.
    """
    sound = read_sound(path, TABLES_READ) if skip_damaged else SoundArchive(sealed_snapshots(path))
    if not sound.snapshots:
        raise _nothing_to_read(path, damaged=bool(sound.left_out))
    complete = history_complete(sound.snapshots)
    sound = sound.in_use()
    # a snapshot that cannot be read may be one that had not received everything
    complete = complete and not any(part.table in {None, "messages"} for part in sound.left_out)
    snapshots, remarks = sound.snapshots, list(sound.remarks)
    if not skip_damaged:
        _check_files(snapshots, progress)
    own = [snapshot.manifest.own for snapshot in snapshots]
    remembered = None
    try:
        # what is only remarked on is stored
        with in_source() if skip_damaged else nullcontext():
            remembered = read_own_document(path)
    except DamagedArchiveError as error:
        if not skip_damaged:
            raise
        remarks.append(error.message.rstrip("."))
    if remembered:
        # what was said last mends what was mistyped before
        own = [Own(phone=None if remembered.phone else o.phone, lid=None if remembered.lid else o.lid) for o in own]
    return Archive(
        path.name,
        snapshots,
        [*own, remembered] if remembered else own,
        _is_left_open(path),
        complete,
        left_out=sound.left_out,
        remarks=remarks,
    )


def _is_left_open(path: Path) -> bool:
    """Whether a process that died left a snapshot open, and nobody is at work on it."""
    return not is_held(path) and any(
        not is_held(partial) for partial in path.glob(f"*{PARTIAL_SUFFIX}") if partial.is_dir()
    )


def _nothing_to_read(path: Path, *, damaged: bool) -> UserError:
    account = path.name
    if damaged:
        return DamagedArchiveError(_("No snapshot of the account {account} can be read.", account=account))
    if _is_left_open(path):
        return UserError(
            _("The only snapshot of the account {account} was left open by an extract that died.", account=account),
            hint=_("seal it with what had arrived: {command}", command=f"wa2pg audit {account} --repair"),
            exit_code=ExitCode.ARCHIVE,
        )
    return UserError(
        _("The account {account} has no archive yet.", account=account),
        hint=_("run: {command}", command=f"wa2pg extract --account {account}"),
        exit_code=ExitCode.ARCHIVE,
    )


def _check_files(snapshots: Sequence[Snapshot], progress: Progress) -> None:
    read = [(one, entry) for one in snapshots for entry in one.manifest.files if entry.table in TABLES_READ]
    for done, (snapshot, entry) in enumerate(read):
        progress(Step(OPENING, done, len(read)))
        if problem := file_problem(snapshot.path, entry):
            raise DamagedArchiveError(
                _(
                    "The file {file} of snapshot {snapshot} {problem}.",
                    file=entry.path,
                    snapshot=snapshot.name,
                    problem=problem,
                ),
                hint=_("run: wa2pg audit; to go on without what is damaged: wa2pg transform --skip-damaged"),
            )


def inputs_hash(
    archive: Archive, as_of: datetime, settings: dict[str, str | None], tool_version: str, review: str | None = None
) -> str:
    """Hex sha256 of everything that a run's tables depend on; `review` is the hash of the review file, if any."""
    inputs: dict[str, Any] = {
        "snapshots": [snapshot.sha256 for snapshot in archive.snapshots],
        "own": archive.own_addresses,
        "as_of": as_of.isoformat(),
        "settings": settings,
        "tool": tool_version,
    }
    if review:
        inputs["review"] = review
    if archive.left_out:
        inputs["left_out"] = [[part.snapshot, part.path] for part in archive.left_out]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()

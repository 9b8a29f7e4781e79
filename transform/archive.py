"""What transform reads: the sealed snapshots of an account, in the order in which their payloads count."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from schemas.datadir import PARTIAL_SUFFIX, is_held
from schemas.errors import ExitCode, UserError
from schemas.files import sha256_of
from schemas.manifest import OWN, DamagedArchiveError, Own, Snapshot, history_complete, sealed_snapshots
from schemas.tables import RAW_TABLES, fingerprint
from schemas.words import SourceKind

# how far ahead a phone's clock may be
_CLOCK_TOLERANCE = timedelta(days=1)
# transform has no use for the calls log: a call that belongs to a chat is a raw message as well
TABLES_READ = ("messages", "chats", "contacts", "lid_map", "rejects")


@dataclass(frozen=True)
class Archive:
    """Snapshots in the order of their payloads (replaced ones left out) and the company's own addresses.

    `left_open`: an extract died and nobody has sealed yet what it had received. `complete`: nothing is known to be
    missing.
    """

    account: str
    snapshots: list[Snapshot]
    own: list[Own]
    left_open: bool = False
    complete: bool = True

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


def read_archive(path: Path) -> Archive:
    """Open `archive/<account>` and hold the files that transform reads against the manifests, checksum and all.

    Hashing costs a fiftieth of what is done with the bytes afterwards; the journal is audit's to check. Raises
    UserError (5) when there is no snapshot and DamagedArchiveError when a file is not what its manifest says.
    """
    snapshots = sealed_snapshots(path)
    if not snapshots:
        raise UserError(
            f"The account {path.name} has no archive yet.",
            hint=f"run: wa2pg extract --account {path.name}",
            exit_code=ExitCode.ARCHIVE,
        )
    complete = history_complete(snapshots)
    snapshots = without_replaced(snapshots)
    for snapshot in snapshots:
        _check_files(snapshot)
    own = [snapshot.manifest.own for snapshot in snapshots]
    remembered = _read_own(path / OWN)
    if remembered:
        # what was said last mends what was mistyped before
        own = [Own(phone=None if remembered.phone else o.phone, lid=None if remembered.lid else o.lid) for o in own]
    left_open = not is_held(path) and any(not is_held(partial) for partial in path.glob(f"*{PARTIAL_SUFFIX}"))
    return Archive(path.name, snapshots, [*own, remembered] if remembered else own, left_open, complete)


def without_replaced(snapshots: list[Snapshot]) -> list[Snapshot]:
    """Put each redecoded snapshot in the place of the one it was made from; the last made wins."""
    place_of: dict[str, int] = {}
    places: list[Snapshot] = []
    for snapshot in snapshots:
        source = snapshot.manifest.source
        origin = source.detail if source.kind is SourceKind.REDECODE else None
        # an original that was removed since keeps its place for whatever else was made from it
        place = place_of.get(origin, len(places)) if origin else len(places)
        places[place : place + 1] = [snapshot]
        place_of[snapshot.name] = place
        if origin:
            place_of[origin] = place
    return places


def _read_own(path: Path) -> Own | None:
    try:
        return Own.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        raise DamagedArchiveError(f"{OWN} of the account {path.parent.name} cannot be read.") from None


def _check_files(snapshot: Snapshot) -> None:
    for entry in snapshot.manifest.files:
        if entry.table not in TABLES_READ:
            continue
        path = snapshot.path / entry.path
        where = f"{entry.path} of snapshot {snapshot.name}"
        if not path.is_file():
            raise DamagedArchiveError(f"The file {where} is missing.")
        if path.stat().st_size != entry.bytes or sha256_of(path) != entry.sha256:
            raise DamagedArchiveError(f"The file {where} is not what was sealed.")
        try:
            with pq.ParquetFile(path) as file:
                rows, found = file.metadata.num_rows, fingerprint(file.schema_arrow)
        except (pa.ArrowException, OSError):
            raise DamagedArchiveError(f"The file {where} is not Parquet.") from None
        if rows != entry.rows or found != fingerprint(RAW_TABLES[entry.table]):
            raise DamagedArchiveError(f"The file {where} has not the rows or columns that its manifest says.")


def inputs_hash(
    archive: Archive, as_of: datetime, settings: dict[str, str | None], tool_version: str, review: str | None = None
) -> str:
    """Hex sha256 of everything that a run's tables depend on; `review` is the hash of the review file, if any."""
    inputs = {
        "snapshots": [snapshot.sha256 for snapshot in archive.snapshots],
        "own": archive.own_addresses,
        "as_of": as_of.isoformat(),
        "settings": settings,
        "tool": tool_version,
    }
    if review:
        inputs["review"] = review
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()

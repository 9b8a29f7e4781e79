"""Payloads from files: what a linked device once received, fed to the same journal.

Each file is one payload, a serialized `HistorySync`, plain or zlib-deflated as on the wire. Folders are
walked in name order; links are not followed, so a folder cannot lead out of itself.
"""

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from extract.journal import Journal
from extract.own import remember_own
from extract.report import ExtractReport, nothing_new, report_of
from extract.sealed_journal import archived_payloads
from extract.snapshot import discard, open_snapshot, recover, seal_snapshot
from extract.whatsapp.foreign_files import redecode_hint, refuse_foreign
from schemas.datadir import DataDir, exclusive
from schemas.errors import ExitCode, UserError
from schemas.files import make_private_folder
from schemas.manifest import Own, Source, sealed_snapshots
from schemas.progress import Progress, Step, no_progress
from schemas.translation import N_, _
from schemas.words import Ended, SourceKind

# no payload of WhatsApp's comes near it, and one has to fit in memory
MAX_FILE = 1 << 30
_A_LINK = N_("{path} is a link; links are not followed.")
_NO_FILE = N_("{path} is neither a file nor a folder; links are not followed.")
_NO_RIGHTS = N_("{path} cannot be read with this user's rights.")


def payload_files(paths: Sequence[Path]) -> list[Path]:
    """The regular files under `paths`, in the order given and inside a folder by name.

    Raises UserError (2) for a path that is missing, unreadable, a link or no file, and when nothing is left.
    """
    found: list[Path] = []
    for path in paths:
        try:
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                found += _walk(path)
            elif stat.S_ISREG(mode):
                found.append(path)
            else:
                raise _unusable(_A_LINK if stat.S_ISLNK(mode) else _NO_FILE, path)
        except FileNotFoundError:
            raise _unusable(N_("{path} does not exist."), path) from None
        except PermissionError:
            raise _unusable(_NO_RIGHTS, path) from None
    if not found:
        raise UserError(
            _("There is no file in the paths given to --replay."),
            hint=_("give files or folders of serialized HistorySync payloads"),
            exit_code=ExitCode.USAGE,
        )
    for path in found:
        if path.stat().st_size > MAX_FILE:
            raise _unusable(N_("{path} is larger than 1 GiB, which no WhatsApp payload is."), path)
        if not os.access(path, os.R_OK):
            raise _unusable(_NO_RIGHTS, path)
    return found


def _walk(folder: Path) -> list[Path]:
    files: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                files += _walk(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                files.append(Path(entry.path))
    return files


def _unusable(message: str, path: Path) -> UserError:
    return UserError(_(message, path=path), hint=_("check the path given to --replay"), exit_code=ExitCode.USAGE)


def replay(
    data: DataDir,
    account: str,
    paths: Sequence[Path],
    *,
    own: Own,
    again: bool = False,
    progress: Progress = no_progress,
) -> ExtractReport:
    """Take payloads from files into a new sealed snapshot.

    Payloads that a whole snapshot of this account holds already are left out unless `again`; when none is new,
    no snapshot is made. Raises UserError (2) before one is opened when a new file cannot be a payload. A snapshot that
    a dead process left open is sealed first. Ctrl-C (KeyboardInterrupt)
    between payloads seals what has arrived, `ended: interrupted`.
    """
    _refuse_own_data(data, paths)
    files = payload_files(paths)
    archive = make_private_folder(data.archive(account))
    with exclusive(archive, "extract"):
        recovered = [snapshot.name for snapshot in recover(archive, progress)]
        own = remember_own(archive, own)
        own_known = own != Own()
        known = set() if again else archived_payloads(s for s in sealed_snapshots(archive) if s.manifest.complete)
        new = [path for path in files if not known or _sha256(path) not in known]
        already = len(files) - len(new)
        if not new:
            return nothing_new(
                already_archived=already, own_known=own_known, recovered=recovered, ended=Ended.SOURCE_END
            )
        refuse_foreign(new)
        # the name of a folder may be a client's; how many files there were is enough
        source = Source(kind=SourceKind.REPLAY, detail=f"{len(files)} files")
        opened = open_snapshot(archive, own=own, source=source, announced=len(new))
        ended = _fill(opened.journal, new, progress)
        if not opened.journal.received:
            discard(opened)
            raise KeyboardInterrupt
        complete = ended is Ended.SOURCE_END
        snapshot = seal_snapshot(opened, ended=ended, complete=complete, progress=progress)
        return report_of(snapshot, already_archived=already, own_known=own_known, recovered=recovered)


def _refuse_own_data(data: DataDir, paths: Sequence[Path]) -> None:
    """The archive's own files are no payloads; taking them would archive the archive at every run."""
    root = data.root.resolve()
    for path in paths:
        given = path.resolve()
        if root.is_relative_to(given) or given.is_relative_to(root):
            raise UserError(
                _("{path} holds the data directory, or lies in it.", path=path),
                hint=redecode_hint(path) or _("keep the payloads in a folder of their own"),
                exit_code=ExitCode.USAGE,
            )


def _fill(journal: Journal, files: list[Path], progress: Progress) -> Ended:
    try:
        for number, path in enumerate(files, 1):
            journal.append(path.read_bytes(), "replay")
            progress(Step(N_("journalling payloads"), number, len(files)))
    except KeyboardInterrupt:
        return Ended.INTERRUPTED
    return Ended.SOURCE_END


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()

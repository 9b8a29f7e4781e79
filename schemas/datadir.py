"""Where everything lives below the data directory, and keeping it private."""

import errno
import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.errors import ExitCode, UserError
from schemas.files import PRIVATE_FILE, PRIVATE_FOLDER, make_private_folder
from schemas.translation import N_, _, ngettext

ACCOUNT_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
RUN_NAME_PATTERN = re.compile(r"\d{8}T\d{6}Z-[a-z0-9]{4}")
PARTIAL_SUFFIX = ".partial"
_PROBE_SECONDS = 0.3
# what is done under an account's locks
_WORK = (N_("extract"), N_("transform"), N_("transform or review"), N_("link to WhatsApp"))
# no 0/o, 1/l/i: these names are read aloud and typed
_RUN_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def check_account(name: str) -> str:
    """Return `name` when it is a good account name; raises UserError (2) otherwise."""
    if ACCOUNT_PATTERN.fullmatch(name):
        return name
    raise UserError(
        _("An account name is 1 to 32 of a-z, 0-9, '-' and '_', beginning with a letter or digit."),
        hint=_("for example: --account office"),
        exit_code=ExitCode.USAGE,
    )


def new_run_name(now: datetime | None = None) -> str:
    """A name for a snapshot or run: UTC start time and four random characters."""
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-" + "".join(secrets.choice(_RUN_ALPHABET) for _letter in range(4))


@dataclass(frozen=True)
class DataDir:
    """The data directory: paths only, nothing is made by asking for one."""

    root: Path

    def archive(self, account: str) -> Path:
        """`archive/<account>`: chain.jsonl and the snapshots."""
        return self.root / "archive" / account

    def clean(self, account: str) -> Path:
        """`clean/<account>`: the last runs of transform and the link `current`."""
        return self.root / "clean" / account

    def sessions(self, account: str) -> Path:
        """`sessions/<account>`: the linked device's keys, full access to the account; never copied anywhere."""
        return self.root / "sessions" / account

    def review(self, account: str) -> Path:
        """`review/<account>.csv`: what a person knows better about the account's clients (docs/review.md)."""
        return self.root / "review" / f"{account}.csv"

    @property
    def runs(self) -> Path:
        """`runs/<organisation>`: what loads did, for layouts whose own tables have no place for it."""
        return self.root / "runs"

    @property
    def reports(self) -> Path:
        """`reports`: files with personal data that are made to be read."""
        return self.root / "reports"

    @property
    def status_cues(self) -> Path:
        """`status_cues`: a company's own cue files for statuses (docs/status.md); it may be missing."""
        return self.root / "status_cues"

    @property
    def cache(self) -> Path:
        """Answers worth keeping, by hash; it may be removed at any time."""
        return self.root / "cache"

    @property
    def postgres(self) -> Path:
        """`postgres`: the embedded database (for root it lives elsewhere, see load.embedded)."""
        return self.root / "postgres"

    def accounts(self) -> list[str]:
        """Accounts that have an archive, by name."""
        folder = self.root / "archive"
        if not folder.is_dir():
            return []
        return sorted(p.name for p in folder.iterdir() if p.is_dir() and ACCOUNT_PATTERN.fullmatch(p.name))


def open_data_dir(path: Path) -> tuple[DataDir, list[str]]:
    """Make the data directory when it is missing and tighten looser modes; returns it with the warnings.

    Files become 0600 and folders 0700; what another user owns is left.
    The embedded database's own folder keeps the modes that PostgreSQL wants.
    """
    root = path.expanduser().absolute()
    try:
        make_private_folder(root)
        if not root.is_dir():
            raise NotADirectoryError
        loosened = _tighten(root)
    except NotADirectoryError:
        raise UserError(
            _("The data directory is a file, or its path leads through one."),
            hint=_("set WA2PG_DATA_DIR to a folder"),
            exit_code=ExitCode.CONFIGURATION,
        ) from None
    except PermissionError:
        raise UserError(
            _("The data directory cannot be made or read with this user's rights."),
            hint=_("set WA2PG_DATA_DIR to a folder of your own"),
            exit_code=ExitCode.CONFIGURATION,
        ) from None
    warnings = []
    if loosened:
        warnings.append(
            ngettext(
                "{count} file or folder in the data directory was open to others; it is private now",
                "{count} files or folders in the data directory were open to others; they are private now",
                loosened,
            )
        )
    return DataDir(root), warnings


def _tighten(root: Path) -> int:
    tightened = 0
    for folder, subfolders, files in os.walk(root):
        here = Path(folder)
        tightened += _make_mode(here, PRIVATE_FOLDER)
        if here == root and "postgres" in subfolders:
            subfolders.remove("postgres")
        for name in files:
            tightened += _make_mode(here / name, PRIVATE_FILE)
    return tightened


def _make_mode(path: Path, allowed: int) -> int:
    try:
        if path.is_symlink():
            return 0
        mode = path.stat().st_mode & 0o777
        if mode & ~allowed == 0:
            return 0
        path.chmod(mode & allowed)
    except (FileNotFoundError, PermissionError):
        # gone meanwhile (a running extract renames its files), or another user's
        return 0
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        # nothing can be changed on this disk
        return 0
    return 1


@contextmanager
def exclusive(folder: Path, what: str) -> Iterator[int]:
    """Hold the folder's lock; raises UserError (1) when another living process holds it. `what` is one of `_WORK`.

    The lock is the kernel's (flock), so it is gone with the process that held it, however that died. It is
    bound to the descriptor that is yielded: a child process that inherits that holds the lock as well.
    """
    make_private_folder(folder)
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        if not _locked(descriptor):
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            raise UserError(
                _("Another {what} is running on this account (process {process}).", what=_(what), process=holder)
                if holder
                else _("Another {what} is running on this account.", what=_(what)),
                hint=_("wait until it is done, then run this again"),
            )
        sign_lock(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    """Take the lock; somebody who only asks whether it is held has it for a moment."""
    until = time.monotonic() + _PROBE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(_PROBE_SECONDS / 10)
        else:
            return True


def sign_lock(descriptor: int) -> None:
    """Leave this process's number in a lock that it holds, for the sentence that somebody else will read."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def is_held(folder: Path) -> bool:
    """Whether a living process holds the folder's lock."""
    try:
        # whoever only asks needs no right to write: the archive may lie on a disk that nobody can write to
        descriptor = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


LOCK_NAME = ".lock"

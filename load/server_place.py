"""Where the embedded PostgreSQL lives and whose it is.

PostgreSQL refuses to run as root. For an ordinary user everything is in the folder that was asked for; for root it
is below /var/lib/wa2pg and belongs to a system user, because that user cannot enter the private data directory, and
opening that directory for a database server is out of the question.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ExitCode, UserError
from schemas.files import PRIVATE_FILE, PRIVATE_FOLDER, make_private_folder
from schemas.system_errors import system_reason
from schemas.translation import _, ngettext

SYSTEM_USER = "wa2pg"
ROOT_HOME = Path("/var/lib/wa2pg")
PORT = 5432
# a socket's path has 104 bytes on macOS and 108 on Linux, the closing zero among them
_LONGEST_SOCKET = 103


@dataclass(frozen=True)
class ServerUser:
    """The user that the server runs as when that is not the user who calls."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """The folders of one embedded server. `user` is None when it runs as the calling user."""

    home: Path
    lock: Path
    sockets: Path
    user: ServerUser | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """What the server and initdb say."""
        return self.home / "server.log"


def find_place(folder: Path) -> Place:
    """The place that belongs to `folder`; nothing is made by asking."""
    if os.geteuid() == 0:
        home = ROOT_HOME / hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
        return Place(home, home.with_name(home.name + ".lock"), home, _system_user())
    home = folder.resolve()
    return Place(home, home / ".lock", _sockets_for(home), None)


@contextmanager
def hold_place(folder: Path) -> Iterator[Place]:
    """Make what is missing of the place (private folders; for root the system user) and hold its lock.

    Existing folders above it keep their modes. Raises UserError (6) when it cannot be made.
    """
    try:
        if os.geteuid() == 0:
            _ensure_system_user()
            with suppress(FileExistsError):
                ROOT_HOME.mkdir(mode=0o700)
                ROOT_HOME.chmod(0o711)
            place = find_place(folder)
        else:
            place = find_place(folder)
            make_private_folder(place.home)
            # our own folder holds the socket, and whoever reaches that is let in as the database's owner
            place.home.chmod(PRIVATE_FOLDER)
            _make_sockets(place)
        descriptor = os.open(place.lock, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    except OSError as error:
        raise _cannot_be_made(error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if place.user:
            _make_root_home(place, place.user)
            # the name of the home is a hash: this says whose database it is
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, os.fsencode(folder.resolve()) + b"\n", 0)
        yield place
    finally:
        os.close(descriptor)


def _system_user() -> ServerUser | None:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None
    return ServerUser(entry.pw_uid, entry.pw_gid)


def _ensure_system_user() -> None:
    if _system_user():
        return
    words = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(ROOT_HOME)]
    words += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    done = program and subprocess.run([program, *words[1:]], check=False, capture_output=True)  # noqa: S603
    if not done or (done.returncode and not _system_user()):
        raise UserError(
            _(
                "PostgreSQL does not run as root, and the system user {user} for it could not be made.",
                user=SYSTEM_USER,
            ),
            hint=_(
                "make it: {command}   or run wa2pg as an ordinary user, or set DATABASE_URL", command=" ".join(words)
            ),
            exit_code=ExitCode.DATABASE,
        )


def _make_root_home(place: Place, user: ServerUser) -> None:
    try:
        place.home.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        if place.home.stat().st_uid != user.uid:
            os.chown(place.home, user.uid, user.gid)
    except OSError as error:
        raise _cannot_be_made(error) from None


def _cannot_be_made(error: OSError) -> UserError:
    return UserError(
        _("The embedded database's folder cannot be made ({reason}).", reason=system_reason(error)),
        hint=_("set WA2PG_DATA_DIR to a folder of your own, or DATABASE_URL to a PostgreSQL of your own"),
        exit_code=ExitCode.DATABASE,
    )


def _sockets_for(home: Path) -> Path:
    # libpq reads a comma as the end of one host
    if len(os.fsencode(home / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET and "," not in str(home):
        return home
    short = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"wa2pg-{short}"  # noqa: S108 - made 0700 and checked before use


def _make_sockets(place: Place) -> None:
    if place.sockets == place.home:
        return
    place.sockets.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    found = place.sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise UserError(
            _(
                "The folder {folder} for the database's socket is not a private folder of this user.",
                folder=place.sockets,
            ),
            hint=ngettext(
                "remove it, or set WA2PG_DATA_DIR to a folder with a path of at most {count} byte",
                "remove it, or set WA2PG_DATA_DIR to a folder with a path of at most {count} bytes",
                _LONGEST_SOCKET - 23,
            ),
            exit_code=ExitCode.DATABASE,
        )

"""Writing files so that they survive a crash and stay private: 0600 files in 0700 folders."""

import errno
import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


def make_private_folder(path: Path) -> Path:
    """Make `path` and what is missing above it, each 0700; an existing folder keeps its mode."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        with suppress(FileExistsError):
            folder.mkdir(mode=PRIVATE_FOLDER)
    return path


def fsync_folder(path: Path) -> None:
    """Make the names in a folder durable (a rename is not, until its folder is synced)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_file(path: Path) -> None:
    """Make a file's content durable after some library wrote it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes, *, owned_as: Path | None = None) -> None:
    """Put `content` at `path` whole or not at all, durable and 0600 when this returns.

    It belongs to whom `owned_as` belongs to, where that is there: what root replaces may be read by another user.

    It is written beside it under a name of its own, `<name>.<8 letters>.tmp`: what a dead process or somebody else left
    there is neither written to nor followed.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            with suppress(FileNotFoundError):
                owner = owned_as.stat() if owned_as else None
                if owner and (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
                    os.fchown(descriptor, owner.st_uid, owner.st_gid)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    fsync_folder(path.parent)


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock file `name` in `folder` while reading a file there and replacing it; waits for whoever has it.

    The lock is the kernel's (flock), so it is gone with the process that held it.
    """
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def open_plain_file(path: Path) -> BinaryIO:
    """Open a file for reading that is one.

    Raises OSError for a link, a folder, a pipe or a device: whoever put it there chose what is read, or that reading
    never ends.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def read_plain_file(path: Path) -> bytes:
    """All of a file that is one; raises OSError like `open_plain_file`."""
    with open_plain_file(path) as file:
        return file.read()


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file, read in pieces of 1 MiB."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def private_umask() -> Iterator[None]:
    """Create everything inside the block without rights for group and others."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)

"""What the operating system says of an error, in the language in force: the C library speaks English here."""

import errno
import os

from schemas.translation import N_, _

# those that an archive, a disk or a file that somebody named can meet; others stay as the system says them
_SAID = (
    N_("Operation not permitted"),
    N_("No such file or directory"),
    N_("Input/output error"),
    N_("Permission denied"),
    N_("Device or resource busy"),
    N_("File exists"),
    N_("Not a directory"),
    N_("Is a directory"),
    N_("Invalid argument"),
    N_("Too many open files"),
    N_("File too large"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("File name too long"),
    N_("Directory not empty"),
    N_("Too many levels of symbolic links"),
    N_("Stale file handle"),
    N_("Disk quota exceeded"),
)


def system_reason(error: OSError) -> str:
    """The system's words for an error; an input/output error where it named none."""
    return _(os.strerror(error.errno or errno.EIO))

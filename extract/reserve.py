"""A piece of the disk set aside in an open snapshot, given back when the disk is full.

Payloads cannot be had again. The one that finds the disk full, and the small ones behind it, then still fit.
"""

import os
from pathlib import Path

from schemas.files import PRIVATE_FILE

# WhatsApp's largest chunks are some MiB
_BYTES = 24 << 20
_NAME = "reserve"


def make_reserve(partial: Path) -> None:
    """Set the reserve aside; raises OSError, with nothing left behind, when there is not even that much room."""
    path = partial / _NAME
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, _BYTES)
        else:
            for _piece in range(_BYTES >> 20):
                os.write(descriptor, bytes(1 << 20))
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(descriptor)


def release_reserve(partial: Path) -> bool:
    """Give the reserve back; whether there was one."""
    try:
        (partial / _NAME).unlink()
    except FileNotFoundError:
        return False
    return True

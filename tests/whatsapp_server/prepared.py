"""A private copy of the installed neonize whose client trusts the tests' server in place of WhatsApp's.

The client pins one 32-byte key at the root of the server's certificates, and there is no setting for it. The copy has
the tests' key in its stead: it would refuse the real server, and is of no use but in a test.
"""

import importlib.util
import shutil
import sys
from pathlib import Path

from tests.whatsapp_server.keys import ROOT

# whatsmeow's WACertPubKey
PINNED = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
_LIBRARIES = ("*.so", "*.dylib", "*.dll")


class PreparationError(Exception):
    """No copy can be made of this neonize."""


def why_not_prepared() -> str | None:
    """The reason for pytest.skip where a changed library cannot be loaded; None where it can."""
    if sys.platform == "darwin":
        return "macOS loads no library whose signature does not fit its content"
    return None


def _library(package: Path) -> Path:
    libraries = [path for pattern in _LIBRARIES for path in package.glob(pattern)]
    counts = {path: path.read_bytes().count(PINNED) for path in libraries}
    if sum(counts.values()) != 1:
        found = ", ".join(f"{count} times in {path.name}" for path, count in counts.items()) or "no library"
        raise PreparationError(
            f"the root key that neonize's client pins must be once in the native library of {package}, found {found}: "
            "does this release keep it in another way?"
        )
    return next(path for path, count in counts.items() if count)


def _installed() -> Path:
    spec = importlib.util.find_spec("neonize")
    if spec is None or spec.origin is None:
        raise PreparationError("neonize is not installed")
    return Path(spec.origin).parent


def prepared_neonize(folder: Path, package: Path | None = None) -> Path:
    """Copy a package, the installed one by default, with the tests' key in it; return `folder`, for PYTHONPATH."""
    package = package or _installed()
    library = _library(package)
    copy = folder / package.name
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", library.name))
    (copy / library.name).write_bytes(library.read_bytes().replace(PINNED, ROOT.public))
    return folder

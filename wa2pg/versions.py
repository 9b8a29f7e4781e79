"""What `wa2pg --version` prints: the versions that somebody who is to help asks for."""

import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from subprocess import CalledProcessError

from extract.health import whatsapp_client_date
from load.postgres_binaries import find_binaries
from load.postgres_binaries import version as postgres_version
from schemas.errors import UserError
from schemas.translation import _, ngettext
from schemas.version import VERSION

_PARTS = {
    "DuckDB": "duckdb",
    "pyarrow": "pyarrow",
    "psycopg": "psycopg",
    "fastText": "fasttext-community",
    "phonenumbers": "phonenumbers",
}


def versions() -> str:
    """A line for wa2pg and one for each part that matters; nothing is started or asked."""
    parts = list(_parts())
    width = max(len(name) for name, _version in parts) + 2
    return "\n".join([f"wa2pg {VERSION}", *(f"  {name:{width}}{found}" for name, found in parts)])


def _parts() -> Iterator[tuple[str, str]]:
    yield "Python", f"{platform.python_version()} ({platform.system()} {platform.machine()})"
    yield "neonize", _neonize()
    for name, package in _PARTS.items():
        yield name, _version(package)
    yield _("embedded PostgreSQL"), _postgres()


def _version(package: str) -> str:
    try:
        return installed(package)
    except PackageNotFoundError:
        return _("not installed")


def _neonize() -> str:
    found, made = _version("neonize"), whatsapp_client_date()
    if made is None:
        return found
    return ngettext(
        "{version}, WhatsApp client of {day}, {count} day old",
        "{version}, WhatsApp client of {day}, {count} days old",
        (datetime.now(UTC).date() - made).days,
        version=found,
        day=made,
    )


def _postgres() -> str:
    try:
        return postgres_version(find_binaries())
    except (UserError, OSError, CalledProcessError):
        return _("not installed")

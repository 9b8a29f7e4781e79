"""Whether extract has what it needs of others: libmagic, and a neonize that WhatsApp still takes.

Nothing of neonize is loaded by importing this: it may be what is broken.
"""

import ctypes
import importlib
import importlib.util
import mmap
import re
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from schemas.health import Check, Health
from schemas.translation import N_, _, ngettext

# WhatsApp refuses (405) clients about three to four months after their version was current; the two that were seen
# lived from 2026-02-10 to 06-17 and from 2024-08-21 to 2025-09-23
_AGEING_DAYS = 75
_OLD_DAYS = 120
# Go's build information names the version of whatsmeow by the time of its commit
_WHATSMEOW = re.compile(rb"go\.mau\.fi/whatsmeow\tv0\.0\.0-(\d{8})\d{6}-")


def check_libmagic() -> Check:
    """Whether neonize will find libmagic: the system's, else the wheel's."""
    name = N_("libmagic")
    try:
        ctypes.CDLL("libmagic.so.1")
    except OSError:
        if importlib.util.find_spec("pylibmagic") is None:
            return Check(name, Health.BROKEN, _("neither the system nor the environment has it"), "make setup")
        return Check(name, Health.OK, _("the one that pylibmagic brings"))
    return Check(name, Health.OK, _("the system's"))


def check_neonize(today: date) -> Check:
    """How old the WhatsApp client inside neonize is; WhatsApp refuses those that are some months old."""
    name = N_("neonize")
    try:
        installed = version("neonize")
    except PackageNotFoundError:
        return Check(name, Health.BROKEN, _("it is not installed"), "make setup")
    try:
        importlib.import_module("extract.whatsapp.protobufs")
    except Exception as error:  # noqa: BLE001 - whatever a broken library raises
        found = _("{version}, which cannot be loaded ({reason})", version=installed, reason=type(error).__name__)
        return Check(name, Health.BROKEN, found, "make setup")
    made = whatsapp_client_date()
    if made is None:
        found = _("{version}, of an age that cannot be told", version=installed)
        return Check(name, Health.WARNING, found, "make upgrade")
    days = (today - made).days
    found = ngettext(
        "{version}, WhatsApp client of {day}, {count} day old",
        "{version}, WhatsApp client of {day}, {count} days old",
        days,
        version=installed,
        day=made,
    )
    if days > _OLD_DAYS:
        return Check(name, Health.WARNING, _("{found}: WhatsApp may refuse it", found=found), "make upgrade")
    if days > _AGEING_DAYS:
        found = _("{found}: WhatsApp will refuse it before long", found=found)
        return Check(name, Health.WARNING, found, "make upgrade")
    return Check(name, Health.OK, found)


def whatsapp_client_date() -> date | None:
    """The day of the whatsmeow commit that the installed neonize was built from; None when it does not say."""
    spec = importlib.util.find_spec("neonize")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for library in sorted([*Path(place).glob("*.so"), *Path(place).glob("*.dylib")]):
            with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                if found := _WHATSMEOW.search(content):
                    return datetime.strptime(found[1].decode(), "%Y%m%d").replace(tzinfo=UTC).date()
    return None

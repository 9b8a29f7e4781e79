"""`wa2pg doctor`: is everything there that the work needs, and what mends what is not?"""

import os
import platform
import pwd
import re
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.text import Text

from extract.health import check_libmagic, check_neonize, whatsapp_client_date
from load.database import connect
from load.embedded import embedded_exists
from load.health import check_database
from schemas.datadir import DataDir
from schemas.errors import ExitCode, UserError
from schemas.health import Check, Health, checked
from schemas.last_import import check_last_import
from schemas.settings import Settings
from schemas.translation import LOCALE, N_, _, lost_catalogues, moment, number
from transform.health import check_clean_run, check_language_model
from transform.llm.key_check import NAME as LLM
from wa2pg.invocation import Invocation, command_options
from wa2pg.language_model import check_llm
from wa2pg.talk import pasteable, report_width
from wa2pg.target import open_target

_PYTHON = ((3, 11), (3, 15))
# an account of some years is a few hundred megabytes; below the second, not even its journal may fit
_ROOM, _LEAST_ROOM = 2 << 30, 200 << 20
# "make room on this disk" is a sentence
_COMMAND = re.compile(r"(?:.*: )?(wa2pg .+|make (?:setup|upgrade))")
_COLOURS = {Health.OK: "green", Health.WARNING: "bold yellow", Health.BROKEN: "bold red"}


@click.command("doctor", short_help="Is everything there that the work needs?")
@command_options("doctor", lenient=True)
def doctor_command(invocation: Invocation) -> int:
    """Look at everything that the work needs, and say what mends what is not as it should be.

    Nothing is changed (an embedded database is started), and nothing is sent anywhere but to the database and, where
    one is set, to the language model's server: its key, and a question that costs nothing.
    Exit 1 when something is broken.

    \b
      wa2pg doctor
      wa2pg doctor --account office --json
    """
    checks = list(_checks(invocation))
    broken = sum(check.health is Health.BROKEN for check in checks)
    warnings = sum(check.health is Health.WARNING for check in checks)
    cures = [check.cure for check in checks if check.health is Health.BROKEN and check.cure]
    first = _COMMAND.fullmatch(cures[0]) if cures else None
    told = [asdict(check) | {"cure": check.cure and pasteable(check.cure)} for check in checks]
    body = {"checks": told, "broken": broken, "to_look_at": warnings}
    return invocation.finish(
        body,
        [_table(checks), _summary(broken, warnings)],
        exit_code=ExitCode.FAILED if broken else ExitCode.DONE,
        next_command=first[1] if first else None,
    )


def _checks(invocation: Invocation) -> Iterator[Check]:
    settings = invocation.settings
    yield _check_python()
    yield _check_locale()
    yield _check_settings(invocation)
    yield check_libmagic()
    neonize = check_neonize(datetime.now(UTC).date())
    yield neonize
    yield checked(N_("language model"), check_language_model)
    yield _check_clock()
    if invocation.settings_problem:
        return  # where the data and the database are is not known
    data_check = checked(N_("data directory"), lambda: _check_data(invocation))
    yield data_check
    if data_check.health is not Health.BROKEN:
        data, account = invocation.data(), invocation.account
        if neonize.health is not Health.BROKEN:
            yield from _check_account(data, account)
        yield checked(N_("clean tables"), lambda: check_clean_run(data, account))
        yield check_last_import(data)
        yield from _check_database(invocation, data, settings)
    yield checked(LLM, lambda: check_llm(settings))


def _check_python() -> Check:
    name, found = N_("Python"), platform.python_version()
    low, high = _PYTHON
    if not low <= sys.version_info[:2] < high:
        needed = _("{version}; 3.11 to 3.14 are needed", version=found)
        return Check(name, Health.BROKEN, needed, _("install one of them, then: {command}", command="make setup"))
    return Check(name, Health.OK, found)


def _check_locale() -> Check:
    name = N_("locale")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        found = _(
            "the terminal's encoding is {encoding}: names and the code to scan cannot be shown",
            encoding=sys.stdout.encoding,
        )
        return Check(name, Health.WARNING, found, _utf8())
    if lost := lost_catalogues():
        root = LOCALE.parents[1]
        paths = [str(path.relative_to(root)) for path in lost]
        found = _("lost or damaged: {files}; English is spoken instead", files=", ".join(paths))
        cure = f"git -C {shlex.quote(str(root))} checkout -- {shlex.join(paths)}"
        if not (root / ".git").exists():
            cure = _("install this version of wa2pg again")
        return Check(name, Health.WARNING, found, cure)
    found = os.environ.get("LC_ALL") or os.environ.get("LANG") or "UTF-8"
    return Check(name, Health.OK, found)


def _utf8() -> str:
    """What makes the encoding UTF-8; LANG stays as it is wherever it can, since it says which language is spoken."""
    if "PYTHONIOENCODING" in os.environ:
        return "export PYTHONIOENCODING=utf-8"
    return "export LC_ALL=C.UTF-8" if os.environ.get("LC_ALL") else "export LC_CTYPE=C.UTF-8"


def _check_settings(invocation: Invocation) -> Check:
    name = N_("settings")
    if problem := invocation.settings_problem:
        return Check(name, Health.BROKEN, problem.message, problem.hint)
    return Check(name, Health.OK, _("every setting can be used"))


def _check_data(invocation: Invocation) -> Check:
    name = N_("data directory")
    root = invocation.data().root
    if closed := _closed_to_us(root):
        found = _("it cannot be written to")
        if closed != root:
            found = _("{path} in it is closed to this user", path=closed.relative_to(root))
        return Check(name, Health.BROKEN, found, _opened(root, closed))
    free = shutil.disk_usage(root).free
    found = _("{gigabytes} GB free", gigabytes=number(free / (1 << 30), 1))
    if free < _LEAST_ROOM:
        return Check(name, Health.BROKEN, found, _("make room on this disk, or set WA2PG_DATA_DIR to another one"))
    if free < _ROOM:
        found = _("{found}: a long history may need more", found=found)
        return Check(name, Health.WARNING, found, _("make room on this disk"))
    return Check(name, Health.OK, found)


def _closed_to_us(root: Path) -> Path | None:
    """The first folder that cannot be worked in, or file that cannot be read, such as a `sudo make` leaves behind."""
    if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
        return root
    for folder, inner, files in os.walk(root):
        if Path(folder) == root and "postgres" in inner:
            # the embedded database's own folder, which may be another user's
            inner.remove("postgres")
        wanted = {Path(folder, name): os.R_OK | os.W_OK | os.X_OK for name in inner}
        wanted |= {Path(folder, name): os.R_OK for name in files}
        for path, rights in sorted(wanted.items()):
            # one that is gone meanwhile is no fault
            if path.exists() and not os.access(path, rights):
                return path
    return None


def _opened(root: Path, closed: Path) -> str:
    """What lets this user in."""
    if os.statvfs(root).f_flag & os.ST_RDONLY:
        return _("set WA2PG_DATA_DIR to a folder on a disk that can be written to")
    if closed.stat().st_uid == os.geteuid():
        return f"chmod -R u+rwX {shlex.quote(str(root))}"
    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container's user may have no name
        user = str(os.geteuid())
    return f"sudo chown -R {shlex.quote(user)} {shlex.quote(str(root))}"


def _check_account(data: DataDir, account: str) -> Iterator[Check]:
    # it loads neonize, which must not keep the doctor from saying that neonize is broken
    from extract.account_health import check_archive, check_session  # noqa: PLC0415

    yield checked(N_("session"), lambda: check_session(data, account))
    yield checked(N_("archive"), lambda: check_archive(data, account))


def _check_clock() -> Check:
    name, made = N_("own clock"), whatsapp_client_date()
    if made and datetime.now(UTC).date() < made:
        found = _("it is before the day on which the installed programs were made")
        cure = "timedatectl set-ntp true"
        return Check(name, Health.BROKEN, found, cure)
    return Check(name, Health.OK, moment(datetime.now(UTC)))


def _check_database(invocation: Invocation, data: DataDir, settings: Settings) -> Iterator[Check]:
    name = N_("database")
    try:
        if settings.database_url is not None:
            with connect(settings.database_url.get_secret_value()) as connection:
                yield from check_database(connection, settings.org)
        elif embedded_exists(data.postgres):
            with open_target(invocation) as target:
                yield from check_database(target.connection, settings.org)
        else:
            yield Check(name, Health.OK, _("the embedded PostgreSQL, made when first needed"))
    except UserError as error:
        yield Check(name, Health.BROKEN, error.message, error.hint)


def _table(checks: list[Check]) -> Text:
    first = max(len(_(health)) for health in Health) + 2
    second = max(len(_(check.name)) for check in checks) + 2
    room = max(20, report_width() - first - second)
    table = Text()
    for check in checks:
        table.append(_(check.health).ljust(first), style=_COLOURS[check.health])
        found = textwrap.wrap(check.found, room, break_on_hyphens=False, break_long_words=False)
        table.append(_(check.name).ljust(second) + ("\n" + " " * (first + second)).join(found) + "\n")
        for line in pasteable(check.cure or "").splitlines():
            table.append(" " * (first + 2) + _("mend: {cure}", cure=line) + "\n", style="bold")
    table.rstrip()
    return table


def _summary(broken: int, warnings: int) -> Text:
    if not broken and not warnings:
        return Text(_("Everything is as it should be."))
    return Text(_("{broken} broken, {warnings} to look at", broken=broken, warnings=warnings))

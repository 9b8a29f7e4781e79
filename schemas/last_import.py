"""`unattended-ACCOUNT.json` in the data directory: what the last import that nobody watched came to.

A file an account, so that no account's good night hides another's bad one.

No person's name, number or text is in it; `said` is an error's sentence, which never holds any, and `command` is kept
only as far as it holds no number and no secret.
"""

import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.datadir import DataDir
from schemas.errors import ExitCode
from schemas.files import replace_file
from schemas.health import Check, Health
from schemas.retelling import retold
from schemas.translation import N_, _

_CHECK = N_("last import")
# an import a night, and two hours for one that takes long
_LATE = timedelta(hours=26)


class LastImport(BaseModel):
    """How it began and ended; `exit_code` and `ended_at` are None while it runs (or when it was killed)."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    account: str
    state: Literal["running", "done", "failed"]
    began_at: datetime
    ended_at: datetime | None = None
    exit_code: int | None = None
    said: str | None = None
    # the words after `wa2pg` that do it again, settings of that run's environment among them
    command: list[str] | None = None


def last_import_path(data: DataDir, account: str) -> Path:
    """The file of an account's last unattended import."""
    return data.root / f"unattended-{account}.json"


def write_last_import(data: DataDir, outcome: LastImport) -> None:
    """Put it in the place of the one before."""
    replace_file(last_import_path(data, outcome.account), outcome.model_dump_json().encode() + b"\n")


def check_last_import(data: DataDir, now: datetime | None = None) -> Check:
    """Whether each account's last unattended import ended well, and lately: the worst; none at all is no fault."""
    checks = [
        _check(path, now or datetime.now(UTC)) for path in sorted(data.root.glob(last_import_path(data, "*").name))
    ]
    worst_last = sorted(checks, key=lambda check: list(Health).index(check.health))
    return worst_last[-1] if worst_last else Check(_CHECK, Health.OK, _("none has run unattended"))


def _check(path: Path, now: datetime) -> Check:
    try:
        last = LastImport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        cure = f"rm {shlex.quote(str(path))}"
        return Check(_CHECK, Health.WARNING, _("{file} cannot be read", file=path.name), cure)
    again = shlex.join(["wa2pg", *(last.command or ["import", "--unattended", "--account", last.account])])
    of = {"account": last.account, "time": last.began_at}
    if last.state == "failed":
        unlinked = last.exit_code == ExitCode.PAIRING
        code = str(last.exit_code)
        found = (
            _("{account}, {time}: failed with exit code {code} ({why})", **of, code=code, why=_without_stop(last.said))
            if last.said
            else _("{account}, {time}: failed with exit code {code}", **of, code=code)
        )
        mend = f"wa2pg extract --account {last.account}" if unlinked else again
        return Check(_CHECK, Health.BROKEN, found, mend)
    if now - last.began_at > _LATE:
        found = (
            _("{account}, {time}: none since", **of)
            if last.state == "done"
            else _("{account}, {time}: it has not ended", **of)
        )
        return Check(_CHECK, Health.BROKEN, found, again)
    found = _("{account}, {time}: done", **of) if last.state == "done" else _("{account}, {time}: running", **of)
    return Check(_CHECK, Health.OK, found)


def _without_stop(stored: str) -> str:
    return retold(stored).rstrip(".")

"""`unattended-ACCOUNT.json` in the data directory: what the last import that nobody watched came to.

A file an account, so that no account's good night hides another's bad one.

No name, number or text is in it; `said` is an error's sentence, which never holds any.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.datadir import DataDir
from schemas.errors import ExitCode
from schemas.files import replace_file
from schemas.health import Check, Health

_CHECK = "last import"
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
    return worst_last[-1] if worst_last else Check(_CHECK, Health.OK, "none has run unattended")


def _check(path: Path, now: datetime) -> Check:
    try:
        last = LastImport.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return Check(_CHECK, Health.WARNING, f"{path.name} cannot be read", f"remove {path}")
    again = f"wa2pg import --unattended --account {last.account}"
    when = f"{last.account}, {last.began_at:%Y-%m-%d %H:%M} UTC"
    if last.state == "failed":
        unlinked = last.exit_code == ExitCode.PAIRING
        why = f" ({last.said.rstrip('.')})" if last.said else ""
        mend = f"wa2pg extract --account {last.account}" if unlinked else again
        return Check(_CHECK, Health.BROKEN, f"{when}: failed with exit code {last.exit_code}{why}", mend)
    if now - last.began_at > _LATE:
        late = "none since" if last.state == "done" else "it has not ended"
        return Check(_CHECK, Health.BROKEN, f"{when}: {late}", again)
    return Check(_CHECK, Health.OK, f"{when}: {last.state}")

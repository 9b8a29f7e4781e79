"""The cool-down guard: WhatsApp limits attempts to link a device, so we do not run into its limit."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas.errors import ExitCode, UserError
from schemas.files import replace_file
from schemas.translation import _, ngettext

NAME = "attempts.json"
_WINDOW = timedelta(minutes=30)
ATTEMPTS_ALLOWED = 2


def failed_attempts(session: Path, now: datetime) -> list[datetime]:
    """When pairing failed within the last 30 minutes, oldest first. A file that cannot be read counts as none."""
    try:
        times = [datetime.fromisoformat(text) for text in json.loads((session / NAME).read_bytes())["failed"]]
        return sorted(time for time in times if now - _WINDOW < time <= now)
    except (OSError, ValueError, TypeError, KeyError):
        return []


def check_attempts(session: Path, now: datetime) -> None:
    """Raise UserError (4) when another attempt would come too soon."""
    failed = failed_attempts(session, now)
    if len(failed) < ATTEMPTS_ALLOWED:
        return
    left = failed[-ATTEMPTS_ALLOWED] + _WINDOW - now
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    raise UserError(
        ngettext(
            "Linking failed {times} within 30 minutes. WhatsApp limits attempts and then locks the account's linking "
            "for longer; the next one is sensible in {count} minute.",
            "Linking failed {times} within 30 minutes. WhatsApp limits attempts and then locks the account's linking "
            "for longer; the next one is sensible in {count} minutes.",
            minutes,
            times=ngettext("{count} time", "{count} times", len(failed)),
        ),
        hint=_("wait, or try at once with --force"),
        exit_code=ExitCode.PAIRING,
    )


def note_attempt(session: Path, now: datetime | None = None) -> None:
    """Remember that pairing failed now."""
    moment = now or datetime.now(UTC)
    times = [time.isoformat(timespec="seconds") for time in (*failed_attempts(session, moment), moment)]
    replace_file(session / NAME, json.dumps({"failed": times}).encode() + b"\n")


def forget_attempts(session: Path) -> None:
    """Pairing succeeded: the count begins anew."""
    (session / NAME).unlink(missing_ok=True)

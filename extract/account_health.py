"""Whether an account is in order: its link to the phone and its archive."""

from extract.own import read_own
from extract.partials import partial_snapshots
from extract.whatsapp.live.attempts import ATTEMPTS_ALLOWED
from extract.whatsapp.live.session import list_sessions
from schemas.completeness import history_complete
from schemas.datadir import DataDir, is_held
from schemas.health import Check, Health
from schemas.manifest import sealed_snapshots


def check_session(data: DataDir, account: str) -> Check:
    """Whether a phone is linked, without waking the link."""
    name = "session"
    state = next((state for state in list_sessions(data) if state.account == account), None)
    if state is None or (not state.linked and not state.damaged):
        return Check(name, Health.OK, f"no phone is linked to the account {account} yet")
    if state.damaged:
        return Check(name, Health.BROKEN, "its file cannot be read", f"wa2pg sessions clear {account}")
    if state.failed_attempts >= ATTEMPTS_ALLOWED:
        found = f"{state.failed_attempts} failed attempts to link in the last 30 minutes"
        return Check(name, Health.WARNING, found, "wait half an hour before the next one")
    since = f" (file changed {state.since:%Y-%m-%d})" if state.since else ""
    return Check(name, Health.OK, f"a phone is linked{since}" + (", in use now" if state.in_use else ""))


def check_archive(data: DataDir, account: str) -> Check:
    """Whether the archive is there, sealed and whole, by its manifests; `wa2pg audit` looks into every file."""
    name = "archive"
    archive = data.archive(account)
    snapshots = sealed_snapshots(archive)
    read_own(archive)
    if not is_held(archive) and any(not is_held(partial) for partial in partial_snapshots(archive)):
        return Check(name, Health.WARNING, "an extract died before it sealed what it had", "wa2pg audit --repair")
    if not snapshots:
        return Check(name, Health.OK, "nothing yet")
    messages = sum(snapshot.manifest.counts.rows.get("messages", 0) for snapshot in snapshots)
    found = f"snapshots: {len(snapshots)}, message rows: {messages:,}"
    if not history_complete(snapshots):
        return Check(
            name, Health.WARNING, f"{found}; the history is not complete", f"wa2pg extract --account {account}"
        )
    return Check(name, Health.OK, found)

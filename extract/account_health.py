"""Whether an account is in order: its link to the phone and its archive."""

from extract.own import read_own
from extract.partials import partial_snapshots
from extract.whatsapp.live.attempts import ATTEMPTS_ALLOWED
from extract.whatsapp.live.session import list_sessions
from schemas.completeness import history_complete
from schemas.datadir import DataDir, is_held
from schemas.health import Check, Health
from schemas.manifest import sealed_snapshots
from schemas.translation import N_, _, ngettext


def check_session(data: DataDir, account: str) -> Check:
    """Whether a phone is linked, without waking the link."""
    name = N_("session")
    state = next((state for state in list_sessions(data) if state.account == account), None)
    if state is None or (not state.linked and not state.damaged):
        return Check(name, Health.OK, _("no phone is linked to the account {account} yet", account=account))
    if state.damaged:
        return Check(name, Health.BROKEN, _("its file cannot be read"), f"wa2pg sessions clear {account}")
    if state.failed_attempts >= ATTEMPTS_ALLOWED:
        found = ngettext(
            "{count} failed attempt to link in the last 30 minutes",
            "{count} failed attempts to link in the last 30 minutes",
            state.failed_attempts,
        )
        return Check(name, Health.WARNING, found, _("wait half an hour before the next one"))
    found = (
        _("a phone is linked (file changed {day})", day=state.since.date()) if state.since else _("a phone is linked")
    )
    return Check(name, Health.OK, _("{found}, in use now", found=found) if state.in_use else found)


def check_archive(data: DataDir, account: str) -> Check:
    """Whether the archive is there, sealed and whole, by its manifests; `wa2pg audit` looks into every file."""
    name = N_("archive")
    archive = data.archive(account)
    snapshots = sealed_snapshots(archive)
    read_own(archive)
    if not is_held(archive) and any(not is_held(partial) for partial in partial_snapshots(archive)):
        return Check(name, Health.WARNING, _("an extract died before it sealed what it had"), "wa2pg audit --repair")
    if not snapshots:
        return Check(name, Health.OK, _("nothing yet"))
    messages = sum(snapshot.manifest.counts.rows.get("messages", 0) for snapshot in snapshots)
    found = _("snapshots: {snapshots}, message rows: {messages}", snapshots=len(snapshots), messages=messages)
    if not history_complete(snapshots):
        found = _("{found}; the history is not complete", found=found)
        return Check(name, Health.WARNING, found, f"wa2pg extract --account {account}")
    return Check(name, Health.OK, found)

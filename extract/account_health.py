"""Whether an account is in order: its link to the phone and its archive."""

from extract.audit import audit
from extract.own import read_own
from extract.partials import partial_snapshots
from extract.whatsapp.live.attempts import ATTEMPTS_ALLOWED
from extract.whatsapp.live.session import list_sessions
from schemas.completeness import history_complete
from schemas.datadir import DataDir, is_held
from schemas.errors import UserError
from schemas.health import Check, Health
from schemas.manifest import Snapshot, sealed_snapshots
from schemas.replaced import without_replaced
from schemas.translation import N_, _, ngettext

_ARCHIVE = N_("archive")


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
    """Whether the archive is there, sealed and whole: its manifests, and the sizes of its files.

    `wa2pg audit` looks into every file; it is asked as well where something is wrong, since what to do depends on all
    that is.
    """
    try:
        check = _check_archive(data, account)
    except UserError as error:
        check = Check(_ARCHIVE, Health.BROKEN, error.message, error.hint)
    if check.health is Health.BROKEN and (findings := audit(data, [account], quick=True)):
        return Check(_ARCHIVE, Health.BROKEN, check.found, findings[0].todo)
    return check


def _check_archive(data: DataDir, account: str) -> Check:
    name = _ARCHIVE
    archive = data.archive(account)
    snapshots = sealed_snapshots(archive)
    read_own(archive)
    if not is_held(archive) and any(not is_held(partial) for partial in partial_snapshots(archive)):
        return Check(name, Health.WARNING, _("an extract died before it sealed what it had"), "wa2pg audit --repair")
    if not snapshots:
        return Check(name, Health.OK, _("nothing yet"))
    for snapshot in without_replaced(snapshots):
        if damaged := _damaged_file(snapshot):
            found = _("{file} of {snapshot} is not as it was sealed", file=damaged, snapshot=snapshot.name)
            return Check(name, Health.BROKEN, found, f"wa2pg audit {account}")
    messages = sum(snapshot.manifest.counts.rows.get("messages", 0) for snapshot in snapshots)
    found = _("snapshots: {snapshots}, message rows: {messages}", snapshots=len(snapshots), messages=messages)
    if not history_complete(snapshots):
        found = _("{found}; the history is not complete", found=found)
        return Check(name, Health.WARNING, found, f"wa2pg extract --account {account}")
    return Check(name, Health.OK, found)


def _damaged_file(snapshot: Snapshot) -> str | None:
    """A file that is gone, or of another size than its manifest says."""
    for entry in snapshot.manifest.files:
        path = snapshot.path / entry.path
        if not path.is_file() or path.stat().st_size != entry.bytes:
            return entry.path
    return None

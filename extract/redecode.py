"""A new snapshot from an old one's journal, with today's decoder; transform then leaves the old one out."""

from extract.report import ExtractReport, report_of
from extract.sealed_journal import read_sealed_journal
from extract.snapshot import open_snapshot, recover, seal_snapshot
from extract.snapshot_names import completed_name
from schemas.datadir import DataDir, exclusive
from schemas.errors import ExitCode, UserError
from schemas.manifest import Own, Source, sealed_snapshots
from schemas.progress import Progress, Step, no_progress
from schemas.translation import N_, _
from schemas.words import SourceKind


def redecode(data: DataDir, account: str, name: str, progress: Progress = no_progress) -> ExtractReport:
    """Decode the journal of snapshot `name` again, or of the one whose name begins so.

    Raises UserError: 5 when the account has no such snapshot, 2 when several begin so.
    Own addresses, completeness and ending are the old snapshot's: nothing new was received.
    """
    archive = data.archive(account)
    if not archive.is_dir():
        raise _unknown(account, name)
    with exclusive(archive, "extract"):
        recovered = [snapshot.name for snapshot in recover(archive, progress)]
        name = completed_name(data, account, name)
        old = next((snapshot for snapshot in sealed_snapshots(archive) if snapshot.name == name), None)
        if old is None:
            raise _unknown(account, name)
        manifest = old.manifest
        source = Source(kind=SourceKind.REDECODE, detail=name)
        payloads = manifest.counts.payloads
        opened = open_snapshot(archive, own=manifest.own, source=source, announced=payloads.announced)
        for entry in read_sealed_journal(old):
            opened.journal.append(entry.content, entry.source, entry.event_code, received_at=entry.received_at)
            progress(Step(N_("copying the journal"), entry.number, payloads.received))
        snapshot = seal_snapshot(opened, ended=manifest.ended, complete=manifest.complete, progress=progress)
        own_known = manifest.own != Own()
        return report_of(snapshot, already_archived=0, own_known=own_known, recovered=recovered)


def _unknown(account: str, name: str) -> UserError:
    return UserError(
        _("The account {account} has no sealed snapshot {name}.", account=account, name=name),
        hint=_("look below archive/{account} in the data directory", account=account),
        exit_code=ExitCode.ARCHIVE,
    )

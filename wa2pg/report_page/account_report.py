"""What the page says of one account, put together from what the stages found out; nothing here is counted anew."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from extract.coverage import Coverage, coverage
from extract.report import Finding
from extract.snapshot_list import SnapshotLine, SnapshotState, list_snapshots
from schemas.clean_run import CleanRun, CleanRunFolder, read_current_run
from schemas.datadir import DataDir
from schemas.errors import ExitCode, UserError
from schemas.manifest import Own, read_chain
from schemas.own import read_own_document
from schemas.progress import Progress, no_progress
from schemas.translation import _
from schemas.words import SourceKind
from transform.figures.model import Figures
from transform.figures.read import read_figures
from transform.figures.time_zone import company_time_zone
from wa2pg.report_page.notice import Notice, or_notice
from wa2pg.report_page.outlook import Outlook


@dataclass(frozen=True)
class AccountReport:
    """All sections of one account; a Notice stands where a section cannot be made.

    `title` is what the account is called on the page, `time_zone` an IANA name. `hashes` are the sha256 of the
    manifests as the chain says them. `outlook` is None where there is nothing to load.
    """

    title: str
    time_zone: str
    findings: Sequence[Finding]
    snapshots: Sequence[SnapshotLine]
    hashes: dict[str, str]
    coverage: Coverage | Notice
    clean: CleanRunFolder | Notice
    figures: Figures | Notice
    outlook: Outlook | None = None

    @property
    def missing_pieces(self) -> int:
        """How many pieces of history were announced to links and did not come."""
        return sum(len(line.manifest.missing) for line in self.snapshots if line.manifest)


def read_account_report(
    data: DataDir, account: str, findings: Sequence[Finding], *, shown: int, progress: Progress = no_progress
) -> AccountReport:
    """The sections that can be made without a database; whatever cannot be made says why and what makes it.

    `findings` are audit's of this account; at most `shown` waiting clients are named.
    """
    archive = data.archive(account)
    snapshots = list_snapshots(data, [account])
    clean = or_notice(partial(newest_run, data, account, snapshots))
    region = None if isinstance(clean, Notice) else clean.run.settings.get("region")
    zone = company_time_zone(_own(archive, snapshots), region)
    if isinstance(clean, Notice):
        figures: Figures | Notice = clean
    else:
        figures = or_notice(partial(read_figures, clean, zone, shown=shown, progress=progress))
    return AccountReport(
        title=account,
        time_zone=zone,
        findings=findings,
        snapshots=snapshots,
        hashes=_hashes(archive),
        coverage=or_notice(partial(coverage, data, account, progress)),
        clean=clean,
        figures=figures,
    )


def newest_run(data: DataDir, account: str, snapshots: Sequence[SnapshotLine]) -> CleanRunFolder:
    """The clean run in force; raises UserError (5) where there is none or the archive has grown since."""
    clean = read_current_run(data.clean(account))
    known = {link.snapshot for link in clean.run.snapshots} | {part.snapshot for part in clean.run.left_out}
    # the original of one that was decoded anew is REPLACED, and no run names it
    new = [
        line.name
        for line in snapshots
        if line.state is SnapshotState.SEALED and line.name not in known and not _gave_way(line, clean.run)
    ]
    if new:
        command = f"wa2pg transform --account {account}"
        raise UserError(
            _("The clean tables were made before the snapshot {snapshot} was sealed.", snapshot=new[-1]),
            hint=_("run: {command}", command=command),
            exit_code=ExitCode.ARCHIVE,
        )
    return clean


def _gave_way(line: SnapshotLine, run: CleanRun) -> bool:
    """Whether the run saw this redecode, damaged, and took the whole snapshot that it was made from."""
    if line.manifest is None or line.manifest.source.kind is not SourceKind.REDECODE:
        return False
    original = line.manifest.source.detail
    return line.manifest.sealed_at <= run.started_at and any(link.snapshot == original for link in run.snapshots)


def _own(archive: Path, snapshots: Sequence[SnapshotLine]) -> Own:
    try:
        remembered = read_own_document(archive)
    except UserError:  # audit's to say
        remembered = None
    if remembered and remembered.phone:
        return remembered
    said = [line.manifest.own for line in snapshots if line.manifest and line.manifest.own.phone]
    return said[-1] if said else Own()


def _hashes(archive: Path) -> dict[str, str]:
    hashes: dict[str, str] = {}
    # audit says that it is damaged; what comes before the damage counts
    with suppress(UserError):
        hashes.update((line.snapshot, line.sha256) for line in read_chain(archive))
    return hashes

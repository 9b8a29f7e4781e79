"""What a load would do: a dry run in the database that is set, which is rolled back."""

from dataclasses import dataclass

from load.report import LoadOptions, LoadReport
from load.run import load
from schemas.clean_run import CleanRunFolder
from schemas.translation import _
from wa2pg.invocation import DEMO_ACCOUNT, Invocation
from wa2pg.report_page.notice import Notice
from wa2pg.target import open_target


@dataclass(frozen=True)
class Outlook:
    """A dry run into this organisation, or why there was none; `todo` of the notice shows it in a terminal."""

    organization: str | None
    dry_run: LoadReport | Notice


def without_database(account: str) -> Outlook:
    """What is said where no organisation was named: nothing is known of a database."""
    if account == DEMO_ACCOUNT:
        what = _("The sample is loaded into a database of its own alone.")
        return Outlook(None, Notice(what, _("run: {command}", command="wa2pg demo")))
    what = _("No organisation was named, so no database was asked.")
    # without one, it says how they are listed and made, and what to add
    command = f"wa2pg load --account {account} --dry-run"
    return Outlook(None, Notice(what, _("run: {command}", command=command)))


def ask_database(invocation: Invocation, clean: CleanRunFolder, organization: str) -> Outlook:
    """Load the clean run for the organisation and take it back; raises UserError as load does."""
    with open_target(invocation) as target, invocation.progress() as progress:
        options = LoadOptions(org=organization, dry_run=True)
        report = load(target.connection, clean, options, progress, runs=invocation.data().runs)
    return Outlook(organization, report)

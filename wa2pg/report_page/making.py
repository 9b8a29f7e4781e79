"""From what was asked to a page on disk."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from extract.report import Finding
from schemas.errors import UserError
from schemas.progress import Step
from schemas.translation import N_, _
from wa2pg.invocation import DEMO_ACCOUNT, Invocation
from wa2pg.report_page.account_report import AccountReport, read_account_report
from wa2pg.report_page.file import default_page_path, write_page
from wa2pg.report_page.notice import Notice
from wa2pg.report_page.outlook import Outlook, ask_database, without_database
from wa2pg.report_page.page import SHOWN, Page, render
from wa2pg.report_page.redaction import redacted, redacted_finding
from wa2pg.report_page.request import PageRequest


def make_page(
    invocation: Invocation, request: PageRequest, accounts: Sequence[str], findings: Sequence[Finding], *, quick: bool
) -> Path:
    """Write the page about these accounts and say where; `findings` are audit's."""
    data = invocation.data()
    about: dict[str, list[Finding]] = {account: [] for account in accounts}
    elsewhere: list[Finding] = []
    for finding in findings:
        about.get(finding.where.split("/")[0], elsewhere).append(finding)
    reports = []
    for account in accounts:
        with invocation.progress() as progress:
            report = read_account_report(data, account, about[account], shown=SHOWN, progress=progress)
        reports.append(replace(report, outlook=_outlook(invocation, report, request.org)))
    if request.redacts:
        titles = ["1"] if len(reports) == 1 else [str(n) for n in range(1, len(reports) + 1)]
        reports = [redacted(report, title) for report, title in zip(reports, titles, strict=True)]
        elsewhere = [redacted_finding(finding, None, "") for finding in elsewhere]
    with invocation.progress() as progress:
        progress(Step(N_("writing the page")))
        content = render(Page(reports, elsewhere, datetime.now(UTC), redacted=request.redacts, quick=quick))
    path = request.path or default_page_path(data, list(accounts), redacted=request.redacts)
    write_page(path, content)
    return path


def _outlook(invocation: Invocation, report: AccountReport, org: str | None) -> Outlook | None:
    """What a load would do. A database that does not answer spoils no page, unless it was asked for by name."""
    organization = org or invocation.settings.org
    if isinstance(report.clean, Notice):
        return None
    if organization is None or report.title == DEMO_ACCOUNT:
        return without_database(report.title)
    try:
        return ask_database(invocation, report.clean, organization)
    except UserError as error:
        if org:
            raise
        invocation.warnings.append(_("the page does not say what a load would do: {reason}", reason=error.message))
        return Outlook(organization, Notice(error.message, error.hint))

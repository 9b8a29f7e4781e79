"""From what was asked on the command line to a page on disk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from extract.report import Finding
from schemas.errors import ExitCode, UserError
from schemas.progress import Step
from wa2pg.invocation import DEMO_ACCOUNT, Invocation
from wa2pg.report_page.account_report import AccountReport, read_account_report
from wa2pg.report_page.file import check_page_path, default_page_path, write_page
from wa2pg.report_page.notice import Notice
from wa2pg.report_page.outlook import Outlook, ask_database, without_database
from wa2pg.report_page.page import SHOWN, Page, render
from wa2pg.report_page.redaction import redacted, redacted_finding

_DEFAULT = ""
_PAGE_OPTIONS = (
    click.option(
        "--html",
        is_flag=False,
        flag_value=_DEFAULT,
        metavar="[FILE]",
        help="Write the report as one page to look at.  [default FILE: in data/reports]",
    ),
    click.option("--open", "opens", is_flag=True, help="Write the page and open it in the browser."),
    click.option("--redact", "redacts", is_flag=True, help="Leave names, numbers and texts out of the page."),
    click.option("--org", metavar="ORG", help="Show on the page what a load for ORG would do (WA2PG_ORG)."),
)


def with_page_options(function: Any) -> Any:
    """Add the options of the page, those of `page_request`."""
    for option in reversed(_PAGE_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True)
class PageRequest:
    """A page that was asked for; `path` is None for the default place."""

    path: Path | None
    opens: bool
    redacts: bool
    org: str | None


def page_request(html: str | None, *, opens: bool, redacts: bool, org: str | None) -> PageRequest | None:
    """What the options ask for, None for no page; raises UserError (2) for a path that no page can be written to."""
    if html is None and not opens:
        if redacts or org:
            option = "--redact" if redacts else "--org"
            raise UserError(
                f"{option} is about the page, and no page was asked for.",
                hint=f"wa2pg audit --html {option}{'' if redacts else ' ' + str(org)}",
                exit_code=ExitCode.USAGE,
            )
        return None
    return PageRequest(check_page_path(Path(html)) if html else None, opens, redacts, org)


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
        progress(Step("writing the page"))
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
        invocation.warnings.append(f"the page does not say what a load would do: {error.message}")
        return Outlook(organization, Notice(error.message, error.hint))

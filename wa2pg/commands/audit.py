"""`wa2pg audit`: is the archive what was sealed, and what does it cover?"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from extract.audit import audit
from extract.missing import missing_pieces
from extract.snapshot_names import read_scopes
from schemas.datadir import DataDir
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress
from schemas.translation import _, number
from wa2pg.invocation import Invocation, command_options
from wa2pg.report_page.file import show_page, shown_path
from wa2pg.report_page.request import page_request, with_page_options
from wa2pg.talk import pasteable, printable, report_text, stdout


@click.command("audit", short_help="Check the archive against its manifests.")
@click.argument("what", nargs=-1, metavar="[ACCOUNT | SNAPSHOT]...")
@click.option("--coverage", "wants_coverage", is_flag=True, help="Also tell what the archive covers, chat by chat.")
@click.option("--quick", is_flag=True, help="Checksums and figures only: decode no page, count no rows.")
@click.option("--repair", is_flag=True, help="Seal what dead processes left open; nothing else is changed.")
@with_page_options
@command_options("audit", account=False)
def audit_command(
    invocation: Invocation, what: tuple[str, ...], wants_coverage: bool, quick: bool, repair: bool, **page_options: Any
) -> int:
    """Check every file's checksum, pages, rows and columns, every manifest, and the chain of snapshots.

    Over all accounts, unless some accounts or snapshots are named. Exit 5 when anything is wrong.

    \b
      wa2pg audit
      wa2pg audit office --repair
      wa2pg audit office/20261123T031500Z-k3f9
      wa2pg audit office --coverage
      wa2pg audit office --html report.html --open
    """
    page = page_request(**page_options)
    data = invocation.data()
    scopes = read_scopes(data, what)
    if page and any(scope.snapshots is not None for scope in scopes):
        raise UserError(
            _("The page is about whole accounts, not about single snapshots."),
            hint=_("run: {command}", command=f"wa2pg audit {scopes[0].account} --html"),
            exit_code=ExitCode.USAGE,
        )
    with invocation.progress() as progress:
        findings = audit(data, what, repair=repair, quick=quick, progress=progress)
        body: dict[str, Any] = {"findings": [asdict(finding) for finding in findings]}
        reports = [*_coverage(data, what, body, progress)] if wants_coverage else []
    invocation.warnings += missing_pieces(data, what)
    if not invocation.as_json:
        for finding in findings:
            stdout().print(Text(printable(f"{finding.where}: {finding.what}; {pasteable(finding.todo)}")))
    checked = ", ".join(what or data.accounts()) or _("none has an archive yet")
    lines = [(_("checked"), checked), (_("findings"), number(len(findings)))]
    if page:
        # the page needs every stage's libraries; a check of the archive has no use for the time they take to load
        from wa2pg.report_page.making import make_page  # noqa: PLC0415

        path = make_page(invocation, page, [scope.account for scope in scopes], findings, quick=quick)
        body["html"] = str(path)
        lines.append((_("page"), shown_path(path)))
        if page.opens and not show_page(path):
            invocation.warnings.append(_("there is no browser here to open the page in; copy it to where one is"))
    code = ExitCode.ARCHIVE if findings else ExitCode.DONE
    return invocation.finish(body, [report_text(_("Audit"), lines), *reports], exit_code=code)


def _coverage(data: DataDir, what: tuple[str, ...], body: dict[str, Any], progress: Progress) -> Iterator[Text]:
    """The reports of what the accounts' archives cover; the same in JSON goes into `body`."""
    # a check has no use for the time that DuckDB takes to load
    from extract.coverage import coverage  # noqa: PLC0415
    from wa2pg.coverage_report import coverage_body, coverage_reports  # noqa: PLC0415

    body["coverage"] = []
    for scope in read_scopes(data, what):
        covered = coverage(data, scope.account, progress)
        body["coverage"].append(coverage_body(covered))
        yield from coverage_reports(covered)

"""`wa2pg audit`: is the archive what was sealed, and what does it cover?"""

from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from extract.audit import audit
from extract.coverage import coverage
from extract.missing import missing_pieces
from extract.snapshot_names import read_scopes
from schemas.errors import ExitCode
from wa2pg.coverage_report import coverage_body, coverage_reports
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import pasteable, report_text, stdout


@click.command("audit", short_help="Check the archive against its manifests.")
@click.argument("what", nargs=-1, metavar="[ACCOUNT | SNAPSHOT]...")
@click.option("--coverage", "wants_coverage", is_flag=True, help="Also tell what the archive covers, chat by chat.")
@click.option("--quick", is_flag=True, help="Checksums and figures only: decode no page, count no rows.")
@click.option("--repair", is_flag=True, help="Seal what dead processes left open; nothing else is changed.")
@command_options("audit", account=False)
def audit_command(
    invocation: Invocation, what: tuple[str, ...], wants_coverage: bool, quick: bool, repair: bool
) -> int:
    """Check every file's checksum, pages, rows and columns, every manifest, and the chain of snapshots.

    Over all accounts, unless some accounts or snapshots are named. Exit 5 when anything is wrong.

    \b
      wa2pg audit
      wa2pg audit office --repair
      wa2pg audit office/20261123T031500Z-k3f9
      wa2pg audit office --coverage
    """
    data = invocation.data()
    with invocation.progress() as progress:
        findings = audit(data, what, repair=repair, quick=quick, progress=progress)
        accounts = [scope.account for scope in read_scopes(data, what)] if wants_coverage else []
        covered = [coverage(data, account, progress) for account in accounts]
    invocation.warnings += missing_pieces(data, what)
    if not invocation.as_json:
        for finding in findings:
            stdout().print(Text(f"{finding.where}: {finding.what}; {pasteable(finding.todo)}"))
    body: dict[str, Any] = {"findings": [asdict(finding) for finding in findings]}
    if wants_coverage:
        body["coverage"] = [coverage_body(one) for one in covered]
    checked = ", ".join(what or data.accounts()) or "none has an archive yet"
    tables = [
        report_text("Audit", [("checked", checked), ("findings", str(len(findings)))]),
        *(report for one in covered for report in coverage_reports(one)),
    ]
    return invocation.finish(body, tables, exit_code=ExitCode.ARCHIVE if findings else ExitCode.DONE)

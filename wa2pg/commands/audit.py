"""`wa2pg audit`: is the archive what was sealed?"""

from dataclasses import asdict

import click
from rich.text import Text

from extract.audit import audit
from schemas.errors import ExitCode
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import pasteable, report_text, stdout


@click.command("audit", short_help="Check the archive against its manifests.")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--repair", is_flag=True, help="Seal what dead processes left open; nothing else is changed.")
@command_options("audit", account=False)
def audit_command(invocation: Invocation, accounts: tuple[str, ...], repair: bool) -> int:
    """Check every file's checksum, rows and columns, every manifest, and the chain of snapshots.

    Over all accounts, unless some are named. Exit 5 when anything is wrong.

    \b
      wa2pg audit
      wa2pg audit office --repair
    """
    data = invocation.data()
    with invocation.progress() as progress:
        findings = audit(data, list(accounts), repair=repair, progress=progress)
    if not invocation.as_json:
        for finding in findings:
            stdout().print(Text(f"{finding.where}: {finding.what}; {pasteable(finding.todo)}"))
    checked = ", ".join(accounts or data.accounts()) or "none has an archive yet"
    table = report_text("Audit", [("accounts", checked), ("findings", str(len(findings)))])
    return invocation.finish(
        {"findings": [asdict(finding) for finding in findings]},
        [table],
        exit_code=ExitCode.ARCHIVE if findings else ExitCode.DONE,
    )

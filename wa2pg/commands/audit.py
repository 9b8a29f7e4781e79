"""`wa2pg audit`: is the archive what was sealed, and what does it cover?"""

from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from extract.audit import audit
from schemas.errors import ExitCode
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import pasteable, report_text, stdout


@click.command("audit", short_help="Check the archive against its manifests.")
@click.argument("what", nargs=-1, metavar="[ACCOUNT | SNAPSHOT]...")
@click.option("--deep", is_flag=True, help="Also decode every page, count its rows, check each payload's sha256.")
@click.option("--repair", is_flag=True, help="Seal what dead processes left open; nothing else is changed.")
@command_options("audit", account=False)
def audit_command(invocation: Invocation, what: tuple[str, ...], deep: bool, repair: bool) -> int:
    """Check every file's checksum, rows and columns, every manifest, and the chain of snapshots.

    Over all accounts, unless some accounts or snapshots are named. Exit 5 when anything is wrong.

    \b
      wa2pg audit
      wa2pg audit office --repair
      wa2pg audit office/20261123T031500Z-k3f9 --deep
    """
    data = invocation.data()
    with invocation.progress() as progress:
        findings = audit(data, what, repair=repair, deep=deep, progress=progress)
    if not invocation.as_json:
        for finding in findings:
            stdout().print(Text(f"{finding.where}: {finding.what}; {pasteable(finding.todo)}"))
    body: dict[str, Any] = {"findings": [asdict(finding) for finding in findings]}
    checked = ", ".join(what or data.accounts()) or "none has an archive yet"
    tables = [report_text("Audit", [("checked", checked), ("findings", str(len(findings)))])]
    return invocation.finish(body, tables, exit_code=ExitCode.ARCHIVE if findings else ExitCode.DONE)

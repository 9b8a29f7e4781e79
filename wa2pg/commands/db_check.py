"""`wa2pg db check`: whether the database is whole, and whether it has what the archive has."""

from dataclasses import asdict

import click

from load.check import FINDINGS, check
from schemas.clean_run import CleanRunFolder, read_current_run
from schemas.errors import ExitCode, UserError
from schemas.translation import _, number
from wa2pg.invocation import Invocation, command_options
from wa2pg.organization_completion import complete_organization
from wa2pg.talk import pasteable, report_text
from wa2pg.target import open_target


@click.command("check", short_help="Look whether the rows are whole and up to date.")
@click.option(
    "--org", metavar="ORG", shell_complete=complete_organization, help="Organisation, by id or slug (WA2PG_ORG)."
)
@command_options("db check")
def check_command(invocation: Invocation, org: str | None) -> int:
    """Count the rows of an organisation and look for what is wrong with them; nothing is changed.

    Rows without their parent, clients with the same phone, counts that do not follow their messages, and clients whose
    last message in the archive is newer than in the database.

    \b
      wa2pg db check --org silk-road-tours
      wa2pg db check --org silk-road-tours --json
    """
    organization = org or invocation.settings.org
    if organization is None:
        raise UserError(
            _("Which organisation? None was named."),
            hint=_("see: wa2pg org list   then name one with --org"),
            exit_code=ExitCode.USAGE,
        )
    clean = _clean_run(invocation)
    with open_target(invocation) as target, invocation.progress() as progress:
        found = check(target.connection, organization, clean, progress)
    broken = any(finding.broken for finding in found.findings)
    rows = [(table, number(count)) for table, count in found.tables.items()]
    for finding in found.findings:
        what, todo = FINDINGS[finding.name]
        # Translators: rows of a table, and what is wrong with them
        rows.append((_("found"), _("{count} {what}", count=finding.rows, what=_(what))))
        if finding.examples:
            rows.append(("", _("for example {row}", row=finding.examples[0])))
        rows.append(("", pasteable(_(todo))))
    if not found.findings:
        nothing = _("nothing wrong") if clean else _("nothing wrong, but there is no clean run to compare with")
        rows.append((_("found"), nothing))
    body = asdict(found) | {"findings": [asdict(one) | {"broken": one.broken} for one in found.findings]}
    behind = [finding for finding in found.findings if not finding.broken]
    return invocation.finish(
        body,
        [report_text(_("Check: organisation {organization}", organization=organization), rows)],
        exit_code=ExitCode.FAILED if broken else ExitCode.DONE,
        next_command=f"wa2pg load --account {invocation.account} --org {organization}" if behind else None,
    )


def _clean_run(invocation: Invocation) -> CleanRunFolder | None:
    folder = invocation.data().clean(invocation.real_account())
    try:
        return read_current_run(folder)
    except UserError as error:
        if folder.exists():
            raise
        invocation.warnings.append(_("Not compared with the archive: {reason}", reason=error.message))
        return None

"""`wa2pg review`: the file in which a person has the last word."""

from dataclasses import asdict

import click

from schemas.datadir import check_account
from schemas.errors import ExitCode, UserError
from schemas.translation import _, number
from transform.review.sheet import DELIMITERS
from transform.review.write import UNSURE_BELOW, write_review
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import report_text


@click.command("review", short_help="A spreadsheet in which a person has the last word.")
@click.argument("account_name", required=False, metavar="[ACCOUNT]")
@click.option(
    "--delimiter",
    type=click.Choice(list(DELIMITERS)),
    help="Between cells; Excel in Russian or German wants semicolon.  [default: as the file has it, else comma]",
)
@command_options("review")
def review_command(invocation: Invocation, account_name: str | None, delimiter: str | None) -> int:
    """Write data/review/ACCOUNT.csv: every client, the least certain status first.

    Change names, languages, statuses or reasons there, or put yes under skip to keep a client out of the database, and
    save. The next transform reads it. Run this again at any time: what you set stays.

    \b
      wa2pg review
      wa2pg review office --delimiter semicolon
    """
    if account_name is not None:
        if click.get_current_context().params.get("account") not in {None, account_name}:
            raise UserError(
                _("Two accounts were named, one of them with --account."),
                hint=f"wa2pg review {check_account(account_name)}",
                exit_code=ExitCode.USAGE,
            )
        invocation.account = check_account(account_name)
    written = write_review(invocation.data(), invocation.account, DELIMITERS.get(delimiter or ""))
    invocation.warnings += written.warnings
    unsure_below = number(UNSURE_BELOW, 1)
    rows = [
        (_("file"), str(written.path)),
        (_("rows"), number(written.rows)),
        (_("unsure"), _("{count} below {confidence}, at the top", count=written.unsure, confidence=unsure_below)),
        (_("set by a person"), number(written.edited)),
    ]
    if written.added:
        rows[1] = (_("rows"), _("{count} ({added} new)", count=written.rows, added=written.added))
    if written.skipped:
        rows[3] = (
            _("set by a person"),
            _("{count} ({skipped} skipped)", count=written.edited, skipped=written.skipped),
        )
    if written.unmatched:
        rows.append((_("matching nobody"), _("{count}, at the end", count=written.unmatched)))
    if written.backup:
        rows.append((_("as it was before"), str(written.backup)))
    body = asdict(written) | {"path": str(written.path), "backup": str(written.backup) if written.backup else None}
    del body["warnings"]  # the frame around every report has them
    return invocation.finish(
        {"file": body.pop("path"), **body},
        [report_text(_("Review: account {account}", account=invocation.account), rows)],
        next_command=f"wa2pg transform --account {invocation.account}",
    )

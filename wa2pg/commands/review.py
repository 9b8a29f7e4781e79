"""`wa2pg review`: the file in which a person has the last word."""

from dataclasses import asdict

import click

from schemas.datadir import check_account
from schemas.errors import ExitCode, UserError
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
                "Two accounts were named, one of them with --account.",
                hint=f"wa2pg review {check_account(account_name)}",
                exit_code=ExitCode.USAGE,
            )
        invocation.account = check_account(account_name)
    written = write_review(invocation.data(), invocation.account, DELIMITERS.get(delimiter or ""))
    invocation.warnings += written.warnings
    rows = [
        ("file", str(written.path)),
        ("rows", f"{written.rows:,}" + (f" ({written.added:,} new)" if written.added else "")),
        ("unsure", f"{written.unsure:,} below {UNSURE_BELOW}, at the top"),
        ("set by a person", f"{written.edited:,}" + (f" ({written.skipped:,} skipped)" if written.skipped else "")),
    ]
    if written.unmatched:
        rows.append(("matching nobody", f"{written.unmatched:,}, at the end"))
    if written.backup:
        rows.append(("as it was before", str(written.backup)))
    body = asdict(written) | {"path": str(written.path), "backup": str(written.backup) if written.backup else None}
    del body["warnings"]  # the frame around every report has them
    return invocation.finish(
        {"file": body.pop("path"), **body},
        [report_text(f"Review: account {invocation.account}", rows)],
        next_command=f"wa2pg transform --account {invocation.account}",
    )

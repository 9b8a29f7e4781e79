"""Imports that nobody watches: nothing to answer, one line of JSON, and the outcome in a file (docs/server.md)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import click

from extract.whatsapp.live.link import is_linked
from schemas.errors import ExitCode, UserError
from schemas.last_import import LastImport, write_last_import
from schemas.translation import _
from wa2pg.invocation import Invocation
from wa2pg.progress import Style
from wa2pg.start import may_be_repeated


def run_unattended(invocation: Invocation, org: str | None, *, from_files: bool, work: Callable[[], int]) -> int:
    """Do `work` and record what it came to, however it ends; killed, it stays recorded as running.

    Raises UserError (4) where somebody would have to scan a code.
    """
    data, account = invocation.data(), invocation.real_account()
    invocation.as_json = True
    if invocation.style is Style.BAR:
        invocation.style = Style.LOG
    began = LastImport(account=account, state="running", began_at=datetime.now(UTC), command=_again(account, org))
    code, said = int(ExitCode.FAILED), None
    try:
        # a stop may come as soon as others can see it
        write_last_import(data, began)
        if not from_files and not is_linked(data, account):
            raise UserError(
                _("No phone is linked to the account {account}, and nobody is here to link one.", account=account),
                hint=_("link it once at a terminal: {command}", command=f"wa2pg extract --account {account}"),
                exit_code=ExitCode.PAIRING,
            )
        code = work()
    except UserError as error:
        code, said = int(error.exit_code), error.message
        raise
    except KeyboardInterrupt:
        code = int(ExitCode.INTERRUPTED)
        raise
    finally:
        ended = {"state": "done" if code == 0 else "failed", "ended_at": datetime.now(UTC)}
        # a disk that is full ended the run: its own sentence counts, and the doctor finds an import that has not ended
        with suppress(OSError):
            write_last_import(data, began.model_copy(update={**ended, "exit_code": code, "said": said}))
    return code


def _again(account: str, org: str | None) -> list[str]:
    """The words that do this import again, also where this run's environment is not set."""
    given = click.get_current_context().obj or ()
    words = list(given) if "--unattended" in given and may_be_repeated(given) else ["import", "--unattended"]
    options = {word.partition("=")[0] for word in words}
    if "--account" not in options:
        words += ["--account", account]
    if org and not {"--org", "--organization-id"} & options and may_be_repeated([org]):
        words += ["--org", org]
    return words

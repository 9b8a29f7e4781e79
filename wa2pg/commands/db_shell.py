"""`wa2pg db shell`: SQL by hand in the database that is loaded."""

import os
import signal
import sys
from typing import NoReturn

import click

from load.database import connect
from load.shell import check_read_only, psql_call, shell_conninfo
from schemas.settings import read_settings
from schemas.translation import _
from wa2pg.invocation import Invocation
from wa2pg.language import lang_option
from wa2pg.progress import Style
from wa2pg.sql_prompt import run_command, run_prompt
from wa2pg.talk import say
from wa2pg.target import shell_address


@click.command("shell", short_help="SQL by hand: psql, or a small prompt.")
@click.option("-c", "--command", metavar="SQL", help="Run this, print what it gives, and leave.")
@click.option("--write", is_flag=True, help="Allow changes; without it every transaction is read-only.")
@click.option("--no-psql", is_flag=True, help="Use wa2pg's own prompt also where psql is.")
@lang_option
def shell_command(command: str | None, write: bool, no_psql: bool) -> int:
    """Open the database that is loaded, to look into it with SQL.

    psql is used where it is installed, else a small prompt of wa2pg's own. Without --write every transaction is
    read-only, which guards against slips.

    \b
      wa2pg db shell
      wa2pg db shell -c "select count(*) from clients"
    """
    settings = read_settings()
    invocation = Invocation("db shell", settings, settings.account, as_json=False, quiet=True, style=Style.NONE)
    address = shell_address(invocation)
    conninfo = shell_conninfo(address.conninfo, write=write)
    # the address is tried first: what is wrong with it is told in our words
    with connect(conninfo) as connection:
        if not write:
            check_read_only(connection)
        call = None if no_psql or address.psql is None else psql_call(address.psql, conninfo, command)
        if command is None and sys.stdin.isatty():
            say(
                _("What you change is kept at once.")
                if write
                else _(
                    "Every transaction is read-only here, against slips; to change something: wa2pg db shell --write"
                )
            )
        if call is not None:
            connection.close()
            _become(*call)
        return run_prompt(connection) if command is None else run_command(connection, command)


def _become(words: list[str], environment: dict[str, str]) -> NoReturn:
    """Go on as psql in this process: its exit code, its Ctrl-C."""
    sys.stdout.flush()
    sys.stderr.flush()
    # Python had switched this signal off
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execve(words[0], words, environment)  # noqa: S606  (no shell is wanted)

"""What every command shares: account, settings, data directory, progress, warnings and the report's frame."""

import functools
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from schemas.datadir import DataDir, check_account, open_data_dir
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress
from schemas.settings import Settings, read_settings
from schemas.translation import _
from schemas.version import VERSION
from wa2pg.completion import complete_account
from wa2pg.language import lang_option
from wa2pg.progress import Style, default_style, shown_progress
from wa2pg.talk import pasteable, stdout, talk_in_json, warn

DEMO_ACCOUNT = "demo"


@dataclass
class Invocation:
    """One run of one command."""

    command: str
    settings: Settings
    account: str
    as_json: bool
    quiet: bool
    style: Style
    names_account: bool = True
    started: float = field(default_factory=time.monotonic)
    warnings: list[str] = field(default_factory=list)
    settings_problem: UserError | None = None
    _data: DataDir | None = None

    def data(self) -> DataDir:
        """The data directory, made and tightened on first use."""
        if self._data is None:
            self._data, warnings = open_data_dir(self.settings.data_dir)
            self.warnings += warnings
        return self._data

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Progress on stderr in the style that was asked for."""
        with shown_progress(Style.NONE if self.quiet else self.style) as callback:
            yield callback

    def real_account(self) -> str:
        """The account, for commands that must not mix the sample with a company's own data."""
        if self.account == DEMO_ACCOUNT:
            raise UserError(
                _("The account name '{account}' is the sample's.", account=DEMO_ACCOUNT),
                hint=_("run: wa2pg demo, or choose another name with --account"),
                exit_code=ExitCode.USAGE,
            )
        return self.account

    def finish(
        self,
        body: dict[str, Any],
        reports: list[Text],
        *,
        exit_code: ExitCode = ExitCode.DONE,
        next_command: str | None = None,
    ) -> int:
        """Print the report, as tables or as one JSON document, and return the exit code."""
        next_command = pasteable(next_command) if next_command else None
        if self.as_json:
            frame = {
                "command": self.command,
                "version": VERSION,
                "ok": exit_code is ExitCode.DONE,
                "exit_code": int(exit_code),
                "account": self.account if self.names_account else None,
                "seconds": round(time.monotonic() - self.started, 3),
                **body,
                "next": next_command,
                "warnings": self.warnings,
            }
            click.echo(json.dumps(frame, ensure_ascii=not _takes_any_letter(), default=str))
            return int(exit_code)
        console = stdout()
        for report in reports:
            console.print(report)
        for warning in self.warnings:
            warn(warning)
        if next_command and not self.quiet:
            console.print(_("Next: {command}", command=next_command), markup=False)
        return int(exit_code)


def _takes_any_letter() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") in {"", "utf8"}


_account_option = click.option(
    "--account",
    metavar="NAME",
    shell_complete=complete_account,
    help="WhatsApp account to work on (WA2PG_ACCOUNT).",
)


def command_options(
    name: str, *, account: bool = True, lenient: bool = False
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command the options that all share; it receives an Invocation as its first argument.

    `account=False` leaves --account out, for commands that work on none or on several. A `lenient` command runs also
    with settings that cannot be used: it gets the defaults, and the problem.
    """
    names_account = account

    def decorate(function: Callable[..., int]) -> Callable[..., int]:
        @click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
        @click.option(
            "--progress",
            "style",
            type=click.Choice([style.value for style in Style]),
            help="How to show progress.  [default: bar at a terminal, else log]",
        )
        @click.option("-q", "--quiet", is_flag=True, help="No progress and no advice; errors and the report only.")
        @click.option(
            "-v",
            "--verbose",
            count=True,
            show_default=False,
            help="Twice (-vv): show where an unexpected error happened.",
        )
        @lang_option
        @functools.wraps(function)
        def wrapper(
            as_json: bool, style: str | None, quiet: bool, verbose: int, account: str | None = None, **options: Any
        ) -> int:
            del verbose  # read by wa2pg.start before any command runs
            if style == Style.JSON:
                talk_in_json()
            problem: UserError | None = None
            try:
                settings = read_settings()
                check_account(account or settings.account)
            except UserError as error:
                if not lenient or account:
                    raise
                settings, problem = Settings.model_construct(), error
            invocation = Invocation(
                command=name,
                settings=settings,
                account=check_account(account or settings.account),
                as_json=as_json,
                quiet=quiet,
                style=Style(style) if style else default_style(),
                names_account=names_account,
                settings_problem=problem,
            )
            try:
                return function(invocation, **options)
            except UserError as error:
                if invocation.as_json:
                    hint = pasteable(error.hint) if error.hint else None
                    body = {"error": {"message": pasteable(error.message), "hint": hint}}
                    invocation.finish(body, [], exit_code=error.exit_code)
                raise

        return _account_option(wrapper) if names_account else wrapper

    return decorate


EXISTING = click.Path(path_type=Path)

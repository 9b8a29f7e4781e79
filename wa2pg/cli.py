"""The command tree of `wa2pg`."""

import importlib
from difflib import get_close_matches
from typing import Any

import click

from schemas.translation import _
from wa2pg.command_list import COMMANDS
from wa2pg.language import in_language, lang_option
from wa2pg.talk import end_line


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            # click would do it also where every line is JSON
            end_line()
            raise click.Abort from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            if ctx.resilient_parsing:
                return None
            close = get_close_matches(cmd_name, COMMANDS, n=1)
            if close:
                ctx.fail(_("No such command {name}. Did you mean {close}?", name=repr(cmd_name), close=close[0]))
            ctx.fail(_("No such command {name!r}.", name=cmd_name))
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return in_language(command)


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from wa2pg.versions import versions  # noqa: PLC0415 - no other command has a use for it

        click.echo(versions())
        context.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 80},
    epilog=(
        "Exit codes: 0 done, 1 failed, 2 usage, 3 configuration, 4 pairing, 5 archive, 6 database, "
        "7 enrichment service, 130 interrupted."
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print versions and exit.",
)
@lang_option
def cli() -> None:
    """Move a company's WhatsApp history into the PostgreSQL database of its CRM.

    \b
      wa2pg extract                    WhatsApp's history to an immutable snapshot
      wa2pg transform                  snapshots to clean tables, offline
      wa2pg load --org NAME            clean tables to PostgreSQL
    """

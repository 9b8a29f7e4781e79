"""`wa2pg completion`: what a shell needs to complete commands, options, accounts and organisations."""

import click
from click.shell_completion import get_completion_class

from schemas.errors import ExitCode
from wa2pg.language import lang_option

_VARIABLE = "_WA2PG_COMPLETE"


@click.command("completion", short_help="Tab completion for bash, zsh or fish.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@lang_option
@click.pass_context
def completion_command(context: click.Context, shell: str) -> int:
    """Print what SHELL reads to complete wa2pg's commands, options, accounts and organisations.

    \b
      wa2pg completion bash > ~/.local/share/bash-completion/completions/wa2pg
      wa2pg completion zsh  > ~/.zfunc/_wa2pg
      wa2pg completion fish > ~/.config/fish/completions/wa2pg.fish
    """
    found = get_completion_class(shell)
    if found is None:
        raise AssertionError("click completes in these shells")
    click.echo(found(context.find_root().command, {}, "wa2pg", _VARIABLE).source())
    return ExitCode.DONE

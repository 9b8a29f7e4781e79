"""The command reference in docs/cli.md, made from the commands."""

from collections.abc import Iterator

import click

from wa2pg.cli import cli


def reference() -> str:
    """Every command's help, as Markdown."""
    return "\n".join(_section(path, command) for path, command in commands())


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before what is in them."""
    yield from _walk("wa2pg", cli)


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _walk(f"{path} {name}", inner)


def _section(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path, terminal_width=100, max_content_width=100)
    context.show_default = True
    context.help_option_names = ["-h", "--help"]
    return f"\n## {path}\n\n```\n{command.get_help(context)}\n```\n"

"""What the Tab key offers for accounts."""

import click
from click.shell_completion import CompletionItem

from schemas.datadir import DataDir
from schemas.errors import UserError
from schemas.settings import read_settings


def complete_account(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The accounts that have an archive."""
    try:
        names = DataDir(read_settings().data_dir.expanduser().absolute()).accounts()
    except (UserError, OSError):
        return []
    return [CompletionItem(name) for name in names if name.startswith(begun)]

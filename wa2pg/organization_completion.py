"""What the Tab key offers for organisations; nobody is asked who has to be woken first."""

import click
import psycopg
from click.shell_completion import CompletionItem
from psycopg.conninfo import make_conninfo

from load.database import connect
from load.embedded import find_running
from load.organizations import list_organizations
from schemas.datadir import DataDir
from schemas.errors import UserError
from schemas.settings import Settings, read_settings
from wa2pg.target import COMPANY_DATABASE

_SECONDS = 2


def complete_organization(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The organisations of the database, by slug, if it answers at once."""
    try:
        conninfo = _conninfo(read_settings())
        if conninfo is None:
            return []
        with connect(make_conninfo(conninfo, connect_timeout=_SECONDS)) as connection:
            found = list_organizations(connection)
    except (UserError, OSError, psycopg.Error):
        return []
    return [CompletionItem(one.slug, help=one.name) for one in found if one.slug.startswith(begun)]


def _conninfo(settings: Settings) -> str | None:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    embedded = find_running(DataDir(settings.data_dir.expanduser().absolute()).postgres)
    return embedded.conninfo(COMPANY_DATABASE) if embedded else None

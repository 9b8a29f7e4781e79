"""The command tree of `wa2pg`."""

import platform
from importlib.metadata import version

import click

from schemas.version import VERSION
from wa2pg.commands.audit import audit_command
from wa2pg.commands.database import db_group, org_group
from wa2pg.commands.demo import demo_command
from wa2pg.commands.extract import extract_command
from wa2pg.commands.import_ import import_command
from wa2pg.commands.load import load_command
from wa2pg.commands.transform import transform_command

_PARTS = ("neonize", "pyarrow", "duckdb", "psycopg", "fasttext-community", "phonenumbers")


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        parts = ", ".join(f"{part} {version(part)}" for part in _PARTS)
        click.echo(f"wa2pg {VERSION} (Python {platform.python_version()}, {parts})")
        context.exit()


@click.group(
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
def cli() -> None:
    """Move a company's WhatsApp history into the PostgreSQL database of its CRM.

    \b
      wa2pg extract --replay FOLDER    payloads to an immutable snapshot
      wa2pg transform                  snapshots to clean tables, offline
      wa2pg load --org NAME            clean tables to PostgreSQL
    """


for _command in (
    extract_command,
    transform_command,
    load_command,
    import_command,
    audit_command,
    db_group,
    org_group,
    demo_command,
):
    cli.add_command(_command)

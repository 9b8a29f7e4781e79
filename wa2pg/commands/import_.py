"""`wa2pg import`: extract, transform and load in a row, with one report."""

from datetime import datetime
from typing import Any

import click

from schemas.errors import ExitCode
from wa2pg.commands.extract import exit_code_of, extract_body, extract_table, finish_extract, note
from wa2pg.commands.load import (
    check_target,
    load_body,
    load_table,
    look_into_it,
    next_after_load,
    run_load,
    with_load_options,
)
from wa2pg.commands.transform import as_of_option, run_transform, transform_body, transform_table
from wa2pg.commands.transform import exit_code_of as transform_exit_code
from wa2pg.invocation import Invocation, command_options
from wa2pg.language_model import language_model, with_language_model_options
from wa2pg.organization_completion import complete_organization
from wa2pg.sources import SOURCE_OPTIONS, take, with_source_options
from wa2pg.unattended import run_unattended


@click.command("import", short_help="Extract, transform and load in a row.")
@click.option(
    "--organization-id",
    "--org",
    "org",
    metavar="ORG",
    shell_complete=complete_organization,
    help="Organisation, by id or slug (WA2PG_ORG).",
)
@with_source_options
@as_of_option
@with_load_options
@click.option("--unattended", is_flag=True, help="Ask nothing, print one line of JSON, leave the outcome in a file.")
@with_language_model_options
@command_options("import")
def import_command(invocation: Invocation, unattended: bool, **options: Any) -> int:
    """Take payloads into the archive, make clean tables of it and load them.

    --limit and --dry-run act on the load alone: the snapshot and the clean tables are made whole and stay.

    \b
      wa2pg import --organization-id silk-road-tours --replay history/ --dry-run
      wa2pg import --org silk-road-tours --unattended
    """
    if unattended:
        from_files = bool(options["paths"])
        org = options["org"] or invocation.settings.org
        return run_unattended(invocation, org, from_files=from_files, work=lambda: _import(invocation, **options))
    return _import(invocation, **options)


def _import(
    invocation: Invocation,
    org: str | None,
    as_of: datetime | None,
    **options: Any,
) -> int:
    model = language_model(invocation, options)
    check_target(invocation, org, options)
    source = {name: options.pop(name) for name in SOURCE_OPTIONS}
    extracted = take(invocation, source)
    note(invocation, extracted)
    tables = [extract_table(invocation, extracted)]
    stopped = exit_code_of(extracted, strict=False)
    if stopped is not ExitCode.DONE:
        return finish_extract(invocation, extracted, {"extract": extract_body(extracted)}, stopped)
    cleaned = run_transform(invocation, as_of, model)
    report, psql = run_load(invocation, org, options)
    tables += [transform_table(invocation, cleaned), load_table(invocation, report), *look_into_it(psql)]
    body = {
        "extract": extract_body(extracted),
        "transform": transform_body(cleaned),
        "load": load_body(report),
    }
    code = transform_exit_code(cleaned)
    return invocation.finish(
        body, tables, exit_code=code, next_command=next_after_load(invocation, report, org, options)
    )

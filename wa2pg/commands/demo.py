"""`wa2pg demo`: the sample account through the whole pipeline, beside everything that is the company's own."""

import tempfile
from pathlib import Path

import click

from extract.own import parse_own
from extract.whatsapp.replay import replay
from extract.whatsapp.sample import SAMPLE_AS_OF, SAMPLE_OWN_LID, SAMPLE_OWN_PHONE, write_sample
from load.organizations import create_organization
from load.report import LoadOptions
from load.run import load
from schemas.errors import ExitCode, UserError
from schemas.translation import _
from transform.run import TransformOptions, transform
from wa2pg.commands.extract import extract_body, extract_table
from wa2pg.commands.load import load_body, load_table, look_into_it
from wa2pg.commands.transform import transform_body, transform_table, transform_warnings
from wa2pg.invocation import DEMO_ACCOUNT, EXISTING, Invocation, command_options
from wa2pg.target import DEMO_DATABASE, open_embedded

_ORGANIZATION = "Demo Tours"


@click.command("demo", short_help="Try it all on a sample account.")
@click.option(
    "--save-history",
    type=EXISTING,
    metavar="FOLDER",
    help="Also leave the sample's history files there, to try extract --replay with.",
)
@command_options("demo", account=False)
def demo_command(invocation: Invocation, save_history: Path | None) -> int:
    """Extract, transform and load an invented tour company's account into an embedded PostgreSQL.

    Works on the account `demo` and a database of its own. Of the settings only the data directory counts:
    DATABASE_URL is not read.

    \b
      wa2pg demo
      wa2pg demo --save-history history/
    """
    invocation.account, invocation.names_account = DEMO_ACCOUNT, True
    data = invocation.data()
    if save_history:
        _save_history(save_history)
    with invocation.progress() as progress, tempfile.TemporaryDirectory(prefix="wa2pg-demo-") as folder:
        payloads = write_sample(Path(folder))
        own = parse_own(SAMPLE_OWN_PHONE, SAMPLE_OWN_LID)
        extracted = replay(data, DEMO_ACCOUNT, payloads, own=own, progress=progress)
        options = TransformOptions(as_of=SAMPLE_AS_OF, region="KG")
        cleaned = transform(data, DEMO_ACCOUNT, options, progress)
    invocation.warnings += transform_warnings(cleaned)
    with invocation.progress() as progress, open_embedded(invocation, DEMO_DATABASE) as target:
        organization = create_organization(target.connection, _ORGANIZATION, id=None, slug=None).organization
        report = load(target.connection, cleaned, LoadOptions(org=str(organization.id)), progress)
        psql = target.psql
    invocation.warnings += report.warnings
    tables = [
        extract_table(invocation, extracted),
        transform_table(invocation, cleaned),
        load_table(invocation, report),
        *look_into_it(psql),
    ]
    body = {
        "extract": extract_body(extracted),
        "transform": transform_body(cleaned),
        "load": load_body(report),
        "psql": psql,
    }
    return invocation.finish(body, tables, next_command="wa2pg init")


def _save_history(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            _("{folder} is there already and not empty.", folder=str(folder)),
            hint=_("name a folder that is not there yet"),
            exit_code=ExitCode.USAGE,
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_sample(folder)

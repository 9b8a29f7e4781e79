"""`wa2pg db …` and `wa2pg org …`: the tables, the embedded server, the organisations."""

import uuid

import click

from load.embedded import stop_embedded
from load.migrate import migrate
from load.organizations import create_organization, list_organizations, made_by_crm
from schemas.errors import ExitCode, UserError
from schemas.translation import _
from wa2pg.commands.db_check import check_command
from wa2pg.commands.db_shell import shell_command
from wa2pg.commands.load import look_into_it
from wa2pg.invocation import Invocation, command_options
from wa2pg.talk import report_text, say
from wa2pg.target import open_target


@click.group("db", short_help="The database's tables and the embedded server.")
def db_group() -> None:
    """The database that is loaded: DATABASE_URL's, or the embedded PostgreSQL where none is set.

    \b
      wa2pg db check --org silk-road-tours
      wa2pg db shell
    """


db_group.add_command(check_command)
db_group.add_command(shell_command)


@db_group.command("migrate", short_help="Make or update our tables.")
@command_options("db migrate", account=False)
def migrate_command(invocation: Invocation) -> int:
    """Make or update wa2pg's own tables; again, it changes nothing.

    Refuses where tables of these names exist that wa2pg did not make.

    \b
      wa2pg db migrate
    """
    with open_target(invocation) as target, invocation.progress() as progress:
        report = migrate(target.connection, progress)
    rows = [
        (_("layout"), report.layout),
        (_("applied"), ", ".join(report.applied) or _("nothing, all were there")),
    ]
    body = {"layout": report.layout, "applied": report.applied, "already": report.already}
    return invocation.finish(body, [report_text(_("Migrate"), rows)], next_command=_('wa2pg org create "My company"'))


@db_group.command("start", short_help="Start the embedded PostgreSQL.")
@command_options("db start", account=False)
def start_command(invocation: Invocation) -> int:
    """Start the embedded PostgreSQL (after a reboot, say) and print how to reach it.

    \b
      wa2pg db start
    """
    _refuse_with_address(invocation)
    with open_target(invocation) as target:
        reports = [report_text(_("Embedded PostgreSQL"), [(_("server"), _("running"))]), *look_into_it(target.psql)]
        return invocation.finish({"psql": target.psql}, reports)


@db_group.command("stop", short_help="Stop the embedded PostgreSQL.")
@command_options("db stop", account=False)
def stop_command(invocation: Invocation) -> int:
    """Stop the embedded PostgreSQL; its data stay.

    \b
      wa2pg db stop
    """
    _refuse_with_address(invocation)
    stopped = stop_embedded(invocation.data().postgres)
    rows = [(_("server"), _("stopped") if stopped else _("was not running"))]
    return invocation.finish({"stopped": stopped}, [report_text(_("Embedded PostgreSQL"), rows)])


def _refuse_with_address(invocation: Invocation) -> None:
    if invocation.settings.database_url is not None:
        raise UserError(
            _("DATABASE_URL is set, so the embedded PostgreSQL is not in use."),
            hint=_("leave DATABASE_URL empty to use it"),
            exit_code=ExitCode.CONFIGURATION,
        )


@click.group("org", short_help="Organisations in the database.")
def org_group() -> None:
    """The organisations whose clients the database holds.

    \b
      wa2pg org list
      wa2pg org create "Silk Road Tours"
    """


@org_group.command("create", short_help="Make an organisation.")
@click.argument("name")
@click.option("--id", "identifier", type=click.UUID, metavar="UUID", help="Its id.  [default: made from the slug]")
@click.option("--slug", metavar="SLUG", help="Its short name.  [default: made from NAME]")
@command_options("org create", account=False)
def create_command(invocation: Invocation, name: str, identifier: uuid.UUID | None, slug: str | None) -> int:
    """Make the organisation NAME; the same again says that it is there.

    \b
      wa2pg org create "Silk Road Tours"
    """
    with open_target(invocation) as target:
        result = create_organization(target.connection, name, id=identifier, slug=slug)
    organization = result.organization
    rows = [
        (_("organisation"), organization.name),
        ("slug", organization.slug),
        ("id", str(organization.id)),
        ("", _("made") if result.created else _("already there")),
    ]
    body = {
        "id": str(organization.id),
        "name": organization.name,
        "slug": organization.slug,
        "created": result.created,
    }
    return invocation.finish(
        body, [report_text(_("Organisation"), rows)], next_command=f"wa2pg load --org {organization.slug}"
    )


@org_group.command("list", short_help="List the organisations.")
@command_options("org list", account=False)
def list_command(invocation: Invocation) -> int:
    """List every organisation with its slug and id.

    \b
      wa2pg org list
    """
    with open_target(invocation) as target:
        organizations = list_organizations(target.connection)
        by_crm = not organizations and made_by_crm(target.connection)
    rows = [(organization.slug, f"{organization.id}  {organization.name}") for organization in organizations]
    body = {"organizations": [{"id": str(o.id), "name": o.name, "slug": o.slug} for o in organizations]}
    reports = [report_text(_("Organisations: {count}", count=len(organizations)), rows)]
    if by_crm and not invocation.quiet:
        say(_("The CRM itself makes organisations: make one there, then: {command}", command="wa2pg org list"))
    make_one = None if organizations or by_crm else _('wa2pg org create "My company"')
    return invocation.finish(body, reports, next_command=make_one)

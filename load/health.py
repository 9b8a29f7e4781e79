"""Whether a database can be loaded into: reachable, of a known version and layout, with the rights that it takes."""

from datetime import UTC, datetime, timedelta

import psycopg

from load.choose_target import choose_target
from load.database_errors import database_error
from load.layout import Layout, recognise
from load.organizations import find_organization, list_organizations
from schemas.health import Check, Health, checked
from schemas.translation import N_, _, ngettext

# what is further apart than this is no delay of the network
_CLOCKS_AGREE = timedelta(minutes=2)
_TABLES = N_("tables")
_ORGANIZATION = N_("organisation")


def check_database(connection: psycopg.Connection, organization: str | None) -> list[Check]:
    """The lines about a reachable database: version, layout, rights, organisation, clock. Nothing is written."""
    try:
        version = connection.info.server_version
        found = _("reachable, PostgreSQL {version}", version=f"{version // 10000}.{version % 10000}")
        checks = [Check(N_("database"), Health.OK, found)]
        tables = checked(_TABLES, lambda: _check_tables(connection))
        checks.append(tables)
        if tables.health is not Health.BROKEN:
            checks.append(checked(_ORGANIZATION, lambda: _check_organization(connection, organization)))
        checks.append(_check_clock(connection))
    except psycopg.Error as error:
        raise database_error(error, N_("looking at the database")) from None
    return checks


def _check_tables(connection: psycopg.Connection) -> Check:
    layout, target = choose_target(connection, None)
    target.check(connection)
    return Check(_TABLES, Health.OK, _("layout {layout}, whole, with the rights that a load needs", layout=layout))


def _check_organization(connection: psycopg.Connection, organization: str | None) -> Check:
    name = _ORGANIZATION
    if organization:
        found = f"{find_organization(connection, organization).slug} (WA2PG_ORG)"
        return Check(name, Health.OK, found)
    known = list_organizations(connection)
    if not known:
        of_crm = recognise(connection).layout is Layout.SOUL_KG
        in_crm = _("make it in the CRM, then: {command}", command="wa2pg org list")
        make_it = in_crm if of_crm else _('wa2pg org create "My company"')
        return Check(name, Health.WARNING, _("the database has none yet"), make_it)
    slugs = ", ".join(one.slug for one in known[:3]) + (", …" if len(known) > 3 else "")
    return Check(name, Health.OK, _("{count} in the database: {slugs}", count=len(known), slugs=slugs))


def _check_clock(connection: psycopg.Connection) -> Check:
    name = N_("server's clock")
    row = connection.execute("select clock_timestamp()").fetchone()
    apart = abs(datetime.now(UTC) - row[0]) if row else timedelta()
    if apart > _CLOCKS_AGREE:
        found = ngettext(
            "it and this machine's are {count} minute apart",
            "it and this machine's are {count} minutes apart",
            round(apart.total_seconds() / 60),
        )
        cure = _("set the wrong one: {command}", command="timedatectl set-ntp true")
        return Check(name, Health.WARNING, found, cure)
    return Check(name, Health.OK, _("agrees with this machine's"))

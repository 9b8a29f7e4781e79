"""Whether a database can be loaded into: reachable, of a known version and layout, with the rights that it takes."""

from datetime import UTC, datetime, timedelta

import psycopg

from load.choose_target import choose_target
from load.database_errors import database_error
from load.layout import Layout, recognise
from load.organizations import find_organization, list_organizations
from schemas.health import Check, Health, checked

# what is further apart than this is no delay of the network
_CLOCKS_AGREE = timedelta(minutes=2)
_TABLES = "tables"


def check_database(connection: psycopg.Connection, organization: str | None) -> list[Check]:
    """The lines about a reachable database: version, layout, rights, organisation, clock. Nothing is written."""
    try:
        version = connection.info.server_version
        checks = [Check("database", Health.OK, f"reachable, PostgreSQL {version // 10000}.{version % 10000}")]
        tables = checked(_TABLES, lambda: _check_tables(connection))
        checks.append(tables)
        if tables.health is not Health.BROKEN:
            checks.append(checked("organisation", lambda: _check_organization(connection, organization)))
        checks.append(_check_clock(connection))
    except psycopg.Error as error:
        raise database_error(error, "looking at the database") from None
    return checks


def _check_tables(connection: psycopg.Connection) -> Check:
    layout, target = choose_target(connection, None)
    target.check(connection)
    return Check(_TABLES, Health.OK, f"layout {layout}, whole, with the rights that a load needs")


def _check_organization(connection: psycopg.Connection, organization: str | None) -> Check:
    name = "organisation"
    if organization:
        return Check(name, Health.OK, f"{find_organization(connection, organization).slug} (WA2PG_ORG)")
    known = list_organizations(connection)
    if not known:
        of_crm = recognise(connection).layout is Layout.SOUL_KG
        make_it = "make it in the CRM, then: wa2pg org list" if of_crm else 'wa2pg org create "My company"'
        return Check(name, Health.WARNING, "the database has none yet", make_it)
    slugs = ", ".join(one.slug for one in known[:3]) + (", …" if len(known) > 3 else "")
    return Check(name, Health.OK, f"{len(known)} in the database: {slugs}")


def _check_clock(connection: psycopg.Connection) -> Check:
    row = connection.execute("select clock_timestamp()").fetchone()
    apart = abs(datetime.now(UTC) - row[0]) if row else timedelta()
    if apart > _CLOCKS_AGREE:
        found = f"it and this machine's are {apart.total_seconds() / 60:,.0f} minutes apart"
        return Check("server's clock", Health.WARNING, found, "set the wrong one: timedatectl set-ntp true")
    return Check("server's clock", Health.OK, "agrees with this machine's")

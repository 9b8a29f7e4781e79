"""A database that somebody names for the first time: whether it answers, whose tables it has, which organisations."""

import re
from dataclasses import dataclass
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from load.database_errors import database_error
from load.health import check_database
from load.layout import Layout, recognise
from load.migrate import known_migrations, recorded_migrations
from load.organizations import Organization, list_organizations
from schemas.errors import UserError
from schemas.health import Check, Health
from schemas.translation import N_

SECONDS_TO_ANSWER = 6
_USER = re.compile(r"(?:([^@/?]*)@)?(.*)", re.DOTALL)


@dataclass(frozen=True)
class FirstLook:
    """What is there. `to_migrate`: our tables are missing or old, which `wa2pg db migrate` mends."""

    layout: Layout
    to_migrate: bool
    checks: list[Check]
    organizations: list[Organization]

    @property
    def problems(self) -> list[Check]:
        """What keeps a load from going in, and that no migration mends."""
        return [] if self.to_migrate else [check for check in self.checks if check.health is Health.BROKEN]


def look_at(connection: psycopg.Connection) -> FirstLook:
    """Look at a database; nothing is written. Raises UserError (6) when it breaks off."""
    try:
        found = recognise(connection)
    except psycopg.Error as error:
        raise database_error(error, N_("looking at the database")) from None
    checks = check_database(connection, None)
    sound = all(check.health is not Health.BROKEN for check in checks)
    return FirstLook(
        found.layout,
        found.layout is Layout.EMPTY or (found.layout is Layout.CRM and _is_behind(connection)),
        # which organisation is the next question, not a finding
        [check for check in checks if check.name != "organisation"],
        list_organizations(connection) if sound else [],
    )


def _is_behind(connection: psycopg.Connection) -> bool:
    try:
        recorded = recorded_migrations(connection)
    except psycopg.Error:
        return False
    return set(recorded) < {migration.name for migration in known_migrations()}


def wants_password(error: UserError) -> bool:
    """Whether a connection failed because the server asks for a password and there was none to give."""
    # the sentence was raised from libpq's own error, which is never shown
    cause = error.__context__
    return isinstance(cause, psycopg.Error) and cause.pgconn is not None and bool(cause.pgconn.needs_password)


def with_password(conninfo: str, password: str) -> str:
    """The same address with a password in it."""
    scheme, is_url, rest = conninfo.partition("://")
    if not is_url or not scheme.startswith("postgres"):
        return make_conninfo(conninfo, password=password)
    found = _USER.fullmatch(rest)
    user, place = found.groups() if found else (None, rest)
    return f"{scheme}://{(user or '').partition(':')[0]}:{quote(password, safe='')}@{place}"

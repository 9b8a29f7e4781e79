"""Whose tables a database has, and whether wa2pg may load into them."""

from dataclasses import dataclass
from enum import StrEnum

import psycopg

from schemas.errors import ExitCode, UserError
from schemas.translation import _

CRM_TABLES = (
    "organizations",
    "clients",
    "conversations",
    "messages",
    "client_status_history",
    "import_runs",
    "import_run_changes",
    "import_run_rows",
)
MIGRATIONS_TABLE = "wa2pg_migrations"


class Layout(StrEnum):
    """Whose tables they are: none, ours, the Soul KG CRM's, or some other program's."""

    EMPTY = "empty"
    CRM = "crm"
    SOUL_KG = "soul_kg"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class Found:
    """What is in the schema `public`: the layout and those of our table names that exist."""

    layout: Layout
    tables: frozenset[str]


def recognise(connection: psycopg.Connection) -> Found:
    """Tell the layout by the names of tables and columns, which every database user may read."""
    rows = connection.execute(
        """
        select c.relname, exists (
          select from pg_catalog.pg_attribute a
          where a.attrelid = c.oid and a.attname = 'organizationId' and not a.attisdropped
        )
        from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname = any(%s)
        """,
        [[*CRM_TABLES, MIGRATIONS_TABLE]],
    ).fetchall()
    tables = frozenset(name for name, _ in rows)
    if MIGRATIONS_TABLE in tables:
        layout = Layout.CRM
    elif any(camel_case for _, camel_case in rows):
        layout = Layout.SOUL_KG
    else:
        layout = Layout.FOREIGN if tables else Layout.EMPTY
    return Found(layout, tables)


def refuse_other_layouts(found: Found) -> None:
    """Raise UserError (6) when the tables are not ours."""
    if found.layout is Layout.SOUL_KG:
        raise UserError(
            _(
                "This database has the tables of the Soul KG CRM: wa2pg loads into them as they stand and never "
                "migrates them."
            ),
            hint=_("nothing to migrate: wa2pg org list, then: wa2pg load --org ORG"),
            exit_code=ExitCode.DATABASE,
        )
    if found.layout is Layout.FOREIGN:
        names = ", ".join(sorted(found.tables))
        raise UserError(
            _("This database has tables of another program under names that wa2pg uses: {names}.", names=names),
            hint=_("make a database for wa2pg (createdb NAME) and set DATABASE_URL to it"),
            exit_code=ExitCode.DATABASE,
        )

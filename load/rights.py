"""What the loading user must be allowed, checked before anything is written."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from load.layout import MIGRATIONS_TABLE
from schemas.errors import ExitCode, UserError
from schemas.translation import _

# docs/postgres.md shows the same as GRANT statements; a test runs with exactly these
LOAD_RIGHTS: Mapping[str, tuple[str, ...]] = {
    MIGRATIONS_TABLE: ("select",),
    "organizations": ("select",),
    "import_runs": ("select", "insert", "update"),
    "clients": ("select", "insert", "update"),
    "conversations": ("select", "insert", "update"),
    "messages": ("select", "insert", "update"),
    "client_status_history": ("select", "insert"),
    "import_run_changes": ("select", "insert"),
    "import_run_rows": ("insert",),
}
# and taking a load back
UNDO_RIGHTS: Mapping[str, tuple[str, ...]] = {
    MIGRATIONS_TABLE: ("select",),
    "organizations": ("select",),
    "import_runs": ("select", "update"),
    "clients": ("select", "update", "delete"),
    "conversations": ("select", "update", "delete"),
    "messages": ("select", "update", "delete"),
    "client_status_history": ("select", "delete"),
    "import_run_changes": ("select", "delete"),
    "import_run_rows": ("select", "delete"),
}


def check_load_rights(connection: psycopg.Connection, needed: Mapping[str, tuple[str, ...]] = LOAD_RIGHTS) -> None:
    """Raise UserError (6) with the GRANTs that are missing for a load; a table that is not there lacks none."""
    _check(connection, needed, _("The database user lacks rights that a load needs."))


def check_undo_rights(connection: psycopg.Connection, needed: Mapping[str, tuple[str, ...]] = UNDO_RIGHTS) -> None:
    """Raise UserError (6) with the GRANTs that are missing for taking a load back."""
    _check(connection, needed, _("The database user lacks rights that taking a load back needs."))


def _check(connection: psycopg.Connection, needed: Mapping[str, tuple[str, ...]], lacks: str) -> None:
    wanted = [(table, right) for table, rights in needed.items() for right in rights]
    rows = connection.execute(
        """
        select table_name, privilege
        from unnest(%s::text[], %s::text[]) with ordinality as wanted (table_name, privilege, position)
        -- by oid: a name is not looked up for those who may not use the schema
        join pg_catalog.pg_class c on c.relname = table_name and c.relnamespace = 'public'::regnamespace
        where not has_table_privilege(c.oid, privilege)
        order by position
        """,
        [[table for table, _right in wanted], [right for _table, right in wanted]],
    ).fetchall()
    row = connection.execute(
        """
        select current_user, current_database(), has_database_privilege(current_database(), 'temporary'),
               has_schema_privilege('public', 'usage')
        """
    ).fetchone()
    if row is None:
        raise AssertionError("a select without from gives one row")
    user, database, temporary, usage = row
    grants = [
        sql.SQL("grant {} on public.{} to {};").format(
            sql.SQL(", ").join(sql.SQL(right) for name, right in rows if name == table),
            sql.Identifier(table),
            sql.Identifier(user),
        )
        for table in dict.fromkeys(name for name, _ in rows)
    ]
    if not temporary:
        grants.append(
            sql.SQL("grant temporary on database {} to {};").format(sql.Identifier(database), sql.Identifier(user))
        )
    if not usage:
        grants.insert(0, sql.SQL("grant usage on schema public to {};").format(sql.Identifier(user)))
    if grants:
        raise UserError(
            lacks,
            hint="\n".join([_("let the owner of the tables run:"), *(grant.as_string(connection) for grant in grants)]),
            exit_code=ExitCode.DATABASE,
        )

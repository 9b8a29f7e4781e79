"""Making and changing wa2pg's own tables: numbered SQL files, each applied once, in order, whole or not at all.

Only forward; an applied file is never edited. The table wa2pg_migrations holds each file's name and sha256.
"""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

import psycopg

from load.database_errors import database_error
from load.layout import CRM_TABLES, Layout, recognise, refuse_other_layouts
from schemas.errors import ExitCode, UserError
from schemas.progress import Progress, Step, no_progress
from schemas.translation import N_, _

# any constant will do, as long as two migrations take the same
_LOCK = 0x77613270_67000001
_COMMAND = "wa2pg db migrate"
_MIGRATIONS_DDL = """
create table public.wa2pg_migrations (
  name text primary key,
  sha256 text not null,
  applied_at timestamptz not null default now()
);
comment on table public.wa2pg_migrations is 'What wa2pg db migrate has applied'
"""


@dataclass(frozen=True)
class Migration:
    """One file of load/migrations."""

    name: str
    sql: bytes

    @property
    def sha256(self) -> str:
        """Hex sha256 of the file."""
        return hashlib.sha256(self.sql).hexdigest()


@dataclass(frozen=True)
class MigrationReport:
    """Names of the migrations applied now and those that were there already."""

    applied: list[str]
    already: list[str]
    layout: str


def known_migrations() -> list[Migration]:
    """The migrations of this version, in order."""
    folder = files("load") / "migrations"
    found = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return [Migration(file.name, file.read_bytes()) for file in sorted(found, key=lambda file: file.name)]


def migrate(connection: psycopg.Connection, progress: Progress = no_progress) -> MigrationReport:
    """Apply what is missing; raises UserError (6) when the database is another program's or does not match."""
    known = known_migrations()
    applied = []
    try:
        with connection.transaction():
            _begin(connection)
            found = recognise(connection)
            refuse_other_layouts(found)
            if found.layout is Layout.EMPTY:
                connection.execute(_MIGRATIONS_DDL)
            already = list(recorded_migrations(connection))
        for number, migration in enumerate(known):
            progress(Step(N_("applying migrations"), number, len(known)))
            if _apply(connection, migration, known):
                applied.append(migration.name)
    except psycopg.Error as error:
        raise database_error(error, N_("migrating")) from None
    return MigrationReport(applied, [name for name in already if name not in applied], Layout.CRM.value)


def check_migrated(connection: psycopg.Connection) -> None:
    """Raise UserError (6) unless this database has exactly the tables that this version knows."""
    found = recognise(connection)
    refuse_other_layouts(found)
    if found.layout is Layout.EMPTY:
        raise UserError(
            _("This database has no tables of wa2pg yet."),
            hint=_("run: {command}", command=_COMMAND),
            exit_code=ExitCode.DATABASE,
        )
    known = known_migrations()
    recorded = recorded_migrations(connection)
    _compare(recorded, known)
    if len(recorded) < len(known):
        raise UserError(
            _(
                "This database lacks what this version needs: {applied} of {known} migrations are applied.",
                applied=len(recorded),
                known=len(known),
            ),
            hint=_("run: {command}", command=_COMMAND),
            exit_code=ExitCode.DATABASE,
        )
    missing = sorted(set(CRM_TABLES) - found.tables)
    if missing:
        raise UserError(
            _("Tables of wa2pg are gone from this database: {names}.", names=", ".join(missing)),
            hint=_("restore them from a backup, or make a new database and run: {command}", command=_COMMAND),
            exit_code=ExitCode.DATABASE,
        )


def _apply(connection: psycopg.Connection, migration: Migration, known: list[Migration]) -> bool:
    with connection.transaction():
        _begin(connection)
        recorded = recorded_migrations(connection)
        _compare(recorded, known)
        if migration.name in recorded:
            return False
        connection.execute(migration.sql)
        connection.execute(
            "insert into public.wa2pg_migrations (name, sha256) values (%s, %s)", [migration.name, migration.sha256]
        )
    return True


def _begin(connection: psycopg.Connection) -> None:
    connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def recorded_migrations(connection: psycopg.Connection) -> dict[str, str]:
    """The migrations that are applied: name and sha256."""
    rows = connection.execute("select name, sha256 from public.wa2pg_migrations order by name").fetchall()
    return dict(rows)


def _compare(recorded: dict[str, str], known: list[Migration]) -> None:
    newer = sorted(set(recorded) - {migration.name for migration in known})
    if newer:
        raise UserError(
            _("This database was migrated by a newer wa2pg ({migration}).", migration=newer[-1]),
            hint=_("use that version or a later one: git pull, then: make setup"),
            exit_code=ExitCode.DATABASE,
        )
    for migration in known:
        if recorded.get(migration.name, migration.sha256) != migration.sha256:
            raise UserError(
                _(
                    "The migration {migration} is not the one that was applied to this database.",
                    migration=migration.name,
                ),
                hint=_("an applied migration is never edited: restore the file from the release, then run this again"),
                exit_code=ExitCode.DATABASE,
            )

"""Migrations: each once, whole, and never over somebody else's tables."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from load.database import connect
from load.layout import CRM_TABLES
from load.migrate import MigrationReport, check_migrated, known_migrations, migrate
from load.report import LoadOptions
from load.run import load
from schemas.errors import ExitCode, UserError
from tests.load.clean_runs import Chat, write_clean_run
from tests.load.conftest import one

ALL = [migration.name for migration in known_migrations()]


def refusal(connection: psycopg.Connection) -> UserError:
    with pytest.raises(UserError) as raised:
        migrate(connection)
    assert raised.value.exit_code is ExitCode.DATABASE
    assert raised.value.hint
    return raised.value


def test_migrating_makes_every_table_once(empty_database: str) -> None:
    with connect(empty_database) as connection:
        assert migrate(connection) == MigrationReport(ALL, [], "crm")
        assert migrate(connection) == MigrationReport([], ALL, "crm")
        check_migrated(connection)
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        assert {name for (name,) in tables} == {*CRM_TABLES, "wa2pg_migrations"}
        undescribed = connection.execute(
            """
            select relname from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r' and obj_description(oid, 'pg_class') is null
            """
        ).fetchall()
        assert undescribed == []


def test_a_database_of_the_first_version_gets_what_came_since_and_keeps_its_rows(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Chat("+996555123456", languages={"ru": 0.75, "ky": 0.25})
    with connect(empty_database) as connection:
        with monkeypatch.context() as first_version:
            first_version.setattr("load.migrate.known_migrations", lambda: known_migrations()[:1])
            assert migrate(connection).applied == ["0001_crm.sql"]
        connection.execute(
            """
            with company as (
              insert into organizations (id, name, slug) values (gen_random_uuid(), 'Soul KG', 'soul-kg') returning id
            )
            insert into clients (id, organization_id, phone, preferred_language)
            select gen_random_uuid(), id, %s, 'ky' from company
            """,
            [chat.phone],
        )
        clean = write_clean_run(tmp_path / "run", [chat])
        options = LoadOptions(org="soul-kg", skip_duplicates=False)
        with pytest.raises(UserError, match="lacks what this version needs: 1 of 3") as raised:
            load(connection, clean, options)
        assert raised.value.hint == "run: wa2pg db migrate"
        assert migrate(connection) == MigrationReport(ALL[1:], ["0001_crm.sql"], "crm")
        assert one(connection, "select preferred_language, languages from clients") == ("ky", {})
        load(connection, clean, options)
        assert one(connection, "select preferred_language, languages from clients") == ("ru", chat.languages)


def test_every_column_that_a_later_migration_adds_says_what_it_is(connection: psycopg.Connection) -> None:
    assert "Share of each language" in one(
        connection,
        """
        select col_description(attrelid, attnum) from pg_attribute
        where attrelid = 'public.clients'::regclass and attname = 'languages'
        """,
    )


def test_two_migrations_at_once_apply_everything_once(empty_database: str) -> None:
    def run(_number: int) -> MigrationReport:
        with connect(empty_database) as connection:
            return migrate(connection)

    with ThreadPoolExecutor(4) as threads:
        reports = list(threads.map(run, range(4)))
    assert sorted(name for report in reports for name in report.applied) == ALL


def test_a_migration_that_fails_leaves_nothing_of_itself(empty_database: str) -> None:
    with connect(empty_database) as connection:
        # a type of this name is in the way of a table, and no table of ours is there
        connection.execute("create type messages as enum ('a')")
        assert "42710" in refusal(connection).message
        assert one(connection, "select count(*) from pg_tables where tablename = 'clients'") == 0
        with pytest.raises(UserError, match=f"lacks what this version needs: 0 of {len(ALL)}"):
            check_migrated(connection)
        connection.execute("drop type messages")
        assert migrate(connection).applied == ALL


def test_tables_of_another_program_are_refused(empty_database: str) -> None:
    with connect(empty_database) as connection:
        connection.execute("create table clients (id int)")
        connection.execute("create view messages as select 1 as id")
        assert "another program under names that wa2pg uses: clients, messages" in refusal(connection).message
        with pytest.raises(UserError, match="another program"):
            check_migrated(connection)


def test_the_soul_kg_crm_is_named_and_never_migrated(empty_database: str) -> None:
    with connect(empty_database) as connection:
        connection.execute('create table clients (id text primary key, "organizationId" text, phone text)')
        assert "Soul KG CRM" in refusal(connection).message
        assert one(connection, "select count(*) from pg_tables where schemaname = 'public'") == 1


def test_an_applied_migration_that_was_edited_is_refused(empty_database: str) -> None:
    with connect(empty_database) as connection:
        migrate(connection)
        connection.execute("update wa2pg_migrations set sha256 = 'another'")
        assert "0001_crm.sql is not the one that was applied" in refusal(connection).message


def test_a_database_of_a_newer_version_is_refused(empty_database: str) -> None:
    with connect(empty_database) as connection:
        migrate(connection)
        connection.execute("insert into wa2pg_migrations (name, sha256) values ('0099_later.sql', '')")
        assert "newer wa2pg (0099_later.sql)" in refusal(connection).message
        with pytest.raises(UserError, match="newer wa2pg"):
            check_migrated(connection)


def test_a_table_that_is_gone_is_named(empty_database: str) -> None:
    with connect(empty_database) as connection:
        migrate(connection)
        connection.execute("drop table messages")
        with pytest.raises(UserError, match=r"gone from this database: messages\."):
            check_migrated(connection)


def test_a_user_who_may_not_make_tables_is_told_so(empty_database: str) -> None:
    with connect(empty_database) as connection:
        connection.execute("drop role if exists visitor")
        connection.execute("create role visitor")
        connection.execute("set role visitor")
        found = refusal(connection)
        assert "may not do this while migrating (sqlstate 42501)" in found.message
        connection.execute("reset role")
        connection.execute("drop role visitor")


def test_no_row_can_belong_to_another_organization_than_its_parent(connection: psycopg.Connection) -> None:
    connection.execute(
        "insert into organizations (id, name, slug) values ('00000000-0000-0000-0000-000000000001', 'B', 'b')"
    )
    connection.execute(
        """
        insert into clients (id, organization_id, phone)
        select gen_random_uuid(), id, '+996555000001' from organizations where slug = 'soul-kg'
        """
    )
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(
            """
            insert into conversations (id, organization_id, client_id)
            select gen_random_uuid(), '00000000-0000-0000-0000-000000000001', id from clients
            """
        )

"""Databases that their owners have set up in ways of their own: policies, rules, settings of a role or database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from load.database import connect
from load.report import LoadOptions
from load.rights import LOAD_RIGHTS
from load.run import load
from load.runs import list_runs
from load.targets.crm import messages as message_step
from load.targets.crm.prepare import BatchSizes
from load.undo import UndoOptions, undo
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from tests.load.clean_runs import many_chats, write_clean_run
from tests.load.conftest import ORGANIZATION, one

ORG = LoadOptions("soul-kg")


@pytest.fixture
def clean(tmp_path: Path) -> CleanRunFolder:
    return write_clean_run(tmp_path / "run", many_chats(10, messages=10), row_group=20)


@pytest.fixture(autouse=True)
def all_batches_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_step, "SIZES", BatchSizes(20, 1))


@contextmanager
def loading_role(connection: psycopg.Connection) -> Iterator[str]:
    name = f"importer_{connection.info.dbname}"
    role = sql.Identifier(name)
    connection.execute(sql.SQL("create role {} login").format(role))
    try:
        for table, rights in LOAD_RIGHTS.items():
            granted = sql.SQL(", ").join(sql.SQL(right) for right in rights)
            connection.execute(sql.SQL("grant {} on {} to {}").format(granted, sql.Identifier(table), role))
        connection.execute(sql.SQL("grant set on parameter session_replication_role to {}").format(role))
        yield name
    finally:
        connection.execute(sql.SQL("reassign owned by {} to current_user").format(role))
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))


def set_for_all(connection: psycopg.Connection, setting: str) -> None:
    connection.execute(f"alter database {connection.info.dbname} set {setting}".encode())


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("owner", [False, True])
def test_policies_on_messages_are_asked(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder, fast: bool, owner: bool
) -> None:
    with loading_role(connection) as role:
        connection.execute("alter table messages enable row level security")
        connection.execute("alter table messages force row level security")
        connection.execute(
            f"create policy company on messages using (organization_id = '{ORGANIZATION}') "
            "with check (whatsapp_message_id <> '7-5')".encode()
        )
        if owner:
            connection.execute(sql.SQL("alter table messages owner to {}").format(sql.Identifier(role)))
        with connect(make_conninfo(database, user=role)) as limited, pytest.raises(UserError):
            # what a policy says no to is a right that lacks, and ends the load
            load(limited, clean, replace(ORG, fast=fast))
        connection.execute("alter policy company on messages with check (true)")
        with connect(make_conninfo(database, user=role)) as limited:
            assert load(limited, clean, replace(ORG, fast=fast)).messages.inserted == 100


def test_rules_on_messages_are_asked(connection: psycopg.Connection, clean: CleanRunFolder) -> None:
    connection.execute("create rule no_five as on insert to messages where new.body = 'text 5' do instead nothing")
    assert load(connection, clean, ORG).messages.inserted == 90


@pytest.mark.parametrize("fast", [False, True])
def test_columns_that_became_of_other_types_are_filled_all_the_same(
    connection: psycopg.Connection, clean: CleanRunFolder, fast: bool
) -> None:
    connection.execute("create type kind as enum ('TEXT', 'IMAGE', 'CALL')")
    connection.execute("alter table messages drop constraint messages_type_known")
    connection.execute(
        """
        alter table messages
          alter column type type kind using type::kind,
          alter column body type varchar(4000),
          alter column media_bytes type numeric
        """
    )
    connection.execute("create cast (text as kind) with inout as assignment")
    assert load(connection, clean, replace(ORG, fast=fast)).messages.inserted == 100
    assert one(connection, "select count(*) from messages where type = 'TEXT'") == 100


def test_a_rule_that_no_load_can_live_with_has_a_sentence(
    connection: psycopg.Connection, clean: CleanRunFolder
) -> None:
    connection.execute("create rule twice as on update to clients do also nothing")
    with pytest.raises(UserError) as raised:
        load(connection, clean, ORG)
    assert "a rule or a policy of yours" in raised.value.message
    assert raised.value.exit_code is ExitCode.DATABASE


@pytest.mark.parametrize("path", ["public, pg_temp", "other, pg_catalog, public", "public, pg_catalog, pg_temp", "''"])
@pytest.mark.parametrize("fast", [False, True])
def test_tables_and_functions_of_the_same_names_are_not_taken_for_ours(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder, path: str, fast: bool
) -> None:
    connection.execute("create schema other")
    for table in ("public.wa2pg_clients", "public.wa2pg_messages", "public.wa2pg_mine", "other.clients"):
        connection.execute(f"create table {table} (nothing int)".encode())
    connection.execute(
        """
        create function other.pg_try_advisory_xact_lock(bigint) returns boolean language sql as 'select false';
        create function other.md5(text) returns text language sql as 'select null::text';
        """
    )
    set_for_all(connection, f"search_path = {path}")
    with connect(database) as opened:
        options = replace(ORG, fast=fast, lock_timeout=1)
        assert load(opened, clean, options).messages.inserted == 100
        assert load(opened, clean, options).nothing_changed
        assert undo(opened, UndoOptions("last", lock_timeout=1)).messages.removed == 100
        assert one(opened, "show search_path") in {path, '""'}


def test_a_trigger_of_the_company_finds_its_tables(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    connection.execute(
        """
        create schema crm;
        create table crm.seen (id uuid);
        create function crm.see() returns trigger language plpgsql as
          'begin insert into seen values (new.id); return new; end';
        create trigger see before insert on messages for each row execute function crm.see();
        """
    )
    set_for_all(connection, "search_path = crm, pg_catalog, public")
    with connect(database) as opened:
        assert load(opened, clean, ORG).messages.inserted == 100
    assert one(connection, "select count(*) from crm.seen") == 100


def test_another_way_of_writing_times_and_numbers_changes_nothing(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    load(connection, clean, ORG)
    for setting in (
        "datestyle = 'SQL, DMY'",
        "timezone = 'Asia/Bishkek'",
        "intervalstyle = 'sql_standard'",
        "extra_float_digits = -10",
        "bytea_output = 'escape'",
        "standard_conforming_strings = off",
        "default_transaction_isolation = serializable",
        "client_encoding = 'WIN1251'",
    ):
        set_for_all(connection, setting)
    with connect(database) as opened:
        assert load(opened, clean, ORG).nothing_changed
        assert load(opened, clean, replace(ORG, full=True)).messages.already_there == 100
        assert [run.account for run in list_runs(opened, None)] == ["default"]
        assert not undo(opened, UndoOptions("last")).refused


def test_names_with_every_sign_in_them_are_names(connection: psycopg.Connection, clean: CleanRunFolder) -> None:
    load(connection, clean, ORG)
    connection.execute('create schema "s"";%s {x}"')
    connection.execute('create table "s"";%s {x}"."t"" %(run)s" ("c""%s {y}" uuid references public.clients)')
    connection.execute("""alter table messages add column "m""%s {x} '\\" text default 'q'""")
    assert not undo(connection, UndoOptions("last", dry_run=True)).refused
    connection.execute('insert into "s"";%s {x}"."t"" %(run)s" select id from clients limit 1')
    report = undo(connection, UndoOptions("last"))
    assert [conflict.by for conflict in report.conflicts if conflict.table == "clients"] == ['s";%s {x}.t" %(run)s']

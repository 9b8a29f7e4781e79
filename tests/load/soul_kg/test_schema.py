"""The CRM's tables are recognised, refused when they are not whole, and never changed."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from load.choose_target import choose_target
from load.database import connect
from load.layout import Layout, recognise
from load.migrate import migrate
from load.organizations import create_organization, find_organization, list_organizations
from load.report import LoadOptions
from load.run import check_ready, load
from load.targets.soul_kg.schema import COLUMNS, ENUMS, SOUL_KG_RIGHTS, check_schema
from schemas.errors import ExitCode, UserError
from tests.load.clean_runs import Chat, Message, at, many_chats
from tests.load.soul_kg.conftest import ORG, TABLES_SQL, Crm, Loads


def refusal(connection: psycopg.Connection) -> UserError:
    with pytest.raises(UserError) as raised:
        check_ready(connection, LoadOptions("soul-kg"))
    assert raised.value.exit_code is ExitCode.DATABASE
    assert raised.value.hint
    return raised.value


def definition(crm: Crm) -> list[object]:
    return crm.rows(
        "select table_name, column_name, data_type, column_default, is_nullable from information_schema.columns"
        " where table_schema = 'public' order by 1, 2"
    ) + crm.rows("select indexdef from pg_indexes where schemaname = 'public' order by 1")


def test_the_tables_are_recognised_and_stay_as_they_are(crm: Crm, loads: Loads) -> None:
    before = definition(crm)
    assert recognise(crm.connection).layout is Layout.SOUL_KG
    assert choose_target(crm.connection, None)[0] is Layout.SOUL_KG
    assert loads(*many_chats(2)).layout == "soul_kg"
    assert loads(*many_chats(2), layout=Layout.SOUL_KG).layout == "soul_kg"
    assert definition(crm) == before


def test_our_layout_asked_for_in_the_crms_database_is_refused(crm: Crm, loads: Loads) -> None:
    with pytest.raises(UserError) as raised:
        loads(Chat("+996555123456"), layout=Layout.CRM)
    assert raised.value.message == (
        "--layout crm was asked for, but this database has the tables of the Soul KG CRM (soul_kg)."
    )
    assert "--layout soul_kg" in (raised.value.hint or "")


def test_migrations_leave_the_crms_tables_alone(crm: Crm) -> None:
    before = definition(crm)
    with pytest.raises(UserError, match="never migrates"):
        migrate(crm.connection)
    assert definition(crm) == before


def test_everything_that_is_missing_is_listed(crm: Crm) -> None:
    crm.connection.execute("drop table client_status_history")
    crm.connection.execute('alter table clients drop column metadata, drop column "culturalContext"')
    crm.connection.execute('alter table messages rename column "whatsappMessageId" to whatsapp_message_id')
    crm.connection.execute("alter type \"ClientStatus\" rename value 'WARMED' to 'WARM'")
    crm.connection.execute('alter type "StatusChangedBy" rename to "ChangedBy"')
    assert refusal(crm.connection).message == (
        "This database has the tables of the Soul KG CRM only in part; missing: table client_status_history, "
        'column clients."culturalContext", column clients."metadata", column messages."whatsappMessageId", '
        'type "StatusChangedBy", value WARMED of "ClientStatus".'
    )


@pytest.mark.parametrize("table", ["clients", "conversations", "messages", "client_status_history"])
def test_any_table_but_the_first_may_be_missing_and_the_layout_is_recognised(crm: Crm, table: str) -> None:
    crm.connection.execute(sql.SQL("drop table {} cascade").format(sql.Identifier(table)))
    assert f"missing: table {table}." in refusal(crm.connection).message


@pytest.mark.parametrize(("table", "column"), [(table, name) for table, names in COLUMNS.items() for name in names])
def test_each_column_that_a_load_needs_is_looked_for(crm: Crm, table: str, column: str) -> None:
    command = sql.SQL("alter table {} rename column {} to gone")
    crm.connection.execute(command.format(sql.Identifier(table), sql.Identifier(column)))
    with pytest.raises(UserError) as raised:
        check_schema(crm.connection)
    assert f'missing: column {table}."{column}".' in raised.value.message


@pytest.mark.parametrize(("name", "label"), [(name, label) for name, labels in ENUMS.items() for label in labels])
def test_each_value_that_a_load_writes_is_looked_for(crm: Crm, name: str, label: str) -> None:
    command = sql.SQL("alter type {} rename value {} to 'GONE'")
    crm.connection.execute(command.format(sql.Identifier(name), sql.Literal(label)))
    with pytest.raises(UserError) as raised:
        check_schema(crm.connection)
    assert f'missing: value {label} of "{name}".' in raised.value.message


def test_a_column_that_a_load_would_have_to_leave_empty_is_named(crm: Crm) -> None:
    crm.connection.execute(
        "alter table messages add column kind text not null, add column extra text not null default ''"
    )
    crm.connection.execute("alter table clients add column number integer not null generated always as identity")
    assert 'it does not know: messages."kind".' in refusal(crm.connection).message


def test_organizations_are_found_by_id_and_slug_and_listed(crm: Crm) -> None:
    crm.connection.execute(
        "insert into organizations (id, name, slug, \"updatedAt\") values ('seed-1', 'Seeded', 'seeded', now())"
    )
    for word in (ORG, ORG.upper(), "soul-kg"):
        assert find_organization(crm.connection, word).row_id == ORG
    for word in ("seed-1", "seeded"):
        assert find_organization(crm.connection, word).row_id == "seed-1"
    assert [(found.row_id, found.name) for found in list_organizations(crm.connection)] == [
        ("seed-1", "Seeded"),
        (ORG, "Soul KG"),
    ]
    with pytest.raises(UserError) as raised:
        find_organization(crm.connection, "nobody")
    assert raised.value.exit_code is ExitCode.CONFIGURATION


def test_organizations_are_made_by_the_crm_alone(crm: Crm) -> None:
    with pytest.raises(UserError) as raised:
        create_organization(crm.connection, "New", id=None, slug=None)
    assert raised.value.message == "In the Soul KG CRM the CRM itself makes organisations; wa2pg only loads into them."
    assert raised.value.exit_code is ExitCode.DATABASE
    assert len(list_organizations(crm.connection)) == 1


@pytest.fixture
def importer(crm: Crm, soul_kg: str) -> Iterator[str]:
    """The conninfo of a role with exactly the documented rights, in a database that grants nothing to everybody."""
    role = sql.Identifier(f"importer_{crm.connection.info.dbname}")
    name = sql.Identifier(crm.connection.info.dbname)
    crm.connection.execute(sql.SQL("create role {} login").format(role))
    crm.connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    crm.connection.execute("revoke all on schema public from public")
    crm.connection.execute(sql.SQL("grant connect, temporary on database {} to {}").format(name, role))
    crm.connection.execute(sql.SQL("grant usage on schema public to {}").format(role))
    for table, rights in SOUL_KG_RIGHTS.items():
        words = sql.SQL(", ").join(sql.SQL(right) for right in rights)
        crm.connection.execute(sql.SQL("grant {} on {} to {}").format(words, sql.Identifier(table), role))
    yield make_conninfo(soul_kg, user=f"importer_{crm.connection.info.dbname}")
    crm.connection.execute(sql.SQL("drop owned by {}").format(role))
    crm.connection.execute(sql.SQL("drop role {}").format(role))


def test_the_documented_rights_are_enough(crm: Crm, importer: str, loads: Loads) -> None:
    with connect(importer) as limited:
        own = Loads(loads.folder, limited)
        own(*many_chats(3), Chat("+996700000001", more={"addresses": ["1@lid"]}))
        edited = Message("A", body="edited", more={"edited_at": at(1)})
        moved = Chat("+996777000002", (edited, Message("B", 2)), more={"addresses": ["1@lid"]}, status="SOLD")
        report = own(*many_chats(4, messages=5), moved, skip_duplicates=False)
    assert (report.chats.imported, report.chats.updated, report.messages.updated) == (1, 4, 1)


@pytest.mark.parametrize(
    ("table", "right"), [(table, right) for table, rights in SOUL_KG_RIGHTS.items() for right in rights]
)
def test_a_right_that_is_missing_is_named_with_the_grant_that_gives_it(
    crm: Crm, importer: str, loads: Loads, table: str, right: str
) -> None:
    role = str(conninfo_to_dict(importer)["user"])
    command = sql.SQL("revoke {} on {} from {}")
    crm.connection.execute(command.format(sql.SQL(right), sql.Identifier(table), sql.Identifier(role)))
    with connect(importer) as limited, pytest.raises(UserError) as raised:
        load(limited, loads.clean([Chat("+996700000001")]), LoadOptions("soul-kg"), runs=loads.runs)
    assert raised.value.exit_code is ExitCode.DATABASE
    assert f'grant {right} on public."{table}" to "{role}";' in (raised.value.hint or "")
    assert crm.value("select count(*) from clients") == 0


def test_the_crms_tables_in_another_schema_are_not_ours_to_find(empty_database: str) -> None:
    with connect(empty_database) as connection:
        connection.execute("create schema crm")
        connection.execute("set search_path to crm")
        connection.execute(TABLES_SQL)
        assert recognise(connection).layout is Layout.EMPTY

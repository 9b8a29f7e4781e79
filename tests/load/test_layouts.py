"""A load goes into the layout that the database has, and says so when another was asked for."""

import psycopg
import pytest

from load.choose_target import choose_target
from load.database import connect
from load.layout import Layout
from schemas.errors import ExitCode, UserError
from tests.load.clean_runs import Chat
from tests.load.conftest import Loader, one


def test_the_layout_that_is_there_is_taken_and_reported(connection: psycopg.Connection, load_chats: Loader) -> None:
    assert choose_target(connection, None)[0] is Layout.CRM
    assert load_chats([Chat("+996555123456")]).layout == "crm"
    assert load_chats([Chat("+996555123456")], layout=Layout.CRM).layout == "crm"


def test_the_layout_is_not_among_what_the_run_records(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([Chat("+996555123456")], layout=Layout.CRM)
    assert sorted(one(connection, "select options from import_runs")) == [
        "limit",
        "only_new",
        "overwrite_status",
        "skip_duplicates",
    ]


def test_another_layout_than_the_one_that_is_there_is_refused(load_chats: Loader) -> None:
    with pytest.raises(UserError) as raised:
        load_chats([Chat("+996555123456")], layout=Layout.SOUL_KG)
    assert raised.value.exit_code is ExitCode.DATABASE
    assert raised.value.message == ("--layout soul_kg was asked for, but this database has wa2pg's own tables (crm).")
    assert "--layout crm" in (raised.value.hint or "")


def test_crm_in_an_empty_database_asks_for_the_migration_and_soul_kg_for_the_right_database(
    empty_database: str,
) -> None:
    with connect(empty_database) as connection:
        layout, target = choose_target(connection, Layout.CRM)
        assert layout is Layout.CRM
        with pytest.raises(UserError) as raised:
            target.check(connection)
        assert raised.value.hint == "run: wa2pg db migrate"
        with pytest.raises(UserError) as raised:
            choose_target(connection, Layout.SOUL_KG)
    assert raised.value.message == "--layout soul_kg was asked for, but this database has no tables of either layout."


def test_tables_of_another_program_are_named(empty_database: str) -> None:
    with connect(empty_database) as connection:
        connection.execute("create table messages (id integer)")
        for asked in (None, Layout.CRM, Layout.SOUL_KG):
            with pytest.raises(UserError) as raised:
                choose_target(connection, asked)
            assert raised.value.exit_code is ExitCode.DATABASE
            assert "messages" in raised.value.message

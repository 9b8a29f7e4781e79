"""The SQL that a load uses runs on every version of PostgreSQL at hand, and leaves the same rows."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from load.database import connect
from load.migrate import migrate
from load.organizations import create_organization
from load.report import LoadOptions, LoadReport
from load.run import load
from load.targets.crm import messages as message_step
from load.targets.crm.prepare import BatchSizes
from tests.load.clean_runs import Chat, many_chats, write_clean_run
from tests.load.conftest import OF_THE_RUN, ORGANIZATION, dump, one
from tests.load.servers import Server, running_server


@pytest.fixture(scope="module", params=["15", "16", "18"])
def versioned(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running_server(request.param) as server:
        with psycopg.connect(server.conninfo(), autocommit=True) as admin:
            assert admin.info.server_version // 10000 == int(request.param)
        yield server


@pytest.fixture
def crm(versioned: Server, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    name = request.node.originalname[:50]
    with psycopg.connect(versioned.conninfo(), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    with connect(versioned.conninfo(name)) as connection:
        migrate(connection)
        create_organization(connection, "Soul KG", id=ORGANIZATION, slug=None)
        yield connection


def run(connection: psycopg.Connection, folder: Path, chats: list[Chat], **options: bool) -> LoadReport:
    return load(connection, write_clean_run(folder, chats), LoadOptions("soul-kg", **options))  # type: ignore[arg-type]


def test_load_and_load_again(crm: psycopg.Connection, tmp_path: Path) -> None:
    first = run(crm, tmp_path / "1", many_chats(5))
    assert (first.chats.imported, first.messages.inserted) == (5, 15)
    before = dump(crm)
    for options in ({}, {"full": True}, {"full": True, "skip_duplicates": False}):
        again = run(crm, tmp_path / f"again{len(options)}", many_chats(5), **options)
        assert (again.chats.skipped, again.messages.already_there) == (5, 15)
    assert dump(crm) == before
    richer = [chat.but(status="CLOSED", name="New Name") for chat in many_chats(6, messages=5)]
    third = run(crm, tmp_path / "3", richer, skip_duplicates=False)
    assert (third.chats.imported, third.chats.updated, third.messages.inserted) == (1, 5, 15)
    assert one(crm, "select count(*) from client_status_history") == 11


def test_the_direct_way_fast_and_refused_rows(
    crm: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_step, "SIZES", BatchSizes(1000, 1))
    run(crm, tmp_path / "plain", many_chats(5, messages=300))
    plain = dump(crm, without=OF_THE_RUN)
    crm.execute("truncate clients, import_runs cascade")
    assert run(crm, tmp_path / "fast", many_chats(5, messages=300), fast=True).messages.inserted == 1500
    assert dump(crm, without=OF_THE_RUN) == plain
    crm.execute("truncate clients, import_runs cascade")
    crm.execute("alter table messages add constraint polite check (body <> 'text 7')")
    report = run(crm, tmp_path / "refused", many_chats(5, messages=300))
    assert (report.messages.inserted, report.messages.rejected) == (1495, 5)
    assert {refused.reason for refused in report.refused} == {"sqlstate 23514, table messages, constraint polite"}

"""A load beside others: a second loader, the CRM's live integration, people at work, and time zones."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from load.database import connect
from load.report import LoadOptions, LoadReport
from load.run import load
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.progress import Step
from tests.load.clean_runs import Chat, Message, many_chats
from tests.load.soul_kg.conftest import ORG, Crm, Loads, naive

PHONE = "+996555123456"


class Pause:
    """A progress callback that stops a load at a step until it is let go on."""

    def __init__(self, step: str) -> None:
        self.step = step
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, step: Step) -> None:
        if step.name == self.step:
            self.reached.set()
            assert self.go_on.wait(30)


def in_the_background(soul_kg: str, clean: CleanRunFolder, runs: Path, progress: Callable[[Step], None]) -> LoadReport:
    with connect(soul_kg) as connection:
        return load(connection, clean, LoadOptions("soul-kg"), progress, runs=runs)


def waits(crm: Crm) -> bool:
    """Whether somebody waits for a lock of the table of messages."""
    for _ in range(200):
        if crm.value(
            "select count(*) from pg_locks l join pg_class c on c.oid = l.relation"
            " where c.relname = 'messages' and not l.granted"
        ):
            return True
        time.sleep(0.05)
    return False


def test_two_loaders_at_once_bring_every_row_once(crm: Crm, soul_kg: str, loads: Loads) -> None:
    clean = loads.clean(many_chats(30))
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(in_the_background, soul_kg, clean, loads.runs, lambda _: None) for _ in range(2)]
        reports = [run.result(60) for run in both]
    assert sorted(report.messages.inserted for report in reports) == [0, 90]
    assert crm.value('select count(*), count(distinct "whatsappMessageId") from messages') == (90, 90)
    assert crm.value("select count(*) from clients") == crm.value("select count(*) from conversations") == 30


def test_while_a_load_goes_on_the_integration_waits_to_write_and_everybody_reads(
    crm: Crm, soul_kg: str, loads: Loads
) -> None:
    conversation = crm.conversation(crm.client(PHONE))
    pause = Pause("bringing counts up to date")
    clean = loads.clean([Chat(PHONE, (Message("A"), Message("B", 1)))])
    with ThreadPoolExecutor(2) as pool, connect(soul_kg) as live:
        running = pool.submit(in_the_background, soul_kg, clean, loads.runs, pause)
        assert pause.reached.wait(30)
        writing = pool.submit(Crm(live).message, conversation, "false_996555123456@c.us_LIVE")
        assert waits(crm)
        assert crm.value("select count(*) from messages") == 0
        assert not writing.done()
        pause.go_on.set()
        assert running.result(30).messages.inserted == 2
        writing.result(30)
    assert crm.value("select count(*) from messages") == 3


# one statement, as an integration that looks before it writes can do
LOOK_AND_WRITE = """
insert into messages (id, "conversationId", "organizationId", direction, sender, content, "whatsappMessageId")
select gen_random_uuid(), %(conversation)s, %(organization)s, 'INCOMING', 'CLIENT', 'hello', %(id)s
where not exists (select from messages where "whatsappMessageId" = %(id)s)
"""


def test_an_integration_that_looks_in_the_statement_that_writes_finds_what_the_load_brought(
    crm: Crm, soul_kg: str, loads: Loads
) -> None:
    conversation = crm.conversation(crm.client(PHONE))
    pause = Pause("bringing counts up to date")
    names = {"conversation": conversation, "organization": ORG, "id": "false_996555123456@c.us_A"}
    with ThreadPoolExecutor(2) as pool, connect(soul_kg) as live:
        running = pool.submit(in_the_background, soul_kg, loads.clean([Chat(PHONE)]), loads.runs, pause)
        assert pause.reached.wait(30)
        writing = pool.submit(live.execute, LOOK_AND_WRITE, names)
        assert waits(crm)
        pause.go_on.set()
        running.result(30)
        assert writing.result(30).rowcount == 0
    assert crm.value("select count(*) from messages") == 1


def test_what_the_integration_writes_blindly_while_it_waited_is_not_doubled_by_the_next_load(
    crm: Crm, soul_kg: str, loads: Loads
) -> None:
    conversation = crm.conversation(crm.client(PHONE))
    pause = Pause("bringing counts up to date")
    clean = loads.clean([Chat(PHONE)])
    with ThreadPoolExecutor(2) as pool, connect(soul_kg) as live:
        running = pool.submit(in_the_background, soul_kg, clean, loads.runs, pause)
        assert pause.reached.wait(30)
        writing = pool.submit(Crm(live).message, conversation, "false_996555123456@c.us_A")
        assert waits(crm)
        pause.go_on.set()
        running.result(30)
        writing.result(30)
    # it looked before the load and wrote after it: only a unique key could stop it, and that is the CRM's to make
    assert crm.value("select count(*) from messages") == 2
    before = crm.dump()
    assert loads.load(clean).messages.already_there == 1
    assert crm.dump() == before


def test_what_the_integration_committed_before_the_lock_was_had_is_seen(crm: Crm, soul_kg: str, loads: Loads) -> None:
    conversation = crm.conversation(crm.client(PHONE))
    said = []
    with ThreadPoolExecutor(1) as pool, connect(soul_kg) as live:
        with live.transaction():
            Crm(live).message(conversation, "false_996555123456@c.us_A")
            running = pool.submit(
                in_the_background, soul_kg, loads.clean([Chat(PHONE)]), loads.runs, lambda step: said.append(step.name)
            )
            for _ in range(200):
                if "waiting for others who are writing messages" in said:
                    break
                time.sleep(0.05)
            assert not running.done()
            # nobody waits for a load that waits itself
            crm.connection.execute("set statement_timeout = '20s'")
            crm.message(conversation, "false_996555123456@c.us_OTHER")
        report = running.result(30)
    assert (report.messages.inserted, report.messages.already_there) == (0, 1)
    assert "waiting for others who are writing messages" in said


def test_a_transaction_of_the_crm_that_holds_a_client_and_then_writes_a_message_is_not_killed(
    crm: Crm, soul_kg: str, loads: Loads
) -> None:
    client = crm.client(PHONE)
    conversation = crm.conversation(client)
    said = []
    with ThreadPoolExecutor(1) as pool, connect(soul_kg) as live:
        with live.transaction():
            live.execute("update clients set status = 'SOLD' where id = %s", [client])
            running = pool.submit(
                in_the_background, soul_kg, loads.clean([Chat(PHONE)]), loads.runs, lambda step: said.append(step.name)
            )
            for _ in range(200):
                if said.count("waiting for others who are writing messages") >= 2:
                    break
                time.sleep(0.05)
            Crm(live).message(conversation, "false_996555123456@c.us_A")
        assert running.result(30).messages.already_there == 1
    assert crm.value("select status from clients") == "SOLD"


def test_a_number_that_changes_waits_for_the_crm_that_opens_a_conversation_of_its_client(
    crm: Crm, soul_kg: str, loads: Loads
) -> None:
    lid = {"addresses": ["1@lid"]}
    loads(Chat(PHONE, more=lid))
    client = crm.value("select id from clients")
    said: list[str] = []
    clean = loads.clean([Chat("+996777000000", more=lid)])
    with ThreadPoolExecutor(1) as pool, connect(soul_kg) as live:
        with live.transaction():
            # its foreign key holds the client's row
            conversation = Crm(live).conversation(client)
            running = pool.submit(in_the_background, soul_kg, clean, loads.runs, lambda step: said.append(step.name))
            for _ in range(200):
                if said.count("waiting for others who are writing messages") >= 2:
                    break
                time.sleep(0.05)
            Crm(live).message(conversation, "false_1@lid_LIVE")
        running.result(30)
    assert crm.rows("select id, phone from clients") == [(client, "+996777000000")]


def test_a_client_that_the_integration_makes_at_the_same_moment_is_used(crm: Crm, soul_kg: str, loads: Loads) -> None:
    pause = Pause("loading clients")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(in_the_background, soul_kg, loads.clean([Chat(PHONE)]), loads.runs, pause)
        assert pause.reached.wait(30)
        client = crm.client(PHONE)
        pause.go_on.set()
        report = running.result(30)
    assert crm.rows("select id from clients") == [client]
    assert (report.chats.updated, report.messages.inserted) == (1, 1)


@pytest.mark.parametrize("zone", ["Asia/Bishkek", "America/Los_Angeles"])
def test_the_time_zone_of_the_database_and_the_role_does_not_matter(
    crm: Crm, soul_kg: str, loads: Loads, zone: str
) -> None:
    name = sql.Identifier(crm.connection.info.dbname)
    crm.connection.execute(sql.SQL("alter database {} set timezone to {}").format(name, sql.Literal(zone)))
    role = f"zoned_{crm.connection.info.dbname}"
    crm.connection.execute(sql.SQL("create role {} superuser login").format(sql.Identifier(role)))
    crm.connection.execute(sql.SQL("alter role {} set timezone to {}").format(sql.Identifier(role), sql.Literal(zone)))
    try:
        with connect(make_conninfo(soul_kg, user=role)) as connection:
            assert connection.info.parameter_status("TimeZone") == zone
            clean = loads.clean([Chat(PHONE, (Message("A", 0), Message("B", 5)))])
            load(connection, clean, LoadOptions("soul-kg"), runs=loads.runs)
            again = load(connection, clean, LoadOptions("soul-kg", skip_duplicates=False), runs=loads.runs)
            assert (again.chats.updated, again.messages.updated) == (0, 0)
            # the session's own zone is what it was
            assert connection.info.parameter_status("TimeZone") == zone
        assert crm.rows('select "createdAt" from messages order by 1') == [naive(0), naive(5)]
        assert crm.value('select "createdAt" from clients') == naive(0)
        assert crm.value('select "lastMessageAt" from conversations') == naive(5)
        assert crm.value("select metadata ->> 'lastContactDate' from clients") == "2026-03-01T09:05:00.000Z"
        written = "select abs(extract(epoch from timezone('UTC', now()) - \"{}\")) < 60 from {}"
        assert crm.value(written.format("updatedAt", "clients"))
        assert crm.value(written.format("createdAt", "client_status_history"))
    finally:
        crm.connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def test_the_lock_timeout_of_the_session_is_as_before_and_covers_no_wait_of_ours(
    crm: Crm, soul_kg: str, loads: Loads
) -> None:
    with psycopg.connect(soul_kg, autocommit=True, options="-c lock_timeout=1234") as connection:
        load(connection, loads.clean([Chat(PHONE)]), LoadOptions("soul-kg"), runs=loads.runs)
        row = connection.execute("show lock_timeout").fetchone()
    assert row == ("1234ms",)


@pytest.mark.parametrize(
    "held",
    [
        "lock table messages in row exclusive mode",
        "select from clients for update",
        "select from conversations for update",
    ],
)
def test_who_holds_what_a_load_needs_longer_than_its_patience_ends_it(
    crm: Crm, soul_kg: str, loads: Loads, held: str
) -> None:
    loads(Chat(PHONE))
    before = crm.dump()
    with psycopg.connect(soul_kg) as other:
        other.execute(held.encode())
        with pytest.raises(UserError, match="after 1 seconds") as raised:
            loads(Chat(PHONE, (Message("A"), Message("B", 1))), lock_timeout=1)
    assert raised.value.exit_code is ExitCode.DATABASE
    assert "--lock-timeout" in str(raised.value.hint)
    assert crm.dump() == before
    assert len(list(loads.ledgers.iterdir())) == 2

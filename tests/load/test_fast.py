"""`--fast`: the same rows and the same references, checked once; refused where it would switch off more than that."""

import threading
import time
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
from load.targets.crm import messages as message_step
from load.targets.crm.prepare import BatchSizes
from schemas.clean_run import CleanRunFolder
from schemas.errors import ExitCode, UserError
from schemas.progress import Step
from tests.load.clean_runs import many_chats, write_clean_run
from tests.load.conftest import OF_THE_RUN, dump, one

FAST = LoadOptions("soul-kg", fast=True)


@pytest.fixture
def clean(tmp_path: Path) -> CleanRunFolder:
    return write_clean_run(tmp_path / "run", many_chats(10, messages=100), row_group=200)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_step, "SIZES", BatchSizes(200, 1))


def orphans(connection: psycopg.Connection) -> int:
    return int(
        one(
            connection,
            """
            select count(*) from messages m
            where not exists (
              select from conversations v where v.id = m.conversation_id and v.organization_id = m.organization_id
            )
            """,
        )
    )


def test_fast_leaves_the_same_rows_and_the_triggers_on(connection: psycopg.Connection, clean: CleanRunFolder) -> None:
    load(connection, clean, LoadOptions("soul-kg"))
    plain = dump(connection, without=OF_THE_RUN)
    connection.execute("truncate clients, import_runs cascade")
    assert load(connection, clean, FAST).messages.inserted == 1000
    assert dump(connection, without=OF_THE_RUN) == plain
    assert one(connection, "show session_replication_role") == "origin"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute("update messages set conversation_id = gen_random_uuid()")
    assert orphans(connection) == 0


def test_a_conversation_that_somebody_removes_meanwhile_leaves_no_orphans(
    connection: psycopg.Connection, database: str, tmp_path: Path
) -> None:
    load(connection, write_clean_run(tmp_path / "first", many_chats(10, messages=2)), LoadOptions("soul-kg"))
    clean = write_clean_run(tmp_path / "run", many_chats(10, messages=100), row_group=200)
    removed = threading.Event()

    def remove() -> None:
        with connect(database) as person:
            person.execute(
                """
                delete from conversations v using clients c
                where c.id = v.client_id and c.phone in ('+996555000003', '+996555000007')
                """
            )
        removed.set()

    started: list[threading.Thread] = []

    def meanwhile(step: Step) -> None:
        if step.name == "loading messages" and step.done and not started:
            started.append(threading.Thread(target=remove))
            started[0].start()
            time.sleep(0.5)
            # he waits for the load, and takes its messages with the conversation
            assert not removed.is_set()

    assert load(connection, clean, FAST, meanwhile).messages.inserted == 980
    started[0].join(20)
    assert removed.is_set()
    assert orphans(connection) == 0
    assert one(connection, "select count(*) from messages") == 800


def test_a_conversation_that_is_gone_before_it_is_held_ends_the_load(
    connection: psycopg.Connection, database: str, tmp_path: Path
) -> None:
    load(connection, write_clean_run(tmp_path / "first", many_chats(10, messages=2)), LoadOptions("soul-kg"))
    clean = write_clean_run(tmp_path / "run", many_chats(10, messages=100))

    def meanwhile(step: Step) -> None:
        if step.name == "loading messages" and not step.done:
            with connect(database) as person:
                person.execute("delete from conversations where id = (select min(id::text)::uuid from conversations)")

    with pytest.raises(UserError) as raised:
        load(connection, clean, FAST, meanwhile)
    assert raised.value.message == "Somebody removed conversations while they were being loaded."
    assert raised.value.exit_code is ExitCode.DATABASE
    assert orphans(connection) == 0
    assert load(connection, clean, FAST).messages.inserted == 982


def test_messages_that_the_crm_writes_meanwhile_are_neither_lost_nor_doubled(
    connection: psycopg.Connection, database: str, tmp_path: Path
) -> None:
    load(connection, write_clean_run(tmp_path / "first", many_chats(10, messages=2)), LoadOptions("soul-kg"))
    clean = write_clean_run(tmp_path / "run", many_chats(10, messages=100), row_group=200)
    written = []

    def meanwhile(step: Step) -> None:
        if step.name == "loading messages" and not step.done:
            with connect(database) as crm:
                written.append(
                    crm.execute(
                        """
                        insert into messages
                          (id, organization_id, conversation_id, direction, whatsapp_message_id, type, body, sent_at)
                        select gen_random_uuid(), v.organization_id, v.id, 'INCOMING', '7-50', 'TEXT', 'live', now()
                        from conversations v join clients c on c.id = v.client_id where c.phone = '+996555000007'
                        """
                    ).rowcount
                )

    report = load(connection, clean, FAST, meanwhile)
    assert written == [1]
    assert (report.messages.inserted, report.messages.already_there) == (979, 21)
    assert one(connection, "select body from messages where whatsapp_message_id = '7-50'") == "live"
    assert one(connection, "select sum(message_count) from conversations") == 1000


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (
            """create function audit() returns trigger language plpgsql as 'begin return new; end';
               create trigger audit_messages before insert on messages for each row execute function audit()""",
            "audit_messages",
        ),
        (
            """create table known_languages (code text primary key); insert into known_languages values ('en');
               alter table messages
                 add constraint messages_language foreign key (language) references known_languages""",
            "messages_language",
        ),
        ("alter table messages add constraint one_hash unique (content_hash) deferrable", "one_hash"),
    ],
)
def test_what_fast_would_switch_off_too_is_named_and_fast_refused(
    connection: psycopg.Connection, clean: CleanRunFolder, made: str, named: str
) -> None:
    connection.execute(made.encode())
    with pytest.raises(UserError) as raised:
        load(connection, clean, FAST)
    assert named in raised.value.message
    assert raised.value.hint == "load without --fast"
    assert one(connection, "select count(*) from import_runs") == 0


def test_a_user_without_the_right_is_told_which_grant_gives_it(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    role = sql.Identifier(f"fast_{connection.info.dbname}")
    connection.execute(sql.SQL("create role {} login").format(role))
    for table, rights in LOAD_RIGHTS.items():
        granted = sql.SQL(", ").join(sql.SQL(right) for right in rights)
        connection.execute(sql.SQL("grant {} on {} to {}").format(granted, sql.Identifier(table), role))
    try:
        with connect(make_conninfo(database, user=f"fast_{connection.info.dbname}")) as limited:
            with pytest.raises(UserError) as raised:
                load(limited, clean, FAST)
            grant = (raised.value.hint or "").split("let a superuser run: ")[1]
            assert grant.startswith("grant set on parameter session_replication_role to")
            connection.execute(grant.encode())
            assert load(limited, clean, FAST).messages.inserted == 1000
    finally:
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))


_INDEXES = """
    select string_agg(
      concat_ws(' ', i.relname, pg_get_indexdef(x.indexrelid), c.contype, x.indisvalid) %s, e'\\n' order by i.relname
    )
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    left join pg_constraint c on c.conindid = x.indexrelid
    where x.indrelid = 'messages'::regclass
"""
_WHAT, _WHICH = _INDEXES % "", _INDEXES % "|| x.indexrelid::text"


def test_an_empty_tables_indexes_are_made_afterwards_and_are_what_they_were(
    connection: psycopg.Connection, clean: CleanRunFolder
) -> None:
    what, which = one(connection, _WHAT), one(connection, _WHICH)
    assert load(connection, clean, FAST).messages.inserted == 1000
    assert one(connection, _WHAT) == what
    assert one(connection, _WHICH) != which
    assert load(connection, clean, replace(FAST, full=True)).messages.already_there == 1000


def test_a_table_with_rows_keeps_its_indexes(connection: psycopg.Connection, tmp_path: Path) -> None:
    load(connection, write_clean_run(tmp_path / "first", many_chats(1, messages=1)), LoadOptions("soul-kg"))
    which = one(connection, _WHICH)
    assert (
        load(connection, write_clean_run(tmp_path / "run", many_chats(10, messages=100)), FAST).messages.inserted == 999
    )
    assert one(connection, _WHICH) == which


def test_nobody_who_reads_is_waited_for(connection: psycopg.Connection, database: str, clean: CleanRunFolder) -> None:
    which = one(connection, _WHICH)
    with connect(database) as reader, reader.transaction():
        reader.execute("select count(*) from messages")
        assert load(connection, clean, FAST).messages.inserted == 1000
    assert one(connection, _WHICH) == which


@pytest.mark.parametrize(
    "made",
    [
        "create view texts as select id, body, count(*) from messages group by id",
        "comment on index messages_in_order is 'ours'",
        "create table notes (message_id uuid references messages)",
        "alter table messages replica identity using index messages_pkey",
        "cluster messages using messages_in_order",
        "alter index messages_pkey set (fillfactor = 70)",
        "alter index messages_in_order depends on extension plpgsql",
        """create function no_ddl() returns event_trigger language plpgsql as 'begin raise exception ''no''; end';
           create event trigger no_ddl on ddl_command_start when tag in ('DROP INDEX') execute function no_ddl()""",
    ],
)
def test_indexes_on_which_something_hangs_stay(
    connection: psycopg.Connection, clean: CleanRunFolder, made: str
) -> None:
    connection.execute(made.encode())
    which = one(connection, _WHICH)
    assert load(connection, clean, FAST).messages.inserted == 1000
    assert one(connection, _WHICH) == which


def test_an_owner_who_could_not_make_them_again_keeps_the_indexes(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    role = sql.Identifier(f"owner_{connection.info.dbname}")
    connection.execute(sql.SQL("create role {} login").format(role))
    try:
        for table, rights in LOAD_RIGHTS.items():
            granted = sql.SQL(", ").join(sql.SQL(right) for right in rights)
            connection.execute(sql.SQL("grant {} on {} to {}").format(granted, sql.Identifier(table), role))
        connection.execute(sql.SQL("grant set on parameter session_replication_role to {}").format(role))
        connection.execute(sql.SQL("alter table messages owner to {}").format(role))
        connection.execute("revoke create on schema public from public")
        which = one(connection, _WHICH)
        with connect(make_conninfo(database, user=f"owner_{connection.info.dbname}")) as limited:
            assert load(limited, clean, FAST).messages.inserted == 1000
        assert one(connection, _WHICH) == which
    finally:
        connection.execute("alter table messages owner to current_user")
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))


def test_storage_parameters_and_tablespace_of_the_indexes_stay(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    query = """
        select string_agg(concat_ws(' ', relname, reloptions, reltablespace), '/' order by relname)
        from pg_class where relname in ('messages_in_order', 'messages_pkey', 'messages_whatsapp_unique')
    """
    connection.execute("alter index messages_in_order set (fillfactor = 50)")
    before = one(connection, query)
    name = f"elsewhere_{connection.info.dbname}"
    # in the cluster's own folder, since only its user reaches that
    connection.execute("set allow_in_place_tablespaces = on")
    connection.execute(f"create tablespace {name} location ''".encode())
    connection.execute(f"alter database {connection.info.dbname} set default_tablespace = {name}".encode())
    try:
        which = one(connection, _WHICH)
        with connect(database) as opened:
            assert load(opened, clean, FAST).messages.inserted == 1000
        assert one(connection, _WHICH) != which
        assert one(connection, query) == before
    finally:
        connection.execute(f"alter database {connection.info.dbname} reset default_tablespace".encode())
        connection.execute(f"drop tablespace {name}".encode())


def test_a_trigger_that_is_made_meanwhile_is_not_switched_off(
    connection: psycopg.Connection, database: str, clean: CleanRunFolder
) -> None:
    def meanwhile(step: Step) -> None:
        if step.name == "reading clients":
            with connect(database) as person:
                person.execute(
                    """create function audit() returns trigger language plpgsql as 'begin return new; end';
                       create trigger audit_messages before insert on messages for each row execute function audit()"""
                )

    with pytest.raises(UserError) as raised:
        load(connection, clean, FAST, meanwhile)
    assert "audit_messages" in raised.value.message
    assert one(connection, "select count(*) from import_runs") == 0


def test_what_the_database_refuses_is_still_found_and_the_rest_loaded(
    connection: psycopg.Connection, clean: CleanRunFolder
) -> None:
    what = one(connection, _WHAT)
    connection.execute("alter table messages add constraint no_seven check (whatsapp_message_id <> '7-50')")
    report = load(connection, clean, FAST)
    assert (report.messages.inserted, report.messages.rejected) == (999, 1)
    assert one(connection, _WHAT) == what
    assert one(connection, "select sum(message_count) from conversations") == 999


def test_a_load_that_ends_half_way_leaves_the_indexes(connection: psycopg.Connection, clean: CleanRunFolder) -> None:
    which = one(connection, _WHICH)

    def meanwhile(step: Step) -> None:
        if step.name == "loading messages" and step.done > 500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(connection, clean, FAST, meanwhile)
    assert one(connection, _WHICH) == which
    assert load(connection, clean, replace(FAST, dry_run=True)).messages.inserted == 1000
    assert one(connection, _WHICH) == which


def test_messages_that_are_there_twice_are_said_at_the_end(connection: psycopg.Connection, tmp_path: Path) -> None:
    # without its NUL the one id is the other
    chats = [
        chat.but(messages=(*chat.messages, replace(chat.messages[0], id=f"{chat.messages[0].id}\0")))
        for chat in many_chats(2)
    ]
    clean = write_clean_run(tmp_path / "run", chats)
    with pytest.raises(UserError) as raised:
        load(connection, clean, FAST)
    assert "load without --fast" in (raised.value.hint or "")
    assert one(connection, "select count(*) from import_runs") == 0
    assert load(connection, clean, LoadOptions("soul-kg")).messages.inserted == 6

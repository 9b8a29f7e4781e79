"""Looking whether the database is whole and up to date."""

from pathlib import Path

import psycopg

from load.check import FINDINGS, check
from tests.load.clean_runs import Chat, Message, at, many_chats, write_clean_run
from tests.load.conftest import ORGANIZATION, Loader, dump

PHONE, OTHER = "+996555123456", "+996555123457"
LID = "100000000000001@lid"


def found(
    connection: psycopg.Connection, folder: Path | None = None, chats: list[Chat] | None = None
) -> dict[str, int]:
    clean = write_clean_run(folder / "clean", chats or []) if folder else None
    report = check(connection, "soul-kg", clean)
    assert {finding.name for finding in report.findings} <= set(report.checked) <= set(FINDINGS)
    for finding in report.findings:
        assert len(finding.examples) <= 10
    return {finding.name: finding.rows for finding in report.findings}


def test_a_fresh_load_has_nothing_wrong_and_checking_writes_nothing(
    connection: psycopg.Connection, load_chats: Loader, tmp_path: Path
) -> None:
    load_chats(many_chats(5))
    before = dump(connection)
    assert found(connection, tmp_path, many_chats(5)) == {}
    assert dump(connection) == before
    assert check(connection, str(ORGANIZATION), None).tables == {
        "clients": 5,
        "conversations": 5,
        "messages": 15,
        "client_status_history": 5,
        "import_runs": 1,
    }


def test_orphans_are_found_where_somebody_has_removed_the_rules(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats(many_chats(4))
    connection.execute("alter table conversations drop constraint conversations_client")
    connection.execute("alter table client_status_history drop constraint client_status_history_client")
    connection.execute("alter table messages drop constraint messages_conversation")
    connection.execute("delete from clients where phone = '+996555000000'")
    connection.execute("delete from conversations where client_id = (select id from clients order by phone limit 1)")
    connection.execute("update messages set import_run_id = gen_random_uuid() where whatsapp_message_id = '3-0'")
    result = found(connection)
    assert {name: rows for name, rows in result.items() if not name.startswith("uncounted")} == {
        "orphan_conversations": 1,
        "orphan_messages": 3,
        "orphan_statuses": 1,
        "unknown_runs": 1,
    }


def test_clients_with_one_phone_or_one_lid_are_found(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([Chat(PHONE, more={"addresses": [LID]}), Chat(OTHER)])
    connection.execute("alter table clients drop constraint clients_phone_e164")
    connection.execute(
        "insert into clients (id, organization_id, phone, addresses) values (gen_random_uuid(), %s, %s, %s)",
        [ORGANIZATION, "996 555 12-34-57", [LID]],
    )
    assert found(connection) == {"double_phones": 2, "double_people": 2}


def test_counts_that_do_not_follow_their_messages_are_found(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats(
        [
            *many_chats(2),
            Chat(
                PHONE, (Message("A"), Message("B", more={"sent_at": at(0).replace(year=1970, month=1, day=1, hour=0)}))
            ),
        ]
    )
    assert found(connection) == {}
    connection.execute("delete from messages where whatsapp_message_id = '0-1'")
    assert found(connection) == {"uncounted_conversations": 1, "uncounted_clients": 1}


def test_clients_whose_archive_is_newer_are_found_by_phone_and_by_lid(
    connection: psycopg.Connection, load_chats: Loader, tmp_path: Path
) -> None:
    load_chats([Chat(PHONE, more={"addresses": [LID]}), Chat(OTHER, (Message("O", 5),))])
    newer = Chat("+996700000001", (Message("A"), Message("B", 9)), more={"addresses": [LID]})
    older = Chat(OTHER, (Message("P", 4),))
    nobody = Chat("+996700000002")
    skipped = Chat("+996700000003", more={"skip": True})
    assert found(connection, tmp_path, [newer, older, nobody, skipped]) == {"not_in_database": 1, "behind_archive": 1}

"""People who change their numbers, and numbers that change their people."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from load.database import connect
from load.keys import client_key
from load.report import LoadOptions
from load.run import load
from load.targets.crm.work import Import
from tests.load.clean_runs import Chat, Message, at, write_clean_run
from tests.load.conftest import ORGANIZATION, Loader, dump, one

OLD, NEW, OTHER = "+996555000001", "+996700000002", "+996555000003"
LID, LID_2 = "100000000000001@lid", "200000000000002@lid"


def number(phone: str) -> str:
    return f"{phone[1:]}@s.whatsapp.net"


def person(phone: str, *ids: str, addresses: tuple[str, ...], minute: int = 0, **changes: object) -> Chat:
    """A chat of messages with these ids, a minute apart, whose person has these addresses."""
    messages = tuple(Message(name, minute + turn, body=f"text {name}") for turn, name in enumerate(ids))
    return Chat(phone, messages, more={"addresses": sorted(addresses)}).but(**changes)


BEFORE = person(OLD, "A", "B", addresses=(LID, number(OLD)))
AFTER = person(NEW, "A", "B", "C", addresses=(LID, number(OLD), number(NEW)))


def phones(connection: psycopg.Connection) -> dict[str, list[str]]:
    """The ids of the messages below each phone of the database."""
    rows = connection.execute(
        """
        select c.phone, coalesce(array_agg(m.whatsapp_message_id order by m.whatsapp_message_id)
                                 filter (where m.id is not null), '{}')
        from clients c left join conversations v on v.client_id = c.id left join messages m on m.conversation_id = v.id
        group by c.phone
        """
    ).fetchall()
    return dict(rows)


def by_hand(connection: psycopg.Connection, phone: str) -> None:
    connection.execute(
        "insert into clients (id, organization_id, phone, name) values (gen_random_uuid(), %s, %s, 'By hand')",
        [ORGANIZATION, phone],
    )


@pytest.mark.parametrize("skip_duplicates", [True, False])
def test_a_client_with_a_new_number_stays_the_same_row_and_nothing_is_doubled(
    connection: psycopg.Connection, load_chats: Loader, skip_duplicates: bool
) -> None:
    load_chats([BEFORE])
    report = load_chats([AFTER], skip_duplicates=skip_duplicates)
    assert (report.chats.imported, report.chats.updated, report.clients_updated) == (0, 1, 1)
    assert (report.messages.inserted, report.messages.already_there) == (1, 2)
    assert report.warnings == []
    assert phones(connection) == {NEW: ["A", "B", "C"]}
    assert one(connection, "select id, addresses from clients") == (
        client_key(ORGANIZATION, OLD),
        [LID, number(OLD), number(NEW)],
    )
    before = one(connection, "select before from import_run_changes where table_name = 'clients'")
    assert (before["phone"], before["addresses"]) == (OLD, [LID, number(OLD)])
    assert one(connection, "select count(*) from client_status_history") == 1


def test_a_second_load_after_a_change_of_number_changes_nothing(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats([BEFORE])
    load_chats([AFTER])
    before = dump(connection)
    for skip_duplicates in (True, False):
        assert load_chats([AFTER], skip_duplicates=skip_duplicates).chats.skipped == 1
    assert dump(connection) == before


def test_a_dry_run_of_a_change_of_number_tells_it_and_leaves_the_old_one(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats([BEFORE])
    before = dump(connection)
    report = load_chats([AFTER], dry_run=True)
    assert (report.chats.updated, report.messages.inserted, report.clients_updated) == (1, 1, 1)
    assert dump(connection) == before


def test_a_client_known_by_his_number_alone_is_recognised_by_it_later(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats([person(OLD, "A", "B", addresses=(number(OLD),))])
    load_chats([AFTER])
    assert phones(connection) == {NEW: ["A", "B", "C"]}


def test_a_lid_that_became_known_is_added_to_the_row_that_an_import_made(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats([person(OLD, "A", addresses=(number(OLD),))])
    report = load_chats([person(OLD, "A", addresses=(number(OLD), LID))])
    assert (report.chats.updated, report.clients_updated) == (1, 1)
    assert one(connection, "select addresses from clients") == [LID, number(OLD)]


def test_another_accounts_client_is_not_recognised_by_a_number_alone(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats([person(OLD, "A", addresses=(number(OLD),))], account="sales")
    load_chats([person(NEW, "B", addresses=(LID, number(OLD), number(NEW)))], account="office")
    assert phones(connection) == {OLD: ["A"], NEW: ["B"]}


def test_another_accounts_client_is_recognised_by_his_lid(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([BEFORE], account="sales")
    load_chats([person(NEW, "C", addresses=(LID, number(NEW)), minute=9)], account="office")
    assert phones(connection) == {NEW: ["A", "B", "C"]}
    before = dump(connection)
    # what sales knows is older; it finds him and leaves the number
    assert load_chats([BEFORE], account="sales", skip_duplicates=False).chats.skipped == 1
    assert dump(connection) == before


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_of_two_accounts_with_equally_late_messages_the_first_by_name_has_the_word(
    connection: psycopg.Connection, load_chats: Loader, order: tuple[str, str]
) -> None:
    chats = {
        "a": person(NEW, "A", addresses=(LID, number(NEW)), name="Of a", last_name=None, status="SOLD"),
        "b": person(OLD, "B", addresses=(LID, number(OLD)), name="Of b", last_name=None, status="WARMED"),
    }
    for account in order:
        load_chats([chats[account]], account=account, skip_duplicates=False)
    load_chats([chats["a"]], account="a", skip_duplicates=False)
    before = dump(connection)
    for account in order:
        load_chats([chats[account]], account=account, skip_duplicates=False)
    assert one(connection, "select phone, name, status from clients") == (NEW, "Of a", "SOLD")
    assert dump(connection) == before


@pytest.mark.parametrize("limit", [None, 1])
def test_whoever_has_the_number_later_is_a_client_of_his_own(
    connection: psycopg.Connection, load_chats: Loader, limit: int | None
) -> None:
    load_chats([BEFORE])
    moved = person(NEW, "A", "B", addresses=(LID, number(NEW)))
    newcomer = person(OLD, "X", addresses=(LID_2, number(OLD)), minute=50)
    report = load_chats([moved, newcomer], limit=limit)
    assert report.chats.imported == 1
    assert phones(connection) == {NEW: ["A", "B"], OLD: ["X"]}
    assert one(connection, "select id from clients where phone = %s", NEW) == client_key(ORGANIZATION, OLD)
    assert one(connection, "select id from clients where phone = %s", OLD) == client_key(ORGANIZATION, OLD, LID_2)
    load_chats([moved, newcomer])
    before = dump(connection)
    load_chats([moved, newcomer], skip_duplicates=False)
    assert dump(connection) == before
    # and when he too moves on
    load_chats([moved, person(OTHER, "X", "Y", addresses=(LID_2, number(OLD), number(OTHER)), minute=50)])
    assert phones(connection) == {NEW: ["A", "B"], OTHER: ["X", "Y"]}


def test_two_people_who_swap_their_numbers_keep_their_rows(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([BEFORE, person(NEW, "X", addresses=(LID_2, number(NEW)))])
    load_chats([person(NEW, "A", "B", addresses=(LID, number(NEW))), person(OLD, "X", addresses=(LID_2, number(OLD)))])
    assert phones(connection) == {NEW: ["A", "B"], OLD: ["X"]}


def test_a_row_of_two_people_who_were_taken_for_one_stays_with_the_one_who_has_its_number(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats([person(OLD, "A", "X", addresses=(LID, LID_2, number(OLD)))])
    apart = [
        person(NEW, "A", addresses=(LID, number(NEW)), minute=9),
        person(OLD, "X", addresses=(LID_2, number(OLD))),
    ]
    report = load_chats(apart)
    assert report.chats.imported == 1
    # what was loaded stays where it is; the other has his history whole
    assert phones(connection) == {OLD: ["A", "X"], NEW: ["A"]}
    before = dump(connection)
    load_chats(apart)
    assert dump(connection) == before
    # and when he too moves on, the row is still his, though both their LIDs are in it
    load_chats([apart[0], person(OTHER, "X", addresses=(LID_2, number(OTHER)))])
    assert phones(connection) == {OTHER: ["A", "X"], NEW: ["A"]}


@pytest.mark.parametrize("whose", ["an import", "a person"])
def test_where_both_numbers_are_clients_the_present_one_goes_on_and_nothing_is_doubled(
    connection: psycopg.Connection, load_chats: Loader, whose: str
) -> None:
    load_chats([BEFORE])
    if whose == "an import":
        load_chats([person(NEW, "C", addresses=(number(NEW),))])
    else:
        by_hand(connection, NEW)
        load_chats([person(NEW, "C", addresses=(number(NEW),))])
    edited = AFTER.but(messages=(Message("A", 0, body="edited"), *AFTER.messages[1:], Message("D", 9)))
    report = load_chats([edited])
    assert (report.messages.inserted, report.messages.updated, report.messages.already_there) == (1, 2, 1)
    assert phones(connection) == {OLD: ["A", "B"], NEW: ["C", "D"]}
    assert one(connection, "select body from messages where whatsapp_message_id = 'A'") == "edited"
    assert [warning.split(" in the")[0] for warning in report.warnings] == ["1 person has more than one client"]
    before = dump(connection)
    load_chats([edited])
    assert dump(connection) == before


def test_rows_that_no_import_made_are_found_by_their_phone_alone(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    by_hand(connection, OLD)
    connection.execute("update clients set addresses = %s", [[LID, number(OLD)]])
    load_chats([person(NEW, "C", addresses=(LID, number(OLD), number(NEW)))])
    assert phones(connection) == {OLD: [], NEW: ["C"]}
    assert one(connection, "select name from clients where phone = %s", OLD) == "By hand"


def test_a_phone_that_a_person_set_stays(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([BEFORE])
    connection.execute("update clients set phone = %s", [OTHER])
    load_chats([AFTER], skip_duplicates=False)
    assert phones(connection) == {OTHER: ["A", "B", "C"]}


def test_a_phone_that_a_person_gave_back_stays(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([BEFORE])
    load_chats([AFTER])
    connection.execute("update clients set phone = %s", [OLD])
    load_chats([AFTER])
    assert phones(connection) == {OLD: ["A", "B", "C"]}


def test_the_same_number_written_differently_is_not_a_new_one(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    addresses = ("0555000001@s.whatsapp.net",)
    load_chats([person("+44555000001", "A", addresses=addresses)])
    connection.execute("update clients set phone = %s", [OLD])
    load_chats([person("+44555000001", "A", addresses=addresses)])
    assert phones(connection) == {OLD: ["A"]}


def test_a_new_number_in_an_older_numbering_plan_is_followed(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    first, second = "5215512345678@s.whatsapp.net", "5215587654321@s.whatsapp.net"
    load_chats([person("+525512345678", "A", addresses=(LID, first))])
    load_chats([person("+525587654321", "A", addresses=(LID, first, second))])
    assert phones(connection) == {"+525587654321": ["A"]}


def test_another_organization_has_clients_of_its_own(connection: psycopg.Connection, load_chats: Loader) -> None:
    connection.execute("insert into organizations (id, name, slug) values (gen_random_uuid(), 'Other', 'other')")
    load_chats([BEFORE], org="other")
    load_chats([AFTER])
    assert phones(connection) == {OLD: ["A", "B"], NEW: ["A", "B", "C"]}


def test_a_new_number_that_the_database_refuses_leaves_the_client_with_the_old_one(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    other = person(OTHER, "X", addresses=(LID_2, number(OTHER)))
    load_chats([BEFORE, other])
    connection.execute(f"alter table clients add constraint no_new check (phone <> '{NEW}')".encode())
    report = load_chats([AFTER, person("+996700000009", "X", addresses=(LID_2, number("+996700000009")))])
    assert phones(connection) == {OLD: ["A", "B", "C"], "+996700000009": ["X"]}
    assert [warning.split(",")[0] for warning in report.warnings] == ["1 client keeps the old number"]


def test_whoever_has_a_number_that_another_row_keeps_is_named_and_not_mixed_with_it(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats([BEFORE])
    load_chats([AFTER])
    connection.execute("update clients set phone = %s", [OLD])  # a person insists on the old number
    newcomer = person(OLD, "X", addresses=(LID_2, number(OLD)))
    report = load_chats([person(NEW, "A", "B", "C", addresses=(LID, number(NEW))), newcomer])
    assert phones(connection) == {OLD: ["A", "B", "C"]}
    assert [failed.reason for failed in report.chats.failed] == ["another client of the database has his number"]
    assert report.messages.rejected == 1


def test_loads_at_once_give_a_client_his_new_number_once(
    connection: psycopg.Connection, database: str, load_chats: Loader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    load_chats([BEFORE])
    clean = write_clean_run(tmp_path_factory.mktemp("clean") / "run", [AFTER])

    def run(_number: int) -> int:
        with connect(database) as own:
            return load(own, clean, LoadOptions("soul-kg")).chats.updated

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(run, range(3))) == [0, 0, 1]
    assert phones(connection) == {NEW: ["A", "B", "C"]}


def test_a_person_who_enters_the_new_number_at_that_moment_wins_and_nothing_is_doubled(
    connection: psycopg.Connection, database: str, load_chats: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_chats([BEFORE])
    execute = Import.execute

    def execute_after_another(work: Import, name: str, **parameters: Any) -> Any:
        if name == "park_phones":
            with connect(database) as crm:
                by_hand(crm, NEW)
        return execute(work, name, **parameters)

    monkeypatch.setattr(Import, "execute", execute_after_another)
    report = load_chats([AFTER])
    assert phones(connection) == {OLD: ["A", "B"], NEW: ["C"]}
    assert (report.messages.inserted, report.messages.already_there, len(report.warnings)) == (1, 2, 1)
    assert one(connection, "select name from clients where phone = %s", NEW) == "By hand"


def test_times_and_counts_follow_the_messages_of_the_row(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([BEFORE])
    load_chats([AFTER])
    query = "select c.incoming_count, c.last_message_at, v.message_count from clients c join conversations v on true"
    assert one(connection, query) == (3, at(2), 3)

"""What a load does with clients and messages that the database has already."""

from datetime import timedelta

import psycopg
import pytest

from tests.load.clean_runs import Chat, Message, at
from tests.load.conftest import ORGANIZATION, Loader, dump, one

PHONE = "+996555123456"


def test_skipping_duplicates_adds_messages_and_leaves_name_language_and_status(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    chat = Chat(PHONE, (Message("A", 1),))
    load_chats([chat])
    later = chat.but(
        messages=(Message("A", 1), Message("B", 7, "OUTGOING")),
        name="Ivan",
        language="en",
        languages={"en": 1.0},
        status="SOLD",
        archived=True,
    )
    report = load_chats([later])
    assert (report.chats.updated, report.messages.inserted, report.clients_updated) == (1, 1, 1)
    assert one(connection, "select name, preferred_language, status from clients") == ("Anna Petrova", "ru", "NEW_LEAD")
    assert one(connection, "select languages from clients") == chat.languages
    assert one(connection, "select first_message_at, last_message_at, incoming_count, outgoing_count from clients") == (
        at(1),
        at(7),
        1,
        1,
    )
    assert one(connection, "select last_message_at, message_count, archived from conversations") == (at(7), 2, False)
    before = one(connection, "select before from import_run_changes where table_name = 'clients'")
    assert before["outgoing_count"] == 0
    assert set(before) == {"outgoing_count", "last_message_at"}


def test_not_skipping_duplicates_updates_name_language_and_status_with_a_history_row(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    chat = Chat(PHONE)
    load_chats([chat])
    other = chat.but(name="Ivan Sidorov", first_name="Ivan", last_name="Sidorov", language="en", status="SOLD")
    report = load_chats([other], skip_duplicates=False)
    assert report.history_rows == report.chats.updated == 1
    assert one(connection, "select name, preferred_language, status from clients") == ("Ivan Sidorov", "en", "SOLD")
    rows = connection.execute("select old_status, new_status from client_status_history order by created_at")
    assert rows.fetchall() == [(None, "NEW_LEAD"), ("NEW_LEAD", "SOLD")]


def test_the_shares_of_languages_follow_the_language(connection: psycopg.Connection, load_chats: Loader) -> None:
    query = "select preferred_language, languages from clients"
    undecided, torn = Chat(PHONE, language="und", languages={}), {"ru": 0.5, "ky": 0.5}
    load_chats([undecided])
    assert one(connection, query) == (None, {})
    load_chats([undecided.but(languages=torn)], skip_duplicates=False)
    assert one(connection, query) == (None, torn)
    decided = Chat(PHONE, language="ky", languages={"ky": 0.6, "ru": 0.4})
    report = load_chats([decided], skip_duplicates=False)
    assert report.clients_updated == 1
    assert one(connection, query) == ("ky", decided.languages)
    assert one(
        connection,
        """
        select c.before from import_run_changes c join import_runs r on r.id = c.import_run_id
        order by r.started_at desc limit 1
        """,
    ) == {"preferred_language": None, "languages": torn}
    # an unsure language, and nothing at all, say less than what is there
    for poorer in (undecided.but(languages=torn), undecided, decided.but(languages={})):
        assert load_chats([poorer], skip_duplicates=False).clients_updated == 0
        assert one(connection, query) == ("ky", decided.languages)
    # the shares alone are reason enough
    shifted = decided.but(languages={"ky": 0.7, "ru": 0.3})
    assert load_chats([shifted], skip_duplicates=False).clients_updated == 1
    assert load_chats([shifted], skip_duplicates=False).clients_updated == 0
    assert one(connection, query) == ("ky", shifted.languages)


def test_an_empty_value_never_overwrites_a_filled_one(connection: psycopg.Connection, load_chats: Loader) -> None:
    chat = Chat(PHONE, more={"ad_title": "Spring tours"})
    load_chats([chat])
    nothing = chat.but(name=None, first_name=None, last_name=None, language=None, languages={})
    nothing = nothing.but(more={"country": None, "time_zone": None, "ad_title": None})
    half = chat.but(name="Boris", first_name="Boris", last_name=None, language="und")
    for poorer in (nothing, half):
        load_chats([poorer], skip_duplicates=False)
        assert one(connection, "select name, first_name, last_name, preferred_language from clients") == (
            "Anna Petrova",
            "Anna",
            "Petrova",
            "ru",
        )
        assert one(connection, "select languages from clients") == chat.languages
        assert one(connection, "select country, time_zone, ad_title from clients") == (
            "KG",
            "Asia/Bishkek",
            "Spring tours",
        )


@pytest.mark.parametrize("by_hand", [
    "update clients set status = 'SERVICE'",
    """insert into client_status_history (organization_id, client_id, old_status, new_status, changed_by)
       select organization_id, id, 'SOLD', status, 'HUMAN' from clients""",
    "delete from client_status_history",
])  # fmt: skip
def test_a_status_that_a_person_set_is_kept_unless_it_may_be_overwritten(
    connection: psycopg.Connection, load_chats: Loader, by_hand: str
) -> None:
    load_chats([Chat(PHONE)])
    connection.execute(by_hand.encode())
    theirs = one(connection, "select status from clients")
    load_chats([Chat(PHONE, status="CLOSED", language="en")], skip_duplicates=False)
    assert one(connection, "select status, preferred_language from clients") == (theirs, "en")
    load_chats([Chat(PHONE, status="CLOSED")], skip_duplicates=False, overwrite_status=True)
    assert one(connection, "select status from clients") == "CLOSED"
    # the import had the last word now, so the next one may follow
    load_chats([Chat(PHONE, status="SOLD")], skip_duplicates=False)
    assert one(connection, "select status from clients") == "SOLD"


@pytest.mark.parametrize("skip_duplicates", [True, False])
def test_a_message_that_changed_in_the_archive_is_brought_up_to_date(
    connection: psycopg.Connection, load_chats: Loader, skip_duplicates: bool
) -> None:
    load_chats([Chat(PHONE, (Message("A", body="tomorow"), Message("B")))])
    edited = Message("A", body="tomorrow", more={"edited_at": at(2), "reactions": '[{"emoji":"👍"}]'})
    report = load_chats([Chat(PHONE, (edited, Message("B")))], skip_duplicates=skip_duplicates)
    assert (report.messages.updated, report.messages.already_there, report.chats.updated) == (1, 1, 1)
    assert one(connection, "select body, edited_at, reactions from messages where whatsapp_message_id = 'A'") == (
        "tomorrow",
        at(2),
        [{"emoji": "👍"}],
    )
    before = one(connection, "select before from import_run_changes where table_name = 'messages'")
    assert (before["body"], before["edited_at"], before["reactions"]) == ("tomorow", None, [])


def test_what_other_programs_and_people_put_there_is_left_alone(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    connection.execute(
        """
        insert into clients (id, organization_id, phone, name, status)
        values (gen_random_uuid(), %s, %s, 'By hand', 'SERVICE')
        """,
        [ORGANIZATION, PHONE],
    )
    connection.execute(
        "insert into conversations (id, organization_id, client_id) select gen_random_uuid(), organization_id, id "
        "from clients"
    )
    connection.execute(
        """
        insert into messages (id, organization_id, conversation_id, direction, whatsapp_message_id, type, body, sent_at)
        select gen_random_uuid(), organization_id, id, 'INCOMING', 'A', 'TEXT', 'theirs', now() from conversations
        """
    )
    report = load_chats([Chat(PHONE, (Message("A", body="ours"), Message("B")))])
    assert (report.chats.imported, report.chats.updated) == (0, 1)
    assert (report.messages.inserted, report.messages.already_there, report.messages.updated) == (1, 1, 0)
    assert one(connection, "select name, status, incoming_count from clients") == ("By hand", "SERVICE", 2)
    assert one(connection, "select body from messages where whatsapp_message_id = 'A'") == "theirs"
    assert one(connection, "select count(*) from client_status_history") == 0


def test_a_client_whose_phone_was_corrected_by_hand_is_not_made_again(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    load_chats([Chat(PHONE)])
    connection.execute("update clients set phone = '+996700000001'")
    report = load_chats([Chat(PHONE, (Message("A"), Message("B")))])
    assert (report.chats.updated, report.messages.inserted) == (1, 1)
    assert one(connection, "select phone, incoming_count from clients") == ("+996700000001", 2)


def test_two_accounts_make_one_client_with_the_word_of_the_later_one(
    connection: psycopg.Connection, load_chats: Loader
) -> None:
    office = [Chat(PHONE, (Message("A", 1),), name="Office", first_name="Office", last_name=None, status="WARMED")]
    sales = [Chat(PHONE, (Message("X", 9),), name="Sales", first_name="Sales", last_name=None, status="SOLD")]
    load_chats(office, account="office", skip_duplicates=False)
    load_chats(sales, account="sales", skip_duplicates=False)
    expected = ("Sales", "SOLD", 2, at(1), at(9))
    query = "select name, status, incoming_count, first_message_at, last_message_at from clients"
    assert one(connection, query) == expected
    before = dump(connection)
    for account, chats in (("office", office), ("sales", sales), ("office", office)):
        report = load_chats(chats, account=account, skip_duplicates=False)
        assert report.chats.skipped == 1
    assert dump(connection) == before
    assert one(connection, "select count(*) from conversations") == 1


def test_counts_follow_messages_that_the_crm_added(connection: psycopg.Connection, load_chats: Loader) -> None:
    load_chats([Chat(PHONE)])
    connection.execute(
        """
        insert into messages (id, organization_id, conversation_id, direction, whatsapp_message_id, type, sent_at)
        select gen_random_uuid(), organization_id, id, 'OUTGOING', 'live', 'TEXT', %s from conversations
        """,
        [at(0) + timedelta(days=1)],
    )
    report = load_chats([Chat(PHONE)])
    assert (report.chats.updated, report.messages.inserted) == (1, 0)
    assert one(connection, "select outgoing_count, last_message_at from clients") == (1, at(24 * 60))

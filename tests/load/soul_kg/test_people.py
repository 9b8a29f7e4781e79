"""People who change their numbers, and numbers that change their people, in tables without a place for addresses."""

from load.keys import client_key
from tests.load.clean_runs import Chat, Message, at
from tests.load.conftest import ORGANIZATION
from tests.load.soul_kg.conftest import Crm, Loads, naive

OLD, NEW, THIRD = "+996555111111", "+996777222222", "+996700333333"


def person(phone: str, lid: str | None, *messages: Message, also: tuple[str, ...] = ()) -> Chat:
    addresses = sorted(
        [*([f"{lid}@lid"] if lid else []), *(f"{number[1:]}@s.whatsapp.net" for number in (phone, *also))]
    )
    return Chat(phone, messages or (Message(f"of-{lid}"),), more={"addresses": addresses})


def test_a_client_who_changes_his_number_stays_one_row(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, "1", Message("A", 0)))
    client, conversation = crm.value('select c.id, v.id from clients c join conversations v on v."clientId" = c.id')
    report = loads(person(NEW, "1", Message("A", 0), Message("B", 5), also=(OLD,)))
    assert crm.rows("select id, phone from clients") == [(client, NEW)]
    assert crm.rows('select "conversationId", "whatsappMessageId" from messages order by "createdAt"') == [
        (conversation, "false_996555111111@c.us_A"),
        (conversation, "false_996777222222@c.us_B"),
    ]
    noted = crm.value("select metadata -> 'wa2pg' from clients")
    assert (noted["phone"], set(noted["addresses"])) == (
        NEW,
        {"1@lid", "996555111111@s.whatsapp.net", "996777222222@s.whatsapp.net"},
    )
    assert (report.chats.updated, report.messages.inserted, report.messages.already_there) == (1, 1, 1)
    before = crm.dump()
    loads(person(NEW, "1", Message("A", 0), Message("B", 5), also=(OLD,)))
    assert crm.dump() == before


def test_an_edit_is_followed_after_the_number_has_changed(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, "1", Message("A", 0)))
    edited = Message("A", 0, body="edited", more={"edited_at": at(3)})
    assert loads(person(NEW, "1", edited)).messages.updated == 1
    assert crm.rows("select content from messages") == ["edited"]


def test_a_number_that_passes_to_somebody_else_makes_two_clients(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, "1", Message("A", 0)))
    first = crm.value("select id from clients")
    report = loads(person(NEW, "1", Message("A", 0)), person(OLD, "2", Message("X", 9)))
    assert sorted(crm.rows("select phone, id = %s from clients", first)) == [(OLD, False), (NEW, True)]
    assert (report.chats.imported, report.chats.updated) == (1, 1)
    before = crm.dump()
    loads(person(NEW, "1", Message("A", 0)), person(OLD, "2", Message("X", 9)))
    assert crm.dump() == before


def test_two_people_who_swap_their_numbers_keep_their_rows(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, "1"), person(NEW, "2"))
    rows = dict(crm.rows("select phone, id from clients"))
    loads(person(NEW, "1"), person(OLD, "2"))
    assert dict(crm.rows("select phone, id from clients")) == {NEW: rows[OLD], OLD: rows[NEW]}
    assert crm.value("select count(*) from messages") == 2


def test_a_new_person_is_never_loaded_into_the_row_of_the_one_who_had_his_number(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, "1", Message("A", 0)))
    before = crm.dump()
    report = loads(person(OLD, "2", Message("X", 9)))
    assert [failed.reason for failed in report.chats.failed] == ["another client of the database has his number"]
    assert report.messages.rejected == 1
    assert crm.dump() == before


def test_a_phone_that_a_person_corrected_stays_and_the_client_is_still_known(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, "1", Message("A", 0)))
    crm.connection.execute("update clients set phone = %s", [THIRD])
    loads(person(NEW, "1", Message("A", 0), Message("B", 5)))
    assert crm.rows("select phone from clients") == [THIRD]
    assert crm.value("select count(*) from messages") == 2


def test_a_client_without_a_lid_is_known_by_his_key_after_his_phone_was_corrected(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, None, Message("A", 0)))
    crm.connection.execute("update clients set phone = %s", [THIRD])
    assert loads(person(OLD, None, Message("A", 0))).messages.already_there == 1
    assert crm.rows("select id, phone from clients") == [(str(client_key(ORGANIZATION, OLD)), THIRD)]


def test_the_row_that_the_crm_made_for_the_new_number_is_used_and_old_messages_are_known_in_the_old_one(
    crm: Crm, loads: Loads
) -> None:
    loads(person(OLD, "1", Message("A", 0)))
    live = crm.client(NEW)
    crm.message(crm.conversation(live), "false_996777222222@c.us_B", createdAt=naive(5))
    report = loads(person(NEW, "1", Message("A", 0), Message("B", 5), Message("C", 6)))
    assert (report.messages.inserted, report.messages.already_there) == (1, 2)
    assert sorted(crm.rows("select phone from clients")) == [OLD, NEW]
    where = crm.value(
        'select v."clientId" from messages m join conversations v on v.id = m."conversationId"'
        " where m.\"whatsappMessageId\" like '%%\\_C'"
    )
    assert where == live


def test_rows_that_the_crm_made_do_not_move(crm: Crm, loads: Loads) -> None:
    crm.client(OLD, metadata={"addresses": ["1@lid"]})
    loads(person(NEW, "1"))
    assert sorted(crm.rows("select phone from clients")) == [OLD, NEW]


def test_another_account_moves_no_number_back(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, "1", Message("A", 0)), account="one")
    loads(person(NEW, "1", Message("B", 9)), account="two")
    assert crm.rows("select phone from clients") == [NEW]
    loads(person(OLD, "1", Message("A", 0)), account="one")
    assert crm.rows("select phone from clients") == [NEW]
    assert crm.value("select count(*) from messages") == 2


def test_clients_left_out_by_the_review_do_not_move(crm: Crm, loads: Loads) -> None:
    loads(person(OLD, "1"))
    before = crm.dump()
    skipped = person(NEW, "1")
    loads(skipped.but(more=skipped.more | {"skip": True}))
    assert crm.dump() == before

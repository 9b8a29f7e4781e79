"""Who is who: which addresses are one person, and which number is his."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.transform.archives import (
    ANNA,
    ANNA_LID,
    ANNA_PHONE,
    BAKYT,
    BAKYT_PHONE,
    OWN_LID,
    OWN_PHONE,
    Archive,
    action,
    contact,
    message,
    pair,
    payload,
)
from tests.transform.conftest import clean
from transform.people import Evidence, address_of, find_people

NEW_NUMBER = "996700000009@s.whatsapp.net"


def people(
    *pairs: tuple[str, str, str, int], talking: tuple[str, ...] = (ANNA_LID,), own: tuple[str, ...] = ()
) -> dict[str, str | None]:
    """The phone of each address, by the evidence (lid, pn, source, arrival)."""
    found = find_people(talking, (), [Evidence(*one) for one in pairs], own, None)
    return {address: person.phone for address, person in found.items()}


def test_a_lid_and_a_number_are_one_client_and_their_threads_merge(archive: Archive) -> None:
    archive.add(
        payload(message(ANNA, "M1"), message(ANNA_LID, "M2"), message(ANNA_LID, "M1", "again"), lid_map=[pair()])
    )
    tables = clean(archive)
    assert tables.client["phone"] == ANNA_PHONE
    assert tables.client["addresses"] == [ANNA_LID, ANNA]
    assert [row["whatsapp_message_id"] for row in tables.messages] == ["M1", "M2"]
    assert tables.conversation["message_count"] == 2


def test_evidence_of_a_later_snapshot_explains_an_earlier_message(archive: Archive) -> None:
    archive.add(payload(message(ANNA_LID)))
    assert clean(archive).clients == []
    archive.add(payload(lid_map=[pair()]))
    assert clean(archive).client["phone"] == ANNA_PHONE


def test_a_lid_without_a_number_is_rejected_and_counted_as_a_person(archive: Archive) -> None:
    archive.add(
        payload(
            message("7@lid", "M1"),
            message("7:2@hosted.lid", "M1", "again"),
            message("7@lid", "M2"),
            message("8@lid", "M1"),
            message("8@lid", None),
            action("reaction", text="👍", chat="8@lid"),
        )
    )
    tables = clean(archive)
    assert tables.clients == []
    assert tables.run.accounting.rejected == {"no_phone": 6}
    assert (tables.run.people_without_number, tables.run.messages_without_number) == (2, 4)
    assert {row["chat_jid"] for row in tables.rejects} == {"7@lid", "7:2@hosted.lid", "8@lid"}


def test_a_number_that_cannot_be_one_is_rejected(archive: Archive) -> None:
    archive.add(payload(message("12@s.whatsapp.net"), message("9@lid"), lid_map=[pair("9@lid", "34@s.whatsapp.net")]))
    tables = clean(archive)
    assert tables.run.accounting.rejected == {"not_a_phone": 2}
    assert tables.run.people_without_number == 0


def test_the_newest_number_is_the_phone_and_the_older_stays_an_address(archive: Archive) -> None:
    archive.add(payload(message(ANNA_LID, "M1"), lid_map=[pair()]))
    archive.add(payload(message(NEW_NUMBER, "M2"), lid_map=[pair(pn=NEW_NUMBER)]))
    client = clean(archive).client
    assert client["phone"] == "+996700000009"
    assert client["addresses"] == [ANNA_LID, ANNA, NEW_NUMBER]


def test_evidence_without_a_payload_was_read_at_the_end_of_its_snapshot(archive: Archive) -> None:
    archive.add(payload(message(ANNA_LID), lid_map=[pair(source="session", payload=None), pair(pn=NEW_NUMBER)]))
    assert clean(archive).client["phone"] == ANNA_PHONE


def test_direct_evidence_beats_newer_fallback_evidence() -> None:
    phones = people((ANNA_LID, ANNA, "session", 1), (ANNA_LID, BAKYT, "receipt", 2), talking=(ANNA_LID, BAKYT))
    assert phones == {ANNA_LID: ANNA_PHONE, ANNA: ANNA_PHONE, BAKYT: BAKYT_PHONE}


def test_fallback_evidence_serves_a_lid_that_has_no_other() -> None:
    assert people((ANNA_LID, ANNA, "receipt", 1))[ANNA_LID] == ANNA_PHONE
    assert people((ANNA_LID, ANNA, "inline_contact", 1))[ANNA_LID] == ANNA_PHONE


def test_sources_of_one_payload_count_in_their_order() -> None:
    order = ["conversation", "mapping", "live", "session"]
    for better, worse in pairwise(order):
        assert people((ANNA_LID, BAKYT, worse, 1), (ANNA_LID, ANNA, better, 1))[ANNA_LID] == ANNA_PHONE
    assert people((ANNA_LID, BAKYT, "inline_contact", 1), (ANNA_LID, ANNA, "receipt", 1))[ANNA_LID] == ANNA_PHONE


def test_a_number_that_is_none_leaves_the_next_best() -> None:
    assert people((ANNA_LID, "34@s.whatsapp.net", "live", 2), (ANNA_LID, ANNA, "live", 1))[ANNA_LID] == ANNA_PHONE


def test_pairs_that_join_no_lid_to_a_persons_number_are_ignored() -> None:
    rubbish = [
        (ANNA_LID, "5@lid", "live", 1),
        (ANNA_LID, "0@s.whatsapp.net", "live", 1),
        (ANNA_LID, "13135550002@s.whatsapp.net", "live", 1),
        (ANNA_LID, "120363@g.us", "live", 1),
        (ANNA_LID, "@s.whatsapp.net", "live", 1),
        (ANNA, BAKYT, "live", 1),
        ("", "", "live", 1),
    ]
    assert people(*rubbish) == {ANNA_LID: None}


def test_pairs_are_read_in_every_form_of_address() -> None:
    assert people(("100000000000001:3@hosted.lid", "996555000001:9@c.us", "live", 1))[ANNA_LID] == ANNA_PHONE


def test_a_receipt_that_names_the_company_does_not_hide_a_client() -> None:
    own = (OWN_PHONE, OWN_LID)
    found = find_people([ANNA_LID], (), [Evidence(ANNA_LID, OWN_PHONE, "receipt", 1)], own, None)
    assert not found[ANNA_LID].own
    found = find_people([ANNA], (), [Evidence(OWN_LID, ANNA, "receipt", 1)], own, None)
    assert not found[ANNA].own


def test_two_lids_of_one_number_are_one_person() -> None:
    phones = people((ANNA_LID, ANNA, "live", 1), ("5@lid", ANNA, "live", 2), talking=("5@lid", ANNA_LID))
    assert phones == {ANNA_LID: ANNA_PHONE, "5@lid": ANNA_PHONE, ANNA: ANNA_PHONE}


def test_a_number_that_somebody_else_has_today_joins_nobody_to_him(archive: Archive) -> None:
    archive.add(payload(message(ANNA_LID, "M1"), lid_map=[pair()]))
    archive.add(payload(message(ANNA_LID, "M2"), lid_map=[pair(pn=NEW_NUMBER)]))
    archive.add(payload(message("5@lid", "M3"), message(ANNA, "M4"), lid_map=[pair("5@lid")]))
    tables = clean(archive)
    addresses = {client["phone"]: client["addresses"] for client in tables.clients}
    assert addresses == {ANNA_PHONE: ["5@lid", ANNA], "+996700000009": [ANNA_LID, NEW_NUMBER]}
    owners = {row["whatsapp_message_id"]: row["phone"] for row in tables.messages}
    assert owners == {"M1": "+996700000009", "M2": "+996700000009", "M3": ANNA_PHONE, "M4": ANNA_PHONE}


def test_a_number_that_two_people_have_left_goes_with_the_one_who_had_it_last() -> None:
    phones = people(
        (ANNA_LID, ANNA, "live", 1),
        (ANNA_LID, BAKYT, "live", 2),
        ("5@lid", ANNA, "live", 3),
        ("5@lid", NEW_NUMBER, "live", 4),
        talking=(ANNA_LID, "5@lid", ANNA),
    )
    assert phones[ANNA_LID] == BAKYT_PHONE
    assert phones["5@lid"] == phones[ANNA] == "+996700000009"


def test_a_client_who_had_the_companys_number_before_it_is_not_the_company() -> None:
    evidence = [Evidence(ANNA_LID, OWN_PHONE, "live", 1), Evidence(ANNA_LID, ANNA, "live", 2)]
    found = find_people([ANNA_LID, ANNA], (), evidence, (OWN_PHONE, OWN_LID), None)
    assert (found[ANNA_LID].phone, found[ANNA_LID].own) == (ANNA_PHONE, False)
    assert found[OWN_PHONE].own


def test_a_number_in_receipts_of_several_lids_is_nobodys() -> None:
    # without --own nobody knows that it is the company's
    phones = people(
        (ANNA_LID, OWN_PHONE, "receipt", 1),
        ("5@lid", OWN_PHONE, "receipt", 2),
        ("5@lid", BAKYT, "mapping", 1),
        talking=(ANNA_LID, "5@lid"),
    )
    assert (phones[ANNA_LID], phones["5@lid"]) == (None, BAKYT_PHONE)


def test_a_number_that_is_known_to_be_anothers_is_not_learnt_from_a_receipt() -> None:
    phones = people((ANNA_LID, BAKYT, "receipt", 2), ("5@lid", BAKYT, "session", 1), talking=(ANNA_LID, "5@lid"))
    assert (phones[ANNA_LID], phones["5@lid"]) == (None, BAKYT_PHONE)


def test_two_numbers_in_the_receipts_of_a_lid_are_one_too_many() -> None:
    pairs = [(ANNA_LID, OWN_PHONE, "receipt", 1), (ANNA_LID, ANNA, "receipt", 1)]
    assert people(*pairs)[ANNA_LID] is None
    # the same number in its old and its new form is one
    mexican = [(ANNA_LID, f"{number}@s.whatsapp.net", "receipt", 1) for number in ("5215512345678", "525512345678")]
    assert people(*mexican)[ANNA_LID] == "+525512345678"
    # beside other clients the company's number falls away, and the client's own is left
    assert people(*pairs, ("5@lid", OWN_PHONE, "receipt", 1))[ANNA_LID] == ANNA_PHONE


def test_addresses_of_before_and_after_renumbering_are_one_client(archive: Archive) -> None:
    old, new = "5215512345678@s.whatsapp.net", "525512345678@s.whatsapp.net"
    archive.add(payload(message(old, "M1"), message(new, "M2"), message(new, "M1")))
    tables = clean(archive)
    assert tables.client["phone"] == "+525512345678"
    assert tables.client["addresses"] == [old, new]
    assert len(tables.messages) == 2


def test_local_forms_are_read_by_the_region_or_by_that_of_the_own_number(archive: Archive) -> None:
    archive.add(payload(message("0555000001@s.whatsapp.net"), message(ANNA, "M2")))
    by_own_number = clean(archive)
    assert by_own_number.client["phone"] == ANNA_PHONE
    assert by_own_number.run.settings["region"] == "KG"
    by_option = clean(archive, region="gb")
    assert by_option.run.settings["region"] == "GB"
    assert [client["phone"] for client in by_option.clients] == ["+44555000001", ANNA_PHONE]


def test_addresses_are_those_with_messages_or_evidence(archive: Archive) -> None:
    archive.add(payload(message(ANNA), contacts=[contact("5215512345678@c.us")], lid_map=[pair("6@lid"), pair()]))
    assert clean(archive).client["addresses"] == [ANNA_LID, "6@lid", ANNA]


def test_contacts_without_messages_are_counted_and_are_no_clients(archive: Archive) -> None:
    archive.add(
        payload(
            message(ANNA_LID),
            lid_map=[pair()],
            contacts=[
                contact(ANNA),
                contact(BAKYT),
                contact("996555000002:4@c.us", source="push_name"),
                contact("5@lid"),
                contact(OWN_PHONE),
                contact("1@g.us"),
            ],
        )
    )
    tables = clean(archive)
    assert tables.run.contacts_without_messages == 2
    assert tables.client["phone"] == ANNA_PHONE


def test_the_form_of_an_address_of_another_server_is_left_alone() -> None:
    assert address_of("12345-678@g.us") == "12345-678@g.us"


LIDS = st.sampled_from(["1@lid", "2@lid", "3@lid"])
NUMBERS = st.sampled_from([ANNA, BAKYT, NEW_NUMBER, "34@s.whatsapp.net"])
EVIDENCE = st.lists(
    st.builds(
        Evidence,
        lid=LIDS,
        pn=NUMBERS,
        source=st.sampled_from(["conversation", "mapping", "live", "session", "receipt", "inline_contact"]),
        arrival=st.integers(0, 3),
    ),
    max_size=8,
)


@given(EVIDENCE, st.randoms(use_true_random=False))
def test_people_do_not_depend_on_the_order_of_evidence(evidence: list[Evidence], random: Random) -> None:
    talking = ["1@lid", "2@lid", ANNA]
    shuffled = sorted(evidence, key=lambda _: random.random())
    assert find_people(talking, (), evidence, (), None) == find_people(talking, (), shuffled, (), None)


@given(EVIDENCE)
def test_no_two_people_share_a_phone_or_an_address(evidence: list[Evidence]) -> None:
    found = find_people(["1@lid", "2@lid", ANNA, BAKYT], (), evidence, (), None)
    people_by_id = {id(person): person for person in found.values()}
    phones = [person.phone for person in people_by_id.values() if person.phone]
    addresses = [address for person in people_by_id.values() for address in person.addresses]
    assert len(phones) == len(set(phones))
    assert len(addresses) == len(set(addresses))

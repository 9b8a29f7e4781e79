"""A person's words: what counts as one, where it lands, and that it stays."""

import pytest

from schemas.errors import UserError
from schemas.files import sha256_of
from schemas.words import Status
from tests.review.office import Office
from tests.transform.archives import ANNA, ANNA_LID, ANNA_PHONE, BAKYT, BAKYT_PHONE, Archive, message, pair, payload
from tests.transform.archives import contact as contact_of

NEW = "996555000009@s.whatsapp.net"
NEW_PHONE = "+996555000009"


def test_a_file_that_nobody_touched_says_nothing(office: Office) -> None:
    tables = office.transform(status=Status.SOLD)

    assert tables.run.review is not None
    assert (tables.run.review.rows, tables.run.review.applied, tables.run.review.unmatched) == (2, 0, 0)
    assert tables.run.review.sha256 == sha256_of(office.path)
    assert [(client["status"], client["status_source"]) for client in tables.clients] == [("SOLD", "rules")] * 2


def test_what_a_person_set_is_in_the_clean_clients(office: Office) -> None:
    office.edit(ANNA_PHONE, name="Anne Marie Weber", language="DE", status="proposal sent", skip="yes")
    clients = office.clients()

    anna = clients[ANNA_PHONE]
    assert (anna["name"], anna["first_name"], anna["last_name"]) == ("Anne Marie Weber", "Anne", "Marie Weber")
    assert (anna["name_source"], anna["preferred_language"], anna["language_confidence"]) == ("review", "de", 1.0)
    assert (anna["status"], anna["status_source"], anna["status_confidence"]) == ("PROPOSAL_SENT", "review", 1.0)
    assert anna["status_reason"] == "set by a person in the review file"
    assert anna["skip"] is True
    bakyt = clients[BAKYT_PHONE]
    assert (bakyt["name_source"], bakyt["status_source"], bakyt["skip"]) == ("address_book", "rules", False)


def test_the_run_records_the_file_and_the_same_file_gives_the_same_bytes(office: Office) -> None:
    untouched = office.transform()
    office.edit(ANNA_PHONE, status="SOLD")
    first, again = office.transform(), office.transform()

    assert first.run.review is not None
    assert (first.run.review.applied, first.run.review.sha256) == (1, sha256_of(office.path))
    assert first.run.inputs_sha256 == again.run.inputs_sha256 != untouched.run.inputs_sha256
    assert first.run.tables == again.run.tables


def test_without_a_review_file_nothing_is_recorded(archive: Archive) -> None:
    archive.add(payload(message()))
    tables = Office(archive).transform()

    assert tables.run.review is None
    assert tables.client["skip"] is False


def test_better_readings_reach_the_rows_that_nobody_edited_and_only_those(office: Office) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    for status in (Status.QUALIFIED, Status.CLOSED):
        clients = office.clients(status=status, reason="read anew")
        assert (clients[ANNA_PHONE]["status"], clients[BAKYT_PHONE]["status"]) == ("SOLD", status)
        office.review()
        assert office.row(ANNA_PHONE)["status"] == "SOLD"
        assert (office.row(BAKYT_PHONE)["status"], office.row(BAKYT_PHONE)["reason"]) == (status, "read anew")


def test_a_word_stays_one_also_when_the_rules_came_to_agree_with_it_for_a_while(office: Office) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    office.transform(status=Status.SOLD)
    office.review()

    assert office.clients(status=Status.CLOSED)[ANNA_PHONE]["status"] == "SOLD"


def test_words_that_no_transform_has_read_yet_are_kept_by_the_next_writing(office: Office) -> None:
    office.edit(ANNA_PHONE, name="Anne", skip="x")
    written = office.review()

    assert (written.edited, written.skipped) == (1, 1)
    assert (office.row(ANNA_PHONE)["name"], office.row(ANNA_PHONE)["skip"]) == ("Anne", "yes")
    assert office.clients()[ANNA_PHONE]["name_source"] == "review"


def test_an_emptied_cell_takes_the_word_back(office: Office) -> None:
    office.edit(ANNA_PHONE, name="Anne", language="de", status="SOLD", skip="yes")
    office.transform()
    office.review()
    office.edit(ANNA_PHONE, name="", language="", status="", skip="")
    written = office.review()
    assert written.edited == 0
    assert office.row(ANNA_PHONE)["status"] == ""

    anna = office.clients()[ANNA_PHONE]
    assert (anna["name"], anna["preferred_language"], anna["status_source"]) == ("Anna Weber", "en", "rules")
    assert anna["skip"] is False
    office.review()
    assert (office.row(ANNA_PHONE)["name"], office.row(ANNA_PHONE)["status"]) == ("Anna Weber", "WARMED")


def test_a_reason_of_ones_own_stands_behind_the_status_as_it_is(office: Office) -> None:
    office.edit(ANNA_PHONE, reason="paid in cash, 5 people")
    for _ in range(2):
        anna = office.clients(status=Status.CLOSED)[ANNA_PHONE]
        assert (anna["status"], anna["status_source"]) == ("WARMED", "review")
        assert anna["status_reason"] == "paid in cash, 5 people"
        office.review()
    office.edit(ANNA_PHONE, status="")
    assert office.clients(status=Status.CLOSED)[ANNA_PHONE]["status_source"] == "rules"


def test_a_row_that_was_deleted_takes_nothing_back_and_is_written_again(office: Office) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    office.review()
    office.save([row for row in office.rows() if ANNA_PHONE not in row["phone"]])

    assert office.clients()[ANNA_PHONE]["status"] == "SOLD"
    office.review()
    assert office.row(ANNA_PHONE)["status"] == "SOLD"


def test_a_file_that_is_gone_with_words_in_it_stops_transform_and_can_be_written_again(office: Office) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    office.review()
    office.path.unlink()

    with pytest.raises(UserError, match="is gone") as caught:
        office.transform()
    assert "wa2pg review office" in str(caught.value.hint)
    assert any("was gone" in warning for warning in office.review().warnings)
    assert office.clients()[ANNA_PHONE]["status"] == "SOLD"
    office.path.unlink()
    office.base.unlink()
    assert office.transform().run.review is None


def test_a_file_that_is_gone_without_words_is_no_matter(office: Office) -> None:
    office.path.unlink()
    assert office.transform().run.review is None


def test_without_the_memory_every_cell_that_differs_is_a_word(office: Office) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    office.base.unlink()
    tables = office.transform()

    assert any("is not known" in warning for warning in tables.run.warnings)
    assert tables.run.review is not None
    assert tables.run.review.applied == 1
    office.review()
    assert office.clients(status=Status.CLOSED)[ANNA_PHONE]["status"] == "SOLD"
    assert office.clients(status=Status.CLOSED)[BAKYT_PHONE]["status"] == "CLOSED"


def test_words_that_are_in_force_survive_the_loss_of_the_memory(office: Office) -> None:
    office.edit(ANNA_PHONE, name="Anne", language="de", status="SOLD")
    office.transform()
    office.review()
    office.base.unlink()
    office.review()

    anna = office.clients(status=Status.CLOSED)[ANNA_PHONE]
    assert (anna["name"], anna["preferred_language"], anna["status"]) == ("Anne", "de", "SOLD")


def test_a_list_of_ones_own_with_phone_and_status_is_enough(archive: Archive) -> None:
    archive.add(payload(message(ANNA), message(BAKYT, "B1")))
    office = Office(archive)
    office.path.parent.mkdir(parents=True)
    office.path.write_text("Phone;Status;Manager\n996555000001;sold;Aigul\n")

    clients = office.clients()
    assert (clients[ANNA_PHONE]["status"], clients[BAKYT_PHONE]["status"]) == ("SOLD", "WARMED")
    office.review()
    (anna,) = [row for row in office.rows(";") if ANNA_PHONE in row["phone"]]
    assert (anna["status"], anna["Manager"]) == ("SOLD", "Aigul")


def test_a_damaged_memory_is_refused(office: Office) -> None:
    office.base.write_bytes(office.base.read_bytes()[:-40])
    for work in (office.transform, office.review):
        with pytest.raises(UserError, match="damaged"):
            work()


def test_a_row_about_nobody_is_reported_by_its_number_and_stays(office: Office) -> None:
    rows = office.rows()
    stranger = dict.fromkeys(rows[0], "") | {"phone": "'+996555777777", "status": "SOLD", "name": "Carla"}
    office.save([*rows, stranger])
    tables = office.transform()

    assert tables.run.review is not None
    assert (tables.run.review.rows, tables.run.review.applied, tables.run.review.unmatched) == (3, 0, 1)
    (warning,) = [text for text in tables.run.warnings if "review" in text]
    assert "row 4" in warning
    assert "777" not in warning
    for _ in range(2):
        assert office.review().unmatched == 1
        assert office.row("+996555777777")["status"] == "SOLD"


def test_a_client_the_file_did_not_list_may_be_added_by_hand(office: Office) -> None:
    office.archive.add(payload(message(NEW, "N1")))
    rows = office.rows()
    office.save([*rows, dict.fromkeys(rows[0], "") | {"phone": NEW_PHONE, "status": "WARMED"}])

    assert office.clients(status=Status.CLOSED)[NEW_PHONE]["status"] == "WARMED"


def test_clients_that_come_later_are_added(office: Office) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    office.archive.add(payload(message(NEW, "N1")))
    office.transform()
    written = office.review()

    assert (written.rows, written.added, written.edited) == (3, 1, 1)


def test_rows_of_one_phone_that_disagree_are_refused_and_a_mere_copy_is_not(office: Office) -> None:
    rows = office.rows()
    office.save([*rows, rows[0] | {"status": "SOLD"}])
    assert office.clients()[rows[0]["phone"][1:]]["status"] == "SOLD"
    office.save([*rows, rows[0] | {"status": "SOLD"}, rows[0] | {"status": "CLOSED"}])
    with pytest.raises(UserError, match="one phone") as caught:
        office.transform()
    assert "Rows 2 and 4 and 5" in caught.value.message


@pytest.fixture
def lid_office(archive: Archive) -> Office:
    """Anna is known by her LID."""
    archive.add(payload(message(ANNA_LID, "A1"), lid_map=[pair()], contacts=[contact_of(ANNA, full_name="Anna")]))
    office = Office(archive)
    office.transform()
    office.review()
    return office


def test_a_word_follows_a_client_to_his_new_number(lid_office: Office) -> None:
    lid_office.edit(ANNA_PHONE, status="SOLD", skip="yes")
    lid_office.archive.add(payload(message(ANNA_LID, "A2"), lid_map=[pair(pn=NEW)]))
    anna = lid_office.clients()[NEW_PHONE]

    assert (anna["status"], anna["skip"]) == ("SOLD", True)
    lid_office.review()
    assert [row["phone"] for row in lid_office.rows()] == ["'" + NEW_PHONE]
    assert lid_office.clients(status=Status.CLOSED)[NEW_PHONE]["status"] == "SOLD"


def test_whoever_has_the_number_now_does_not_get_the_words_about_the_one_before(lid_office: Office) -> None:
    lid_office.edit(ANNA_PHONE, name="Anne", status="SOLD")
    other = "100000000000002@lid"
    lid_office.archive.add(
        payload(message(ANNA_LID, "A2"), message(other, "O1"), lid_map=[pair(pn=NEW), pair(other, ANNA)])
    )
    clients = lid_office.clients()

    assert (clients[NEW_PHONE]["name"], clients[NEW_PHONE]["status"]) == ("Anne", "SOLD")
    assert (clients[ANNA_PHONE]["name_source"], clients[ANNA_PHONE]["status"]) != ("review", "SOLD")
    lid_office.review()
    assert {row["phone"]: row["status"] for row in lid_office.rows()} == {
        "'" + NEW_PHONE: "SOLD",
        "'" + ANNA_PHONE: "WARMED",
    }


def test_of_two_rows_about_one_client_the_one_under_todays_number_counts(lid_office: Office) -> None:
    lid_office.edit(ANNA_PHONE, status="SOLD", language="de")
    rows = lid_office.rows()
    lid_office.save([*rows, dict.fromkeys(rows[0], "") | {"phone": NEW_PHONE, "status": "CLOSED"}])
    lid_office.archive.add(payload(message(ANNA_LID, "A2"), lid_map=[pair(pn=NEW)]))
    tables = lid_office.transform()

    assert (tables.client["status"], tables.client["preferred_language"]) == ("CLOSED", "de")
    assert any("several rows" in warning and "row 2" in warning for warning in tables.run.warnings)
    lid_office.review()
    assert sorted(row["status"] for row in lid_office.rows()) == ["CLOSED", "SOLD"]

"""Writing the file: order, safety of cells, what stays beside it, and what stops it."""

from typing import Any

import pytest

from schemas.datadir import exclusive
from schemas.errors import ExitCode, UserError
from schemas.words import Status
from tests.review.office import Office
from tests.transform.archives import ANNA, ANNA_PHONE, BAKYT, BAKYT_PHONE, Archive, contact, message, payload
from transform.review.rows import lines_for


def test_the_least_certain_come_first_and_what_a_person_set_last(office: Office) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    office.transform()
    written = office.review()

    assert [row["phone"] for row in office.rows()] == ["'" + BAKYT_PHONE, "'" + ANNA_PHONE]
    assert [row["confidence"] for row in office.rows()] == ["0.40", "1.00"]
    assert (written.rows, written.unsure, written.edited) == (2, 1, 1)


def test_the_file_is_private_and_opens_in_a_spreadsheet(office: Office) -> None:
    content = office.path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfphone,name,language,status,reason,confidence,skip\r\n")
    for path in (office.path, office.base, office.path.parent):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name",
    ['=HYPERLINK("http://x","Anna")', "+7 Anna Weber", "-Anna", "@anna", "＝cmd Anna", "Mar 5", "8 марта", "TRUE"],
)
def test_no_name_is_run_or_turned_into_something_else_by_a_spreadsheet(archive: Archive, name: str) -> None:
    archive.add(payload(message(ANNA), contacts=[contact(ANNA, full_name=name)]))
    office = Office(archive)
    assert office.transform().client["name"] == name
    office.review()

    assert office.row(ANNA_PHONE)["name"] == "'" + name
    assert office.clients()[ANNA_PHONE]["name_source"] == "address_book"
    # a spreadsheet may swallow the apostrophe
    office.edit(ANNA_PHONE, name=name, status="SOLD")
    anna = office.clients()[ANNA_PHONE]
    assert (anna["name_source"], anna["status_source"]) == ("address_book", "review")


def test_writing_again_changes_nothing(office: Office) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    office.review()
    before = {path.name: path.read_bytes() for path in office.path.parent.iterdir()}
    office.review()

    assert {path.name: path.read_bytes() for path in office.path.parent.iterdir()} == before


def test_what_was_there_stays_beside_it(office: Office) -> None:
    office.edit(ANNA_PHONE, status="sold")
    edited = office.path.read_bytes()
    written = office.review()

    assert written.backup == office.path.with_name("office.csv.bak")
    assert written.backup.read_bytes() == edited


def test_the_delimiter_of_the_file_is_kept_and_can_be_chosen(office: Office) -> None:
    office.save(office.rows(), delimiter=";")
    office.review()
    assert office.path.read_text("utf-8-sig").startswith("phone;name;")
    office.review("\t")
    assert office.path.read_text("utf-8-sig").startswith("phone\tname\t")
    assert office.transform().run.review is not None


@pytest.mark.parametrize("killed", ["between memory and file", "never"])
def test_a_writing_that_was_killed_between_its_files_makes_no_edits(office: Office, killed: str) -> None:
    office.edit(ANNA_PHONE, status="SOLD")
    old = office.path.read_bytes()
    office.transform(status=Status.QUALIFIED, reason="read anew")
    office.review()
    if killed != "never":
        office.path.write_bytes(old)  # the memory is written first
    for _ in range(2):
        clients = office.clients(status=Status.CLOSED, reason="and anew")
        assert (clients[ANNA_PHONE]["status"], clients[ANNA_PHONE]["status_source"]) == ("SOLD", "review")
        assert (clients[BAKYT_PHONE]["status"], clients[BAKYT_PHONE]["status_source"]) == ("CLOSED", "rules")
        office.review()


def test_a_copy_that_a_spreadsheet_held_open_and_saved_over_the_new_file_makes_no_edits(office: Office) -> None:
    held_open = office.rows()
    office.transform(status=Status.QUALIFIED, reason="read anew")
    office.review()
    office.review()
    for row in held_open:
        if ANNA_PHONE in row["phone"]:
            row["status"] = "SOLD"
    office.save(held_open)
    clients = office.clients(status=Status.CLOSED)

    assert (clients[ANNA_PHONE]["status"], clients[BAKYT_PHONE]["status"]) == ("SOLD", "CLOSED")


@pytest.mark.parametrize("name", [".~lock.office.csv#", "~$office.csv"])
def test_a_file_that_is_open_in_a_spreadsheet_is_not_replaced(office: Office, name: str) -> None:
    office.path.with_name(name).touch()
    before = {path.name: path.read_bytes() for path in office.path.parent.iterdir()}
    with pytest.raises(UserError, match="open in a spreadsheet"):
        office.review()
    assert {path.name: path.read_bytes() for path in office.path.parent.iterdir()} == before


def test_a_file_that_is_saved_while_it_is_read_is_not_replaced(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*arguments: Any) -> Any:
        office.edit(ANNA_PHONE, status="SOLD")
        return lines_for(*arguments)

    monkeypatch.setattr("transform.review.write.lines_for", slow)
    with pytest.raises(UserError, match="was saved while"):
        office.review()
    monkeypatch.undo()
    assert office.review().edited == 1


def test_it_waits_for_no_transform_and_no_transform_for_it(office: Office) -> None:
    with exclusive(office.archive.data.clean(office.archive.account), "transform"):
        for work in (office.review, office.transform):
            with pytest.raises(UserError, match="is running"):
                work()


def test_without_a_clean_run_there_is_nothing_to_review(archive: Archive) -> None:
    with pytest.raises(UserError) as caught:
        Office(archive).review()
    assert caught.value.exit_code is ExitCode.ARCHIVE
    assert not archive.data.clean(archive.account).exists()


def test_damaged_clean_clients_are_not_written_out(office: Office) -> None:
    table = office.transform().folder.table("clients")
    content = table.read_bytes()
    table.write_bytes(content[:-20] + bytes(20))
    with pytest.raises(UserError, match="damaged"):
        office.review()


def test_a_client_with_the_number_of_a_kept_row_waits_until_that_is_given_up(archive: Archive) -> None:
    lid, other, new = "100000000000001@lid", "100000000000002@lid", "996555000009@s.whatsapp.net"
    archive.add(
        payload(message(lid, "A1"), message(BAKYT, "B1"), lid_map=[{"lid": lid, "pn": ANNA, "source": "mapping"}])
    )
    office = Office(archive)
    office.transform()
    office.review()
    office.edit(ANNA_PHONE, status="SOLD")
    rows = office.rows()
    office.save([*rows, dict.fromkeys(rows[0], "") | {"phone": "+996555000009", "status": "CLOSED"}])
    archive.add(
        payload(
            message(lid, "A2"),
            message(other, "O1"),
            lid_map=[
                {"lid": lid, "pn": new, "source": "mapping"},
                {"lid": other, "pn": ANNA, "source": "mapping"},
            ],
        )
    )
    clients = office.clients()
    assert clients["+996555000009"]["status"] == "CLOSED"
    assert clients[ANNA_PHONE]["status"] == "WARMED"
    written = office.review()
    assert any("1 client left without a row" in warning for warning in written.warnings)
    assert office.row(ANNA_PHONE)["status"] == "SOLD"
    assert office.clients() == clients

    office.edit(ANNA_PHONE, status="")
    office.review()
    assert office.row(ANNA_PHONE)["status"] == "WARMED"

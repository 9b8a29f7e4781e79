"""The file comes back as spreadsheets save it, and as nobody should."""

import csv
import os
from collections.abc import Callable
from typing import Any

import pytest

from schemas.errors import UserError
from schemas.words import Status
from tests.review.office import Office
from tests.transform.archives import ANNA, ANNA_PHONE, BAKYT_PHONE, Archive, contact, message, payload
from transform.review import sheet
from transform.review.cells import read_phone

# how programs save the file that they opened; `errors="replace"` is what they do to letters without a place
SAVED: dict[str, dict[str, Any]] = {
    "LibreOffice, UTF-8": {"encoding": "utf-8", "lineterminator": "\n"},
    "Excel, CSV UTF-8, comma": {},
    "Excel in Russian, CSV UTF-8": {"delimiter": ";"},
    "Excel in Russian, CSV": {"delimiter": ";", "encoding": "cp1251", "errors": "replace"},
    "Excel in English, CSV": {"encoding": "cp1252", "errors": "replace"},
    "Excel for Mac, CSV": {"delimiter": ";", "encoding": "mac_cyrillic", "errors": "replace", "lineterminator": "\r"},
    "Excel, Unicode text": {"delimiter": "\t", "encoding": "utf-16"},
    "UTF-16 without its mark": {"delimiter": "\t", "encoding": "utf-16-le"},
    "UTF-16, the other way round": {"delimiter": "\t", "encoding": "utf-16-be"},
    "with sep=": {"delimiter": ";", "before": "sep=;\r\n"},
    "everything quoted": {"quoting": csv.QUOTE_ALL, "lineterminator": "\n"},
}


@pytest.mark.parametrize("how", SAVED)
def test_a_file_that_is_saved_again_says_what_was_changed_and_nothing_else(office: Office, how: str) -> None:
    rows = office.rows()
    office.save(rows, **SAVED[how])
    untouched = office.transform().run.review
    assert untouched is not None
    assert (untouched.rows, untouched.applied, untouched.unmatched) == (2, 0, 0)

    for row in rows:
        if ANNA_PHONE in row["phone"]:
            row["status"] = "sold"
    office.save(rows, **SAVED[how])
    clients = office.clients(status=Status.CLOSED)
    assert (clients[ANNA_PHONE]["status"], clients[ANNA_PHONE]["name_source"]) == ("SOLD", "address_book")
    bakyt = clients[BAKYT_PHONE]
    assert (bakyt["status"], bakyt["name"], bakyt["name_source"]) == ("CLOSED", "Бакыт Үсөнов 🏔", "address_book")


def test_a_name_in_an_old_encoding_is_read_and_one_that_lost_letters_is_not(office: Office) -> None:
    rows = office.rows()
    rows[0]["name"] = "Анна Вебер"
    office.save(rows, encoding="cp1251", errors="replace", delimiter=";")
    assert office.clients()[ANNA_PHONE]["name"] == "Анна Вебер"

    rows[0]["name"] = "?лия"
    office.save(rows, encoding="cp1251", errors="replace", delimiter=";")
    with pytest.raises(UserError, match="row 2: the name has question marks") as caught:
        office.transform()
    assert "UTF-8" in str(caught.value.hint)


def test_letters_that_windows_replaces_by_their_bare_ones_are_no_edit(archive: Archive) -> None:
    archive.add(payload(message(ANNA), contacts=[contact(ANNA, full_name="José Müller")]))
    office = Office(archive)
    office.transform()
    office.review()
    rows = office.rows()
    rows[0]["name"] = "Jose Muller"
    office.save([*rows, dict.fromkeys(rows[0], "") | {"phone": "+996555777777", "name": "Юля"}], encoding="cp1251")

    assert office.clients()[ANNA_PHONE]["name_source"] == "address_book"


def test_columns_may_be_moved_removed_and_added(office: Office) -> None:
    rows = [row | {"status": "SOLD", "Notes": "=call, then mail"} for row in office.rows()]
    office.save(rows, columns=["Notes", "status", "phone"])
    clients = office.clients()
    assert {client["status"] for client in clients.values()} == {"SOLD"}
    assert clients[ANNA_PHONE]["name_source"] == "address_book"
    office.review()
    assert office.row(ANNA_PHONE)["Notes"] == "'=call, then mail"
    office.review()
    assert office.row(ANNA_PHONE)["Notes"] == "'=call, then mail"


def test_cells_at_the_end_that_a_spreadsheet_leaves_out_are_empty_ones(office: Office) -> None:
    text = office.path.read_text("utf-8-sig").replace(",no\n", "\n")
    office.path.write_text(text + "\n,,,,,,\n\n")
    review = office.transform().run.review
    assert review is not None
    assert (review.rows, review.applied) == (2, 0)


def test_a_name_over_several_lines_is_a_name_of_one_line(office: Office) -> None:
    office.edit(ANNA_PHONE, name='Anna "Anne"\n Weber')
    office.edit(BAKYT_PHONE, status="SOLD")
    clients = office.clients()
    assert (clients[ANNA_PHONE]["name"], clients[BAKYT_PHONE]["status"]) == ('Anna "Anne" Weber', "SOLD")


@pytest.mark.parametrize("word", ["yes", "Yes", "TRUE", "ИСТИНА", "да", "x", "Х", "1", "WAHR", "ооба", " vrai "])
def test_skip_understands_yes_in_many_languages(office: Office, word: str) -> None:
    office.edit(ANNA_PHONE, skip=word)
    assert office.clients()[ANNA_PHONE]["skip"] is True


@pytest.mark.parametrize("word", ["no", "FALSE", "ЛОЖЬ", "нет", "0", "", "-", "жок"])
def test_skip_understands_no_in_many_languages(office: Office, word: str) -> None:
    office.edit(ANNA_PHONE, skip=word)
    assert office.clients()[ANNA_PHONE]["skip"] is False


@pytest.mark.parametrize(
    "cell",
    [
        "+996555123456", "'+996555123456", "996555123456", '="+996555123456"', "996555123456.00", "996555123456,0",
        "+996 555 12-34-56", "996\u00a0555\u00a0123\u00a0456", "tel:+996555123456", "+996 (555) 123456",
        "996,555,123,456",
    ],
)  # fmt: skip
def test_phones_are_recognised_as_spreadsheets_rewrite_them(cell: str) -> None:
    assert read_phone(cell) == "+996555123456"


@pytest.mark.parametrize("cell", ["9.96555E+11", "9,96555E+11", "9.96555e11", "9,96555Е+11"])
def test_a_rounded_phone_is_refused_with_its_row_and_the_way_to_import_text(office: Office, cell: str) -> None:
    office.save([row | {"phone": cell} for row in office.rows()])
    before = office.path.read_bytes()
    for work in (office.transform, office.review):
        with pytest.raises(UserError, match="row 2: the phone was turned into a rounded number") as caught:
            work()
        assert "row 3" in caught.value.message
        assert "as Text" in str(caught.value.hint)
        assert cell not in caught.value.message
    assert office.path.read_bytes() == before


@pytest.mark.parametrize(
    ("cells", "wrong", "mend"),
    [
        ({"status": "Oплачено"}, "row 2: the status is not known", "PROPOSAL_SENT"),
        ({"language": "klingon"}, "row 2: the language is not known", "ky"),
        ({"skip": "perhaps"}, "row 2: skip says neither yes nor no", "yes"),
        ({"name": "🏔"}, "row 2: the name is none", "letter"),
        ({"name": "n" * 101}, "row 2: the name is none", "100"),
        ({"reason": "r" * 501}, "row 2: the reason is too long", "500"),
        ({"phone": "Anna"}, "row 2: the phone is not an international number", "country code"),
        ({"phone": "0555123456"}, "row 2: the phone is not an international number", "country code"),
        ({"phone": ""}, "row 2: the phone is not an international number", "country code"),
    ],
)
def test_a_wrong_cell_is_named_by_its_row_and_never_repeated(
    office: Office, cells: dict[str, str], wrong: str, mend: str
) -> None:
    rows = office.rows()
    rows[0] |= cells
    office.save(rows)
    with pytest.raises(UserError) as caught:
        office.transform()
    assert wrong in caught.value.message
    assert mend in str(caught.value.hint)
    (cell,) = cells.values()
    assert not cell or cell not in caught.value.message


HEADING = b"phone,name,language,status,reason,confidence,skip\n"
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "name the columns"),
    "no heading": (b"+996555000001,Anna\n", "name the columns"),
    "characters 0": (HEADING + b"+996555000001,An\0na,,,,,\n", "characters 0"),
    "a million columns": (b"phone" + b",x" * 1_000_000 + b"\n", "twice, or more than"),
    "a million cells": (HEADING + b"+996555000001" + b",x" * 1_000_000 + b"\n", "more cells"),
    "a row that was cut off": (HEADING + b"+996555000001,Ann", "fewer cells"),
    "a quote that never ends": (HEADING + b'+996555000001,"Anna,,,,,no\n' * 3, "quotation mark"),
    "a cell of a megabyte": (HEADING + b"+996555000001," + b"x" * 1_000_000 + b",,,,,\n", "quotation mark"),
    "a column twice": (b"phone,status,status\n", "twice"),
    "UTF-16 cut in half": (b"\xff\xfep\x00h\x00o", "cannot be read"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "cannot be used"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_review_file_is_refused_and_left_as_it_is(office: Office, what: str) -> None:
    content, sentence = HOSTILE[what]
    office.path.write_bytes(content)
    for work in (office.transform, office.review):
        with pytest.raises(UserError) as caught:
            work()
        assert sentence in caught.value.message
    assert office.path.read_bytes() == content


def test_a_file_beyond_all_measure_is_refused_before_it_is_read(office: Office) -> None:
    os.truncate(office.path, sheet.LARGEST_FILE + 1)
    with pytest.raises(UserError, match="larger than 64 MB"):
        office.transform()


def test_more_rows_than_there_can_be_clients_are_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 1)
    with pytest.raises(UserError, match="more than 1 rows"):
        office.transform()


def _as_link(office: Office) -> None:
    office.path.rename(office.path.with_suffix(".elsewhere"))
    office.path.symlink_to(office.path.with_suffix(".elsewhere"))


def _as_pipe(office: Office) -> None:
    office.path.unlink()
    os.mkfifo(office.path)


def _as_folder(office: Office) -> None:
    office.path.unlink()
    office.path.mkdir()


@pytest.mark.parametrize("make", [_as_link, _as_pipe, _as_folder])
def test_what_is_no_plain_file_is_refused(office: Office, make: Callable[[Office], None]) -> None:
    make(office)
    for work in (office.transform, office.review):
        with pytest.raises(UserError, match=r"is a link|not a file"):
            work()

"""What the page says, and what it says where something is missing."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from extract.report import Finding
from load.layout import Layout
from load.report import ChatFigures, FailedChat, LoadReport, MessageFigures, PeopleWithoutNumber
from schemas.datadir import DataDir
from tests.report_page.conftest import MADE_AT, account_report, page_of
from tests.transform.archives import ANNA_PHONE, Archive, message, minute, payload
from tests.transform.conftest import clean
from wa2pg.report_page import wording
from wa2pg.report_page.account_report import AccountReport
from wa2pg.report_page.outlook import Outlook
from wa2pg.report_page.page import SHOWN, render
from wa2pg.report_page.page import Page as ReportPage

FIGURES = ("Messages over time", "Sales funnel", "Answer times of the staff", "What a load would do")
ARCHIVE = ("Integrity", "What the archive covers", "Snapshots and their chain")


def test_a_sound_archive_is_said_to_be_at_the_top(sample_report: AccountReport) -> None:
    page = page_of(sample_report)

    assert "Integrity: nothing wrong" in page
    assert page.index("Integrity: nothing wrong") < page.index("Messages over time")


def test_what_is_wrong_stands_at_the_top_with_what_to_do(archive: Archive) -> None:
    name = archive.add(payload(message()))
    clean(archive)
    path = archive.path / name / "chats.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    page = page_of(account_report(archive.data, archive.account))

    assert re.search(r"Integrity: \d findings", page)
    assert f"office/{name}/chats.parquet" in page
    assert "Restore it from a backup" in page


def test_every_section_of_the_sample_is_there(sample_report: AccountReport) -> None:
    page = page_of(sample_report)

    for heading in (*ARCHIVE, *FIGURES, "Hours and weekdays", "Kinds of messages", "Languages", "New clients a month"):
        assert heading in page
    assert "Figures are as of 1 Mar 2026, 15:00; days and hours are those of Asia/Bishkek." in page


def test_without_clean_tables_the_archive_is_shown_and_the_command_for_the_rest(archive: Archive) -> None:
    archive.add(payload(message()))
    page = page_of(account_report(archive.data, archive.account))

    assert all(heading in page for heading in ARCHIVE)
    assert not any(f">{heading}<" in page for heading in FIGURES)
    assert "has no clean tables yet" in page
    assert "transform --account office" in page


def test_with_a_snapshot_newer_than_the_clean_tables_their_figures_are_not_shown(archive: Archive) -> None:
    archive.add(payload(message()))
    clean(archive)
    newer = archive.add(payload(message(message_id="M2", sent_at=minute(5))))
    page = page_of(account_report(archive.data, archive.account))

    assert f"made before the snapshot {newer} was sealed" in page
    assert "transform --account office" in page
    assert ">Sales funnel<" not in page
    clean(archive)
    assert ">Sales funnel<" in page_of(account_report(archive.data, archive.account))


def test_clean_tables_of_a_snapshot_decoded_anew_are_new_enough(archive: Archive) -> None:
    first = archive.add(payload(message()))
    archive.add(payload(message()), redecode_of=first)
    clean(archive)

    assert ">Sales funnel<" in page_of(account_report(archive.data, archive.account))


def test_damaged_clean_tables_are_told_with_the_command_that_makes_them_anew(archive: Archive) -> None:
    archive.add(payload(message()))
    path = clean(archive).folder.table("messages")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    page = page_of(account_report(archive.data, archive.account))

    assert "is damaged" in page
    assert "transform --account office" in page
    assert all(heading in page for heading in ARCHIVE)


def test_long_lists_end_with_how_many_more_there_are(archive: Archive) -> None:
    many = SHOWN + 7
    people = [f"996555{n:06d}@s.whatsapp.net" for n in range(many)]
    archive.add(payload(*(message(jid, f"M{n}", sent_at=minute(-n)) for n, jid in enumerate(people))))
    clean(archive)
    page = page_of(account_report(archive.data, archive.account))

    assert f"{SHOWN} are shown, 7 clients more are not." in page
    assert f"{SHOWN} are shown, 7 chats more are not" in page
    shown = [jid for jid in people if "+" + jid.partition("@")[0] in page]
    assert shown == people[:SHOWN]


def test_several_accounts_are_an_article_each_on_one_page(sample_report: AccountReport, archive: Archive) -> None:
    archive.add(payload(message()))
    clean(archive)
    page = page_of(sample_report, account_report(archive.data, archive.account))

    assert re.findall(r'<h2 id="(a\d)">Account (\w+)</h2>', page) == [("a1", "sample"), ("a2", "office")]
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_no_archive_at_all_is_a_page_with_the_command_that_makes_one() -> None:
    page = page_of()

    assert "There is no archive yet" in page
    assert "wa2pg extract" in page.replace("-m wa2pg", "wa2pg")


def test_without_a_database_the_page_says_what_an_empty_one_would_get_and_the_command(
    sample_report: AccountReport,
) -> None:
    page = page_of(sample_report)

    assert "<strong>48 clients</strong> and <strong>325 messages</strong>" in page
    assert "load --account sample --dry-run" in page


def test_a_dry_run_is_shown_without_the_clients_it_failed_on(sample_report: AccountReport) -> None:
    dry = LoadReport(
        run=None,
        layout=Layout.CRM.value,
        organization_id="00000000-0000-0000-0000-000000000000",
        dry_run=True,
        chats=ChatFigures(48, 40, 3, 4, 0, [FailedChat("+996555000001", "no room")]),
        messages=MessageFigures(325, 300, 5, 19, 1, 0),
        clients_updated=3,
        history_rows=0,
        people_without_number=PeopleWithoutNumber(0, 0),
        warnings=[],
    )
    page = page_of(replace(sample_report, outlook=Outlook("silk-road-tours", dry)))

    assert "silk-road-tours" in page
    assert re.search(r"Inserted</th><td class=\"num\">300<", page)
    assert ANNA_PHONE not in page
    assert "silk-road-tours" not in page_of(
        replace(sample_report, outlook=Outlook("silk-road-tours", dry)), redact=True
    )


def test_a_page_stays_small(sample_report: AccountReport) -> None:
    assert len(page_of(sample_report)) < 200_000


def test_the_same_archive_gives_the_same_page(sample_data: DataDir) -> None:
    assert page_of(account_report(sample_data, "sample")) == page_of(account_report(sample_data, "sample"))


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "under 1 min"),
        (timedelta(minutes=40, seconds=5), "40 min"),
        (timedelta(hours=1, minutes=19), "1 h 19 min"),
        (timedelta(hours=20, minutes=3), "20 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=70), "2 months"),
        (timedelta(days=800), "2 years"),
    ],
)
def test_times_are_told_in_the_units_that_matter(length: timedelta, words: str) -> None:
    assert wording.duration(length) == words


def test_words_for_numbers_and_moments() -> None:
    assert wording.number(1234567.0) == "1,234,567"
    assert wording.share(1, 1000) == "<1 %"
    assert wording.share(1, 0) == wording.NOTHING
    assert wording.moment(datetime(2026, 3, 1, 9, tzinfo=UTC), "Asia/Bishkek") == "1 Mar 2026, 15:00"
    assert wording.address("996555000001@s.whatsapp.net") == "+996555000001"
    assert wording.address("12036304@g.us") == "12036304@g.us"


def test_an_account_without_any_message_of_a_client_has_a_page(archive: Archive) -> None:
    archive.add(payload(message(message_id=None)))
    clean(archive)
    page = page_of(account_report(archive.data, archive.account))

    assert "There are no messages." in page
    assert "Nobody: the company wrote last in every chat." in page
    assert "<strong>0 clients</strong>" in page


def test_what_lies_among_the_archives_and_is_none_stands_before_the_accounts(sample_report: AccountReport) -> None:
    stranger = Finding("old copies", "this is no account's archive", "move it elsewhere")
    page = render(ReportPage([sample_report], [stranger], MADE_AT, redacted=False)).decode()

    assert page.index("old copies") < page.index("Account sample</h2>")
    assert "Move it elsewhere" in page


def test_a_command_with_quotes_stands_as_it_is_typed(sample_report: AccountReport) -> None:
    finding = Finding("sample", "it's wrong", "run: wa2pg audit 'a & b'")
    page = page_of(replace(sample_report, findings=[finding]))

    assert "It&#39;s wrong" in page
    assert re.search(r"audit &#39;a &amp; b&#39;</code>", page)


def test_a_foreign_file_whose_name_is_no_utf_8_is_named_as_well_as_can_be(archive: Archive) -> None:
    archive.add(payload(message()))
    (archive.path / os.fsdecode(b"\xff<b>")).touch()

    assert r"office/\udcff&lt;b&gt;" in page_of(account_report(archive.data, archive.account))


def test_a_damaged_redecode_that_gave_way_makes_the_clean_tables_no_older(archive: Archive) -> None:
    first = archive.add(payload(message()))
    again = archive.add(payload(message()), redecode_of=first)
    path = archive.path / again / "messages/part-0000.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    clean(archive, skip_damaged=True)

    assert "Answer times of the staff" in page_of(account_report(archive.data, archive.account))

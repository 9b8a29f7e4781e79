"""`--redact`: nothing in the file's bytes says who somebody is."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from extract.report import Finding
from schemas.clean_run import read_current_run
from schemas.datadir import DataDir
from schemas.manifest import sealed_snapshots
from tests.report_page.conftest import account_report, page_of
from tests.transform.archives import Archive, message, payload
from tests.transform.conftest import clean
from wa2pg.report_page.account_report import AccountReport
from wa2pg.report_page.notice import Notice
from wa2pg.report_page.outlook import Outlook
from wa2pg.report_page.redaction import redacted, redacted_finding

# words of ours that are names of somebody, too, would be found in any page
_OURS = {"WhatsApp"}


def _personal(data: DataDir, account: str) -> Iterator[str]:
    """Every number, name, address and text of the account, raw and clean."""
    columns = {
        "messages": ["chat_jid", "sender_jid", "message_id", "push_name", "text", "media_name", "ad_title", "ad_url"],
        "chats": ["chat_jid", "pn_jid", "lid_jid", "name", "display_name"],
        "contacts": ["jid", "full_name", "first_name", "push_name", "business_name"],
        "lid_map": ["lid", "pn"],
    }
    for snapshot in sealed_snapshots(data.archive(account)):
        yield from filter(None, snapshot.manifest.own.model_dump().values())
        for table, names in columns.items():
            for path in snapshot.files(table):
                for row in pq.read_table(path, columns=names).to_pylist():
                    yield from filter(None, row.values())
    clean_run = read_current_run(data.clean(account))
    for row in pq.read_table(clean_run.table("clients")).to_pylist():
        yield from filter(None, (row["phone"], row["name"], row["first_name"], row["last_name"], row["ad_title"]))


def needles(data: DataDir, account: str) -> set[str]:
    found = set()
    for text in _personal(data, account):
        digits = re.sub(r"\D", "", text.partition("@")[0])
        found |= {text, *([digits] if len(digits) > 6 else [])}
    return {text for text in found if len(text) > 2 and text not in _OURS}


def test_no_number_name_address_or_text_of_the_sample_is_in_the_page(
    sample_data: DataDir, sample_report: AccountReport
) -> None:
    personal = needles(sample_data, "sample")
    page, plain = page_of(sample_report, redact=True), page_of(sample_report)

    assert len(personal) > 500
    assert sorted(text for text in personal if text in page) == []
    # the search is one that finds
    assert len([text for text in personal if text in plain]) > 60


def test_neither_the_accounts_name_nor_the_way_to_it_is_in_the_page(sample_report: AccountReport) -> None:
    page = page_of(sample_report, redact=True)

    assert "sample" not in page
    assert "Account 1" in page


def test_the_figures_are_the_same(sample_report: AccountReport) -> None:
    page = page_of(sample_report, redact=True)

    assert "Client 26" in page
    assert re.search(r"<dt>Clients</dt><dd><span class=\"big\">48<", page)


def test_a_file_that_somebody_put_into_the_archive_is_not_named(archive: Archive) -> None:
    archive.add(payload(message()))
    clean(archive)
    (archive.path / "Anna Petrova +996555000001.txt").write_text("x")
    report = account_report(archive.data, archive.account)
    page = page_of(report, redact=True)

    assert "Petrova" in page_of(report)
    assert "No wa2pg put this here" in page
    assert "Petrova" not in page
    assert archive.account not in page


@pytest.mark.parametrize(
    ("finding", "shown"),
    [
        (
            Finding("office/20260601T000000Z-aaaa/chats.parquet", "this file is missing", "restore it"),
            "1/20260601T000000Z-aaaa/chats.parquet",
        ),
        (Finding("office/20260601T000000Z-aaaa/anna.txt", "no wa2pg put this here", "x"), "1/20260601T000000Z-aaaa/…"),
        (Finding("anna", "this is no account's archive", "move it elsewhere"), "…"),
    ],
)
def test_the_place_of_a_finding_names_files_of_ours_alone(finding: Finding, shown: str) -> None:
    assert redacted_finding(finding, "office", "1").where == shown


def test_a_sentence_names_no_account() -> None:
    finding = Finding(
        "office", "it belongs to the account anna-996555000001", "run: wa2pg extract --account office --redecode x"
    )
    shown = redacted_finding(finding, "office", "1")

    assert shown.what == "it belongs to the account ACCOUNT"
    assert shown.todo == "run: wa2pg extract --account ACCOUNT --redecode x"


def test_a_section_that_is_missing_names_no_account(archive: Archive) -> None:
    archive.add(payload(message()))
    report = redacted(account_report(archive.data, archive.account), "1")

    assert "office" not in repr((report.figures, report.clean, report.outlook, report.title))


def test_what_a_database_says_of_itself_is_left_out(sample_report: AccountReport) -> None:
    failed = Outlook("silk-road-tours", Notice("No organisation silk-road-tours on db.anna.example.", "wa2pg org list"))
    page = page_of(replace(sample_report, outlook=failed), redact=True)

    assert "did not say what a load would do" in page
    assert "silk-road-tours" not in page
    assert "anna.example" not in page

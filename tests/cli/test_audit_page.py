"""`wa2pg audit --html`: where the page goes, who may read it, what is refused."""

from pathlib import Path

import pytest

from extract.whatsapp.sample import EXPECTED, SAMPLE_OWN_PHONE, write_sample
from tests.cli.conftest import Terminal


@pytest.fixture
def office(terminal: Terminal) -> Terminal:
    """A terminal in which the account `office` is extracted and transformed."""
    folder = terminal.folder / "in"
    folder.mkdir()
    write_sample(folder)
    assert terminal.run("extract", "--account", "office", "--replay", str(folder), "--own", SAMPLE_OWN_PHONE).code == 0
    assert terminal.run("transform", "--account", "office", "--as-of", "2026-03-01T09:00:00Z").code == 0
    return terminal


def test_the_page_is_written_where_it_was_asked_for_and_is_its_owners_alone(office: Terminal) -> None:
    done = office.run("audit", "office", "--html", "report.html", "--json")

    path = office.folder / "report.html"
    assert (done.code, done.json["html"]) == (0, str(path))
    assert path.stat().st_mode & 0o777 == 0o600
    assert ">48<" in path.read_text()
    assert not (office.folder / "report.html.tmp").exists()


def test_an_older_page_is_replaced_whatever_its_mode(office: Terminal) -> None:
    path = office.folder / "report.html"
    path.write_text("old")
    path.chmod(0o644)
    office.run("audit", "--html", "report.html")

    assert "WhatsApp archive report" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_without_a_path_it_goes_to_the_data_directory(office: Terminal) -> None:
    done = office.run("audit", "--html")

    assert done.code == 0, done.err
    assert "page      data/reports/audit-office.html" in done.out
    path = office.data / "reports/audit-office.html"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_redacted_page_has_no_name_of_the_account_even_in_its_own(office: Terminal) -> None:
    office.run("audit", "office", "--html", "--redact")
    page = (office.data / "reports/audit-redacted.html").read_text()

    assert "office" not in page
    assert not [client.phone for client in EXPECTED.clients if client.phone in page]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--html", "missing/report.html"], "there is no folder"),
        (["--html", "folder.html"], "there is a folder of that name"),
        (["--html", "office"], "ends in .html"),
        (["--redact"], "no page was asked for"),
        (["--org", "x"], "no page was asked for"),
    ],
)
def test_what_no_page_can_be_made_of_is_refused_before_any_work(
    terminal: Terminal, words: list[str], sentence: str
) -> None:
    (terminal.folder / "folder.html").mkdir()
    done = terminal.run("audit", *words)

    assert done.code == 2
    assert sentence in done.err
    assert "checking" not in done.err


def test_a_page_is_about_accounts_not_about_single_snapshots(office: Terminal) -> None:
    (name,) = [path.name for path in (office.data / "archive/office").iterdir() if path.is_dir()]
    done = office.run("audit", f"office/{name}", "--html")

    assert done.code == 2
    assert "audit office --html" in done.err


def test_a_damaged_archive_still_gets_its_page_and_exit_code_5(office: Terminal) -> None:
    (path,) = (office.data / "archive/office").glob("*/chats.parquet")
    path.write_bytes(path.read_bytes()[:-1])
    done = office.run("audit", "office", "--html", "report.html")

    assert done.code == 5
    page = (office.folder / "report.html").read_text()
    assert "Integrity: 1 finding" in page
    assert "chats.parquet" in page


def test_it_opens_in_the_browser_that_is_set(office: Terminal) -> None:
    browser = office.folder / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > opened\n')
    browser.chmod(0o755)
    done = office.run("audit", "office", "--open", BROWSER=f"{browser} %s")

    assert done.code == 0, done.err
    assert (office.folder / "opened").read_text().strip() == (office.data / "reports/audit-office.html").as_uri()


def test_where_there_is_no_browser_it_says_so_and_the_page_is_there(office: Terminal) -> None:
    done = office.run("audit", "office", "--open")

    assert done.code == 0
    assert "there is no browser here" in done.err
    assert (office.data / "reports/audit-office.html").exists()


def test_what_a_load_would_do_is_asked_of_the_database_and_nothing_is_changed(office: Terminal) -> None:
    assert office.run("org", "create", "Silk Road Tours").code == 0
    done = office.run("audit", "office", "--html", "report.html", "--org", "silk-road-tours")

    assert done.code == 0, done.err
    page = (office.folder / "report.html").read_text()
    assert "silk-road-tours" in page
    assert 'Inserted</th><td class="num">325<' in page
    loaded = office.run("load", "--account", "office", "--org", "silk-road-tours", "--json").json
    assert loaded["messages"]["inserted"] == 325
    office.run("audit", "office", "--html", "report.html", WA2PG_ORG="silk-road-tours")
    assert 'There already, unchanged</th><td class="num">325<' in (office.folder / "report.html").read_text()


def test_a_database_that_does_not_answer_spoils_the_page_only_when_it_was_asked_for(office: Terminal) -> None:
    address = "postgresql://crm:pass-word-1@127.0.0.1:1/crm"
    set_only = office.run("audit", "--html", "report.html", DATABASE_URL=address, WA2PG_ORG="my-company")
    asked = office.run("audit", "--html", "asked.html", "--org", "my-company", DATABASE_URL=address)

    page = (office.folder / "report.html").read_text()
    assert (set_only.code, asked.code) == (0, 6)
    assert "the page does not say what a load would do" in set_only.err
    assert "<strong>48 clients</strong>" in page
    assert not (office.folder / "asked.html").exists()
    assert "pass-word-1" not in page + set_only.err + asked.err


def test_the_samples_page_names_the_command_that_loads_it(demo: Terminal) -> None:
    done = demo.run("audit", "demo", "--html", WA2PG_ORG="my-company")

    assert done.code == 0, done.err
    page = (demo.data / "reports/audit-demo.html").read_text()
    assert "wa2pg demo</code>" in page


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="root may write everywhere but in /proc, which Linux has")
def test_a_folder_in_which_nobody_may_write_is_refused(terminal: Terminal) -> None:
    done = terminal.run("audit", "--html", "/proc/report.html")

    assert done.code == 1
    assert "may make no file in /proc" in done.err

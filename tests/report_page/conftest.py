"""A page made from an archive, and the Chromium that the machine has."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from extract.audit import audit
from extract.own import parse_own
from extract.whatsapp.replay import replay
from extract.whatsapp.sample import SAMPLE_AS_OF, SAMPLE_OWN_LID, SAMPLE_OWN_PHONE, write_sample
from schemas.datadir import DataDir
from tests.transform.archives import Archive
from tools.pictures import BROWSERS
from transform.run import TransformOptions, transform
from wa2pg.report_page.account_report import AccountReport, read_account_report
from wa2pg.report_page.outlook import without_database
from wa2pg.report_page.page import SHOWN, render
from wa2pg.report_page.page import Page as ReportPage
from wa2pg.report_page.redaction import redacted

MADE_AT = datetime(2026, 6, 2, tzinfo=UTC)


def account_report(data: DataDir, account: str) -> AccountReport:
    """The account's report as the command makes it without a database."""
    report = read_account_report(data, account, audit(data, [account]), shown=SHOWN)
    return AccountReport(**(report.__dict__ | {"outlook": without_database(account)}))


def page_of(*reports: AccountReport, redact: bool = False) -> str:
    """The page of these reports."""
    shown = [redacted(report, str(n)) if redact else report for n, report in enumerate(reports, 1)]
    return render(ReportPage(shown, [], MADE_AT, redacted=redact)).decode()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(DataDir(tmp_path / "data"))


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """The sample account, extracted and transformed as `sample`."""
    folder = tmp_path_factory.mktemp("sample")
    (folder / "in").mkdir()
    payloads = write_sample(folder / "in")
    data = DataDir(folder / "data")
    replay(data, "sample", payloads, own=parse_own(SAMPLE_OWN_PHONE, SAMPLE_OWN_LID))
    transform(data, "sample", TransformOptions(as_of=SAMPLE_AS_OF, region="KG"))
    return data


@pytest.fixture(scope="session")
def sample_report(sample_data: DataDir) -> AccountReport:
    return account_report(sample_data, "sample")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium; a build machine must have one, elsewhere the tests say what is missing.

    Gone after the module: while Playwright is there, its loop is the thread's, and no other test could run one.
    """
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        message = "there is no Chromium here to look at the page with: apt install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        # Chromium's own sandbox refuses to run as root; the pages are ours
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        launched = playwright.chromium.launch(executable_path=program, args=arguments)
        yield launched
        launched.close()


@dataclass
class Opened:
    """A page in the browser, with everything that it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Open HTML from a file, as a person does who got it; `options` are those of a browser context."""
    contexts: list[BrowserContext] = []

    def open_html(html: str, **options: object) -> Opened:
        path = tmp_path / "page.html"
        path.write_text(html)
        context = browser.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.complaints.append(f"dialog {dialog.message}"))
        opened.page.goto(path.as_uri())
        return opened

    yield open_html
    for context in contexts:
        context.close()

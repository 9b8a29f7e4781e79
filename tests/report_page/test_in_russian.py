"""The page in Russian, as a real Chromium shows it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest

from extract.report import Finding
from schemas.datadir import DataDir
from schemas.translation import LANGUAGES, SOURCE, _, use_language
from schemas.words import Ended, Status
from tests.report_page.conftest import Opened, account_report, page_of
from tests.report_page.test_in_browser import DESK, PHONE, assert_printed_on_a4, violations
from tests.report_page.test_redaction import needles
from wa2pg.report_page import vocabulary, wording
from wa2pg.report_page.account_report import AccountReport
from wa2pg.report_page.outlook import without_database
from wa2pg.report_page.page import SHOWN
from wa2pg.report_page.redaction import redacted_finding

Show = Callable[..., Opened]
# names, and what is called the same in every language: statuses, commands that are stages, units of no language
ALLOWED = {"WhatsApp", "wa2pg", "UTC", "CRM", "Android", "iOS", "sample", "transform", "extract", "id", *Status}
# everything that a person sees, hears or finds under the pointer; names and commands are not ours to translate
_TOLD = """() => {
    const page = document.documentElement.cloneNode(true);
    page.querySelectorAll('style, code, bdi').forEach(node => node.remove());
    const said = [...page.querySelectorAll('title, body *')].flatMap(node =>
        [...node.childNodes].filter(child => child.nodeType === Node.TEXT_NODE).map(child => child.textContent));
    page.querySelectorAll('[aria-label]').forEach(node => said.push(node.getAttribute('aria-label')));
    page.querySelectorAll('[title]').forEach(node => said.push(node.getAttribute('title')));
    return said.join('\\n');
}"""
# what an axis has room for: the names below the columns that are shown
_LABELS = """() => [...document.querySelectorAll('.plot')].map(plot => [
    plot.closest('.card').getBoundingClientRect(),
    [...plot.querySelectorAll('text')].filter(text => getComputedStyle(text).display !== 'none')
        .map(text => text.getBoundingClientRect()),
].flat().map(box => [box.left, box.right]))"""


@contextmanager
def _russian() -> Iterator[None]:
    use_language("ru")
    try:
        yield
    finally:
        use_language(SOURCE)


@pytest.fixture
def russian() -> Iterator[None]:
    with _russian():
        yield


@pytest.fixture(scope="module")
def report(sample_data: DataDir) -> AccountReport:
    with _russian():
        return account_report(sample_data, "sample")


@pytest.fixture(scope="module")
def long_report(report: AccountReport) -> AccountReport:
    """With everything that the sample has too little of."""
    return replace(
        report,
        findings=[Finding("sample/chain.jsonl", "сломано", "запустите: wa2pg audit --repair")] * (SHOWN + 4),
        snapshots=[*report.snapshots] * (SHOWN + 2),
    )


@pytest.fixture(scope="module", params=["plain", "redacted", "long"])
def html(request: pytest.FixtureRequest, report: AccountReport, long_report: AccountReport) -> str:
    with _russian():
        return page_of(long_report if request.param == "long" else report, redact=request.param == "redacted")


def _plain(text: str) -> str:
    """With common spaces: Russian holds numbers and their units together."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    "options", [{"color_scheme": "light", "viewport": DESK}, {"color_scheme": "dark", "viewport": PHONE}]
)
def test_axe_finds_nothing_at_all(show: Show, html: str, options: dict[str, object]) -> None:
    opened = show(html, **options)
    for summary in opened.page.locator("summary").all():
        summary.click()

    assert violations(opened, {"serious", "critical", "moderate", "minor"}) == []


def test_the_page_says_that_it_is_russian_and_has_no_other_words(show: Show, html: str) -> None:
    opened = show(html)
    told = opened.page.evaluate(_TOLD)

    assert opened.page.locator("html").get_attribute("lang") == "ru"
    # addresses on other servers than the numbers' show as they are
    left = set(re.findall(r"[A-Za-z][A-Za-z0-9_]+", re.sub(r"\S+@\S+|\d{8}T\d{6}Z-\w{4}", "", told)))
    assert left - ALLOWED == set()
    assert left & ALLOWED
    assert len(re.findall(r"[А-Яа-яЁё]+", told)) > 1000


def test_the_words_would_be_found_were_they_english(show: Show, sample_report: AccountReport) -> None:
    told = show(page_of(sample_report)).page.evaluate(_TOLD)

    assert len(set(re.findall(r"[A-Za-z][A-Za-z0-9_]+", told)) - ALLOWED) > 200


def test_it_is_never_wider_than_the_screen(show: Show, html: str) -> None:
    opened = show(html)
    for summary in opened.page.locator("summary").all():
        summary.click()

    for width in (320, 361, 390, 600, 737, 768, 961, 1280):
        opened.page.set_viewport_size({"width": width, "height": 800})
        assert opened.page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_names_on_an_axis_stand_apart_and_inside_their_card(
    show: Show, sample_report: AccountReport, language: str
) -> None:
    use_language(language)
    try:
        page = page_of(sample_report)
    finally:
        use_language(SOURCE)
    opened = show(page)

    for width in (360, 390, 768, 1280):
        opened.page.set_viewport_size({"width": width, "height": 800})
        charts = opened.page.evaluate(_LABELS)
        assert len(charts) == 3
        for (left, right), *labels in charts:
            assert len(labels) >= 2
            assert left < labels[0][0]
            assert labels[-1][1] < right
            assert all(before[1] < after[0] for before, after in pairwise(labels))


def test_printed_it_is_a4_without_what_only_a_screen_has_use_for(show: Show, html: str) -> None:
    assert_printed_on_a4(show(html, color_scheme="dark"), "Сообщения по времени в таблице")


def test_numbers_dates_and_plurals_are_russian(report: AccountReport, russian: None) -> None:
    page = _plain(page_of(report))

    assert "<strong>48 клиентов</strong> и <strong>325 сообщений</strong>" in page
    assert "и ещё 2 человека без номера" in page
    assert "Данные на 1 мар. 2026, 15:00; дни и часы — по местному времени (Бишкек)." in page
    assert "<title>июль 2025: 1 новый клиент</title>" in page
    assert "<title>февр. 2026: 34 новых клиента</title>" in page
    assert _plain(wording.number(1234567)) == "1 234 567"
    assert wording.number(0.5) == "0,5"
    assert [wording.weekday(nth) for nth in (1, 7)] == ["пн", "вс"]
    assert vocabulary.language_name("ky") == "Кыргызский"
    assert vocabulary.language_name("de") == "Немецкий"


def test_a_hint_that_is_a_command_is_told_from_a_sentence(long_report: AccountReport, russian: None) -> None:
    page = page_of(long_report)

    assert re.search(r"Запустите: <code>\S*wa2pg audit --repair</code>", page)
    assert re.search(r"Запустите: <code>\S*wa2pg load --account sample --dry-run</code>", page)


def test_without_an_archive_the_page_says_so(russian: None) -> None:
    assert "Архива пока нет" in page_of()


def test_redacted_it_names_nobody(sample_data: DataDir, report: AccountReport, russian: None) -> None:
    page = page_of(report, redact=True)

    assert sorted(text for text in needles(sample_data, "sample") if text in page) == []
    assert "sample" not in page
    assert "Клиент 26" in page


@pytest.mark.parametrize("told", ["it belongs to the account anna", None], ids=["stored in English", "in Russian"])
def test_redacted_a_sentence_names_no_account(told: str | None, russian: None) -> None:
    what = told or _("it belongs to the account {account}", account="anna")
    assert what.endswith("anna")
    shown = redacted_finding(Finding("office", what, "запустите: wa2pg extract --account boris"), "office", "1")

    assert "anna" not in shown.what
    assert shown.todo == "запустите: wa2pg extract --account АККАУНТ"


def test_an_incomplete_snapshot_says_how_it_ended_whatever_the_word(russian: None) -> None:
    assert all(vocabulary.incomplete(ended).startswith("неполный: ") for ended in Ended)
    assert vocabulary.incomplete("of its own") == "неполный: of its own"


def test_the_demo_is_told_its_own_command(russian: None) -> None:
    notice = without_database("demo").dry_run

    assert "запустите: wa2pg demo" in repr(notice)

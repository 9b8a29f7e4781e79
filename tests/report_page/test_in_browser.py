"""The page as a real Chromium shows it."""

import re
from collections.abc import Callable, Collection
from importlib.resources import files
from itertools import pairwise

import pytest

from extract.whatsapp.sample import EXPECTED
from tests.report_page.conftest import Opened, account_report, page_of
from tests.transform.archives import ANNA, Archive, chat, message, payload
from tests.transform.conftest import clean
from wa2pg.report_page.account_report import AccountReport

Show = Callable[..., Opened]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def html(sample_report: AccountReport) -> str:
    return page_of(sample_report)


def assert_printed_on_a4(opened: Opened, only_on_screen: str) -> None:
    """Printed, it is A4 in light colours, without the navigation and the text that only a screen has use for."""
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate("getComputedStyle(document.body).color") == "rgb(17, 24, 32)"
    assert not opened.page.get_by_role("navigation").is_visible()
    assert not opened.page.get_by_text(only_on_screen).is_visible()
    printed = opened.page.pdf(prefer_css_page_size=True)
    boxes = {
        tuple(round(float(side)) for side in box.split()) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", printed)
    }
    assert boxes == {(0, 0, 595, 842)}


def violations(opened: Opened, impacts: Collection[str] = ("serious", "critical")) -> list[str]:
    """What axe-core finds of these impacts, a line a place."""
    opened.page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    found = opened.page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        if violation["impact"] in impacts
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("options", [{"viewport": DESK}, {"viewport": PHONE}, {"color_scheme": "dark"}])
def test_it_asks_for_nothing_but_itself_and_the_console_stays_empty(
    show: Show, html: str, options: dict[str, object]
) -> None:
    opened = show(html, **options)

    assert [url.rpartition("/")[2] for url in opened.requests] == ["page.html"]
    assert opened.complaints == []


def test_the_policy_would_stop_whatever_somebody_put_in(show: Show, html: str) -> None:
    opened = show(html.replace("</main>", "<img src='https://example.org/x.png'><script>alert(1)</script></main>"))

    assert all("Content Security Policy" in complaint for complaint in opened.complaints)
    assert len(opened.complaints) == 2
    assert [url.rpartition("/")[2] for url in opened.requests if url.startswith("file:")] == ["page.html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_serious(show: Show, html: str, scheme: str, viewport: dict[str, int]) -> None:
    opened = show(html, color_scheme=scheme, viewport=viewport)
    for summary in opened.page.locator("summary").all():
        summary.click()

    assert violations(opened) == []


def test_axe_would_find_what_is_wrong(show: Show, html: str) -> None:
    opened = show(html.replace('<html lang="en">', "<html>"))
    opened.page.evaluate("document.documentElement.style.setProperty('--ink', '#c0c0c0')")

    found = violations(opened)
    assert any(line.startswith("html-has-lang") for line in found)
    assert any(line.startswith("color-contrast") for line in found)


def test_it_is_whole_without_javascript(show: Show, html: str) -> None:
    opened = show(html, java_script_enabled=False)

    text = opened.page.locator("main").inner_text()
    assert f"Clients\n{EXPECTED.client_count}" in text
    for heading in ("Messages over time", "Sales funnel", "Answer times of the staff", "Snapshots and their chain"):
        assert opened.page.get_by_role("heading", name=heading).count() == 1
    opened.page.get_by_text("Messages over time as a table").click()
    assert opened.page.get_by_role("table", name=re.compile("^Messages per week")).is_visible()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_it_is_never_wider_than_the_screen(show: Show, html: str, width: int) -> None:
    opened = show(html, viewport={"width": width, "height": 800})

    assert opened.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_chat_named_like_a_script_stays_text(show: Show, archive: Archive) -> None:
    name = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
    archive.add(payload(message(), chats=[chat(ANNA, name=name)]))
    clean(archive)
    opened = show(page_of(account_report(archive.data, archive.account)))

    # once among those who wait, once among the chats
    assert opened.page.get_by_text(name, exact=True).count() == 2
    assert opened.page.locator("script, img").count() == 0
    assert opened.complaints == []


def test_a_name_from_right_to_left_stands_in_its_own_direction(show: Show, archive: Archive) -> None:
    archive.add(payload(message(), chats=[chat(ANNA, name="أم راشد (2)")]))
    clean(archive)
    opened = show(page_of(account_report(archive.data, archive.account)))

    name = opened.page.get_by_text("أم راشد (2)", exact=True).first
    assert name.evaluate("node => node.tagName") == "BDI"
    # what stands behind it is not drawn into it
    assert name.evaluate("node => getComputedStyle(node).unicodeBidi") == "isolate"


def test_the_keyboard_reaches_the_report_the_sections_and_what_scrolls(show: Show, html: str) -> None:
    opened = show(html, viewport=PHONE)
    keyboard = opened.page.keyboard
    keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.textContent") == "Skip to the report"
    keyboard.press("Enter")
    keyboard.press("Tab")
    # past the navigation: the first thing in the report that can be used
    assert opened.page.evaluate("document.activeElement.closest('main') !== null")

    names = []
    for _ in range(30):
        names.append(opened.page.evaluate("document.activeElement.getAttribute('aria-label')"))
        keyboard.press("Tab")
    assert {"Clients waiting for an answer", "Coverage per chat", "Snapshots"} <= set(names)


def test_every_chart_says_in_words_what_it_shows_and_has_its_table(show: Show, html: str) -> None:
    opened = show(html)

    charts = opened.page.get_by_role("img")
    assert charts.count() == 3
    for chart in charts.all():
        assert "table below" in (chart.get_attribute("aria-label") or "")
    assert opened.page.locator("table:not(:has(caption))").count() == 0
    assert opened.page.locator("th:not([scope])").count() == 0


def test_it_has_landmarks_and_headings_in_order(show: Show, html: str) -> None:
    opened = show(html)

    for role in ("banner", "navigation", "main", "contentinfo"):
        assert opened.page.get_by_role(role).count() == 1
    levels = opened.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(node => +node.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for link in opened.page.get_by_role("navigation").get_by_role("link").all():
        target = link.get_attribute("href")
        assert target
        assert opened.page.locator(target).count() == 1


def test_printed_it_is_a4_in_light_colours_without_what_only_a_screen_has_use_for(show: Show, html: str) -> None:
    assert_printed_on_a4(show(html, color_scheme="dark"), "Messages over time as a table")

"""The pictures of docs/pictures, made of a real run: `make pictures`.

    python -m tools.pictures

`wa2pg demo` runs at a terminal of its own, 80 columns wide, in a folder of its own; what stands on that terminal at the
end becomes an SVG. The page that `wa2pg audit --html` makes of the same account is photographed by the machine's own
Chromium. Nothing is edited, so names and times of runs are those of the run.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from load.embedded import remove_embedded
from schemas.translation import LANGUAGES, SOURCE
from tools.terminal import COLUMNS, at_a_terminal, on_the_screen

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# a folder that may say whose machine it was: any but root's place for databases, and temporary ones
PERSONAL = re.compile(r"(?<![\w.])/(?!var/lib/wa2pg/|tmp/)[\w.-]+/")
_PAGE_WIDTH = 1180
# rich's own names a font on the web
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" class="{unique_id}" viewBox="0 0 {width} {height}">
<style>
.{unique_id} {{ font: {char_height}px/{line_height}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: system-ui, "DejaVu Sans", sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Make all of them anew, in every language."""
    PICTURES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        ending = "" if language == SOURCE else f".{language}"
        with tempfile.TemporaryDirectory(prefix="wa2pg-pictures-") as folder:
            try:
                make(Path(folder), language, PICTURES / f"demo{ending}.svg", PICTURES / f"report{ending}.png")
            finally:
                # it outlives the command; as root its files are not in the data directory either
                remove_embedded(Path(folder) / "data" / "postgres")
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.relative_to(PICTURES.parents[1])}: {path.stat().st_size / 1000:.0f} KB")


def make(folder: Path, language: str, terminal: Path, page: Path) -> None:
    """Run the demo in this empty folder; its terminal and its page become these pictures."""
    shown = on_the_screen(_at_a_terminal(folder, "demo", "--lang", language))
    if PERSONAL.search(shown):
        sys.exit("The demo shows a folder of this machine (is there no psql in the PATH?); no picture is made of that.")
    terminal.write_text(drawn(shown, "wa2pg demo" + ("" if language == SOURCE else f" --lang {language}")), "utf-8")
    _at_a_terminal(folder, "audit", "demo", "--html", "report.html", "--lang", language)
    _photograph(folder / "report.html", page)


def _at_a_terminal(folder: Path, *words: str) -> str:
    """Everything that wa2pg writes to a terminal; ends this program when that fails."""
    code, written = at_a_terminal(folder, [Path(sys.executable).with_name("wa2pg"), *words], {})
    if code:
        sys.exit(f"wa2pg {words[0]} failed:\n{written}")
    return written


def drawn(shown: str, title: str) -> str:
    """A terminal's text with its colours, as an SVG that needs nothing but itself."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor")
        # rich cuts off what is below the last line's letters
        console.print(Text.from_ansi(shown + "\n"), soft_wrap=True)
        return console.export_svg(title=title, theme=MONOKAI, code_format=_SVG, unique_id="terminal")


def _photograph(page: Path, picture: Path) -> None:
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        sys.exit("There is no Chromium here to photograph the page with: apt install chromium")
    with sync_playwright() as playwright:
        # Chromium's own sandbox refuses to run as root; the page is ours
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        shown = browser.new_page(viewport={"width": _PAGE_WIDTH, "height": 2000}, color_scheme="light")
        shown.goto(page.as_uri())
        # down to the first chart
        card = shown.locator("section.card:has(.chart)").first.bounding_box()
        assert card  # noqa: S101  (the demo has messages)
        height = card["y"] + card["height"] + 16
        shown.screenshot(path=picture, clip={"x": 0, "y": 0, "width": _PAGE_WIDTH, "height": height})
        browser.close()


if __name__ == "__main__":
    main()

"""The pictures of docs/pictures, made of a real run: `make pictures`.

    python -m tools.pictures

`wa2pg demo` runs at a terminal of its own, 80 columns wide, in a folder of its own; what stands on that terminal at the
end becomes an SVG. The page that `wa2pg audit --html` makes of the same account is photographed by the machine's own
Chromium. Nothing is edited, so names and times of runs are those of the run.
"""

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from load.embedded import stop_embedded
from load.server_place import find_place
from schemas.translation import LANGUAGES, SOURCE

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# a folder that may say whose machine it was: any but root's place for databases, and temporary ones
PERSONAL = re.compile(r"(?<![\w.])/(?!var/lib/wa2pg/|tmp/)[\w.-]+/")
_COLUMNS = 80
_ROWS = 60
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
# what moves the cursor or erases a line; what only colours is part of the text
_MOVES = re.compile(r"\r|\n|\x1b\[(\d*)([A-Za-ln-z])|\x1b\[\?\d+[hl]")


def main() -> None:
    """Make all of them anew, in every language."""
    PICTURES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        ending = "" if language == SOURCE else f".{language}"
        with tempfile.TemporaryDirectory(prefix="wa2pg-pictures-") as folder:
            try:
                make(Path(folder), language, PICTURES / f"demo{ending}.svg", PICTURES / f"report{ending}.png")
            finally:
                _remove_database(Path(folder) / "data" / "postgres")
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
    """Everything that wa2pg writes to a terminal, with what moves the cursor; ends this program when that fails."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    program = Path(sys.executable).with_name("wa2pg")
    environment = {
        "PATH": f"{program.parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
    process = subprocess.Popen(  # noqa: S603  (our own program)
        [program, *words], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    try:
        while part := os.read(ours, 65536):
            written += part
    except OSError:  # how Linux says that nobody has the other side open any more
        pass
    finally:
        os.close(ours)
    if process.wait():
        sys.exit(f"wa2pg {words[0]} failed:\n{written.decode(errors='replace')}")
    return written.decode()


def on_the_screen(written: str) -> str:
    """What is left on a terminal after all that was written to it: bars and what they were erased with are gone.

    It knows what rich does: a line is rewritten from its begin, as a whole.
    """
    lines, row, at_begin, place = [""], 0, False, 0
    for move in [*_MOVES.finditer(written), None]:
        text = written[place : move.start() if move else None]
        if text:
            lines[row] = text if at_begin else lines[row] + text
            at_begin = False
        if move is None:
            break
        place = move.end()
        if move[0] == "\r":
            at_begin = True
        elif move[0] == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif move[2] == "A":
            row = max(0, row - int(move[1] or 1))
        elif move[2] == "K":
            lines[row] = ""
    return "\n".join(lines).rstrip()


def drawn(shown: str, title: str) -> str:
    """A terminal's text with its colours, as an SVG that needs nothing but itself."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=_COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor")
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


def _remove_database(folder: Path) -> None:
    """The demo's server outlives the command; as root its files are not in the data directory either."""
    stop_embedded(folder)
    place = find_place(folder)
    shutil.rmtree(place.home, ignore_errors=True)
    place.lock.unlink(missing_ok=True)


if __name__ == "__main__":
    main()

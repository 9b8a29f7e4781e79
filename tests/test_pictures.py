"""The pictures of the documents: whole, of nobody's machine, shown, and what a terminal leaves."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from schemas.translation import LANGUAGES, SOURCE
from tools.pictures import PERSONAL, PICTURES, drawn
from tools.terminal import on_the_screen

README = (PICTURES.parents[1] / "README.md").read_text("utf-8")
DRAWN = sorted(PICTURES.glob("*.svg"))
PHOTOGRAPHED = sorted(PICTURES.glob("*.png"))
_NAMESPACE = "http://www.w3.org/2000/svg"


def _text(picture: Path) -> str:
    root = ElementTree.fromstring(picture.read_text("utf-8"))  # noqa: S314  (our own)
    assert root.tag == f"{{{_NAMESPACE}}}svg"
    lines = ["".join(text.itertext()) for text in root.iter(f"{{{_NAMESPACE}}}text")]
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def test_every_language_has_its_pictures() -> None:
    endings = {"" if language == SOURCE else f".{language}" for language in LANGUAGES}

    assert {path.name for path in DRAWN} == {f"demo{ending}.svg" for ending in endings}
    assert {path.name for path in PHOTOGRAPHED} == {f"report{ending}.png" for ending in endings}


def test_the_readme_shows_those_in_english_and_says_what_is_on_them() -> None:
    shown = dict(re.findall(r"^!\[(.+)\]\((docs/pictures/\S+)\)$", README, re.MULTILINE))

    assert set(shown.values()) == {"docs/pictures/demo.svg", "docs/pictures/report.png"}
    assert all(len(words) > 20 for words in shown)


@pytest.mark.parametrize("picture", DRAWN, ids=lambda path: path.name)
def test_a_terminals_picture_is_of_a_whole_run_on_nobodys_machine(picture: Path) -> None:
    text = _text(picture)

    assert "325" in text
    assert "wa2pg init" in text
    assert not PERSONAL.search(text)


@pytest.mark.parametrize("picture", DRAWN, ids=lambda path: path.name)
def test_a_terminals_picture_needs_nothing_but_itself(picture: Path) -> None:
    text = picture.read_text("utf-8").replace(f'xmlns="{_NAMESPACE}"', "", 1)

    assert "://" not in text
    assert not re.search(r"url\((?!#)|@import|@font-face|<script|<image|href=", text)


def test_the_pictures_are_small() -> None:
    assert all(path.stat().st_size <= 150_000 for path in PHOTOGRAPHED)
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 400_000


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("a\r\nb\r\n", "a\nb"),
        ("bar 1\r\x1b[2Kbar 22\r\x1b[2Kbar 3\r\n", "bar 3"),
        ("bar\r\n\x1b[1A\x1b[2Kreport\r\n", "report"),
        ("\x1b[?25lbar 1\r\x1b[2K\x1b[32mx\x1b[0m bar\r\n\x1b[?25h\r\x1b[1A\x1b[2Kdone\r\n", "done"),
        ("long line\rover", "over"),
        ("one\r\ntwo\r\n\x1b[2Athree\r\n", "three\ntwo"),
        ("\x1b[1mbold\x1b[0m\r\n", "\x1b[1mbold\x1b[0m"),
    ],
)
def test_what_is_left_on_the_screen(written: str, left: str) -> None:
    assert on_the_screen(written) == left


def test_a_picture_of_markup_is_still_xml(tmp_path: Path) -> None:
    picture = tmp_path / "x.svg"
    picture.write_text(drawn("\x1b[1m<b> & 'c'\x1b[0m", "<title>"), "utf-8")

    assert "<b> & 'c'" in _text(picture)
    assert "<title>" in _text(picture)


@pytest.mark.parametrize("path", ["/home/anna/x", "/root/x", "/Users/anna/x", "/srv/x/data"])
def test_a_folder_of_a_person_would_be_found(path: str) -> None:
    assert PERSONAL.search(f"psql -h {path}")
    assert not PERSONAL.search("psql -h /var/lib/wa2pg/5b3212efe14f -U postgres")

"""The guides in every language: their commands run, show what they say, and are the same ones everywhere."""

import re
from pathlib import Path

import pytest

from schemas.translation import LANGUAGES, SOURCE
from tools.error_reference import reference
from tools.guides import commands_of, guide, run_guide

_VARIES = (
    (r"\d{8}T\d{6}Z-[a-z0-9]{4}", "RUN"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"\b[0-9a-f]{8}\b", "ID"),
    # moments of the run; days of the sample's messages have no time beside them
    (r"(\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}),? \d\d:\d\d", "MOMENT"),
    (r"\b\d+\.\d+\.\d+\b", "VERSION"),
    (r"\d+[.,]\d+", "DECIMAL"),
    # a code is good for some seconds
    (r"\b\d+ (s|с)\b", "SECONDS"),
    (r"^. (?=\d+ ?%)", "SPINNER "),
    (r"(?<=-h )\S+", "SOCKET"),
)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _masked(text: str) -> str:
    for pattern, word in _VARIES:
        text = re.sub(pattern, word, text)
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_of_the_guide_show_what_it_says(language: str) -> None:
    written = guide(language).read_text("utf-8")

    assert _masked(run_guide(written, language)).splitlines() == _masked(written).splitlines()


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != SOURCE])
def test_every_guide_has_the_same_commands(language: str) -> None:
    def commands(path: Path) -> list[str]:
        return [line for _, body in _BLOCK.findall(path.read_text("utf-8")) for line in commands_of(body)]

    assert commands(guide(language)) == commands(guide(SOURCE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_errors_in_the_guide_are_those_that_the_program_says(language: str) -> None:
    table = re.findall(r"^\|---\|---\|\n((?:\|.*\n)+)", guide(language).read_text("utf-8"), re.MULTILINE)[-1]
    sentences = [row.split("|")[1].strip() for row in table.splitlines()]
    errors = reference(language)

    assert len(sentences) > 5
    assert [sentence for sentence in sentences if f"| {sentence}" not in errors] == []

"""What stands in a terminal of 80 columns, as a newcomer meets it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import click
import pytest

from extract.whatsapp.sample import EXPECTED, SAMPLE_OWN_PHONE, write_sample
from load.organizations import slug_of
from schemas.translation import LANGUAGES, SOURCE, _, use_language
from tests.cli.conftest import ROOT, Terminal
from wa2pg.talk import folded_around_commands, pasteable, program


def test_make_help_fits_into_80_columns() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(shown) > 15
    assert [line for line in shown if len(line) > 80] == []


def test_a_group_alone_shows_its_help_once_and_no_error(terminal: Terminal) -> None:
    for words in ([], ["db"], ["runs"]):
        done = terminal.run(*words)
        assert (done.code, done.out, done.err.count("Usage:"), "Error" in done.err) == (2, "", 1, False)
        assert "Commands:" in done.err


def test_what_to_run_next_fits_what_was_done(terminal: Terminal) -> None:
    folder = terminal.folder / "in"
    folder.mkdir()
    write_sample(folder)
    assert terminal.run("org", "create", "Silk Road").code == 0
    assert terminal.run("extract", "--replay", str(folder), "--own", SAMPLE_OWN_PHONE).code == 0
    assert terminal.run("transform", "--as-of", "2026-03-01").code == 0
    whose = "--account default --org silk-road"

    dry = terminal.run("load", "--org", "silk-road", "--dry-run", "--no-skip-duplicates", "--limit", "5", "--json")
    assert dry.json["next"].endswith(f"load {whose} --limit 5 --no-skip-duplicates")
    part = terminal.run("load", "--org", "silk-road", "--limit", "5", "--strict", "--json")
    assert part.json["next"].endswith(f"load {whose} --strict")
    whole = terminal.run("load", "--org", "silk-road", "--json")
    assert whole.json["chats"]["total"] == EXPECTED.client_count
    assert whole.json["next"].endswith(f"db check {whose}")
    assert terminal.run(*whole.json["next"].split()[-6:]).code == 0

    shown = terminal.run("runs", "show", "last").out
    assert "options       none" in shown

    assert terminal.run("review").code == 0
    sheet = terminal.data / "review/default.csv"
    sheet.write_text(sheet.read_text().replace(",NEW_LEAD,", ",SOLD,", 1))
    transformed = terminal.run("transform", "--as-of", "2026-03-01", "--json").json
    assert transformed["review"]["applied"] == 1
    assert transformed["next"].endswith("--no-skip-duplicates")


def test_commands_in_a_sentence_can_be_pasted_and_the_name_of_the_program_stays_a_name() -> None:
    said = "wa2pg loads into them, wa2pg only looks; run: wa2pg load --org x, or wa2pg --help"
    name = program()
    assert pasteable(said) == f"wa2pg loads into them, wa2pg only looks; run: {name} load --org x, or {name} --help"


def test_make_help_says_every_target_in_both_languages() -> None:
    # a make that runs these tests tells the ones below it to name their folder
    alone = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    shown = {
        language: subprocess.run(
            ["make", "help", f"WA2PG_LANG={language}"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for language in ("en", "ru")
    }
    assert len(shown["en"]) == len(shown["ru"])
    for english, russian in zip(shown["en"], shown["ru"], strict=True):
        assert re.search("[A-Za-z]", english[22:]), english
        assert re.search("[А-я]", russian[22:]), russian
        assert len(russian) <= 80


@pytest.mark.parametrize(
    ("hint", "folded"),
    [
        (
            'hint: see: wa2pg org list   or make one: wa2pg org create "My company"   then add it',
            ["  hint: see: wa2pg org list", '  or make one: wa2pg org create "My company"', "  then add it"],
        ),
        (
            "hint: read it; wa2pg load --account office --org silk-road-tours --no-skip-duplicates",
            ["  hint: read it;", "  wa2pg load --account office --org silk-road-tours --no-skip-duplicates"],
        ),
        (
            "hint: let its owner run what comes here, which is long:\n  grant select on table messages to somebody",
            [
                "  hint: let its owner run what comes here,",
                "  which is long:",
                "  grant select on table messages to somebody",
            ],
        ),
        (
            "hint: make room on this disk, then go on with it",
            ["  hint: make room on this disk, then go on with", "  it"],
        ),
    ],
)
def test_a_hint_is_folded_at_words_and_never_inside_a_command(hint: str, folded: list[str]) -> None:
    assert folded_around_commands(hint, 47, "  ") == folded


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize(
    "words",
    [
        ("doctor",),
        ("load", "--layout", "x"),
        ("load", "--limit", "abc"),
        ("load",),
        ("transform", "--as-of", "1.3.2026"),
    ],
    ids=" ".join,
)
def test_no_word_is_broken_at_the_edge_of_a_terminal(terminal: Terminal, words: tuple[str, ...], columns: int) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("WA2PG_", "COLUMNS"))}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"  # the program has its short name
    subprocess.run(
        [sys.executable, "-m", "wa2pg", *words],
        cwd=terminal.folder,
        env=environment | {"WA2PG_LANG": "ru", "WA2PG_DATA_DIR": str(terminal.data), "TERM": "xterm"},
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, timeout=60, check=False,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # Linux ends a terminal whose other side is closed with EIO
        while part := os.read(ours, 65536):
            shown += part
    os.close(ours)
    lines = click.unstyle(shown.decode()).splitlines()
    assert len(lines) >= 2
    assert [line for line in lines if len(line) > columns] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_organisation_of_the_hint_has_the_short_name_that_the_hint_goes_on_with(language: str) -> None:
    use_language(language)
    try:
        hint = _('see: wa2pg org list   or make one: wa2pg org create "My company"   then add: --org my-company')
        command = _('wa2pg org create "My company"')
    finally:
        use_language(SOURCE)
    named = re.search('org create "(.+?)"', hint)
    assert named is not None
    assert hint.endswith(f" --org {slug_of(named[1])}")
    assert command.endswith(f'"{named[1]}"')

"""What stands in a terminal of 80 columns, as a newcomer meets it."""

import subprocess

from extract.whatsapp.sample import EXPECTED, SAMPLE_OWN_PHONE, write_sample
from tests.cli.conftest import ROOT, Terminal
from wa2pg.talk import pasteable, program


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

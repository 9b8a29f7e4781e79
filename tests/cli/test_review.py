"""`wa2pg review` as people run it."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal


@pytest.fixture
def cleaned(terminal: Terminal, cleaned_sample: Path) -> Terminal:
    shutil.copytree(cleaned_sample / "data", terminal.data, symlinks=True)
    return terminal


def test_a_person_has_the_last_word_from_the_file_to_the_database(cleaned: Terminal) -> None:
    first = cleaned.run("review", "--json")
    assert first.code == 0, first.err
    assert first.json["rows"] == first.json["added"] > 0
    assert (first.json["edited"], first.json["unmatched"], first.json["backup"]) == (0, 0, None)
    assert "transform --account default" in first.json["next"]
    path = cleaned.data / "review/default.csv"
    assert first.json["file"] == str(path)

    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    rows[0] |= {"status": "sold", "name": "Anna"}
    rows[1] |= {"skip": "да"}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue())

    told = cleaned.run("transform", "--as-of", "2026-03-01", "--json").json
    assert (told["review"]["rows"], told["review"]["applied"], told["review"]["unmatched"]) == (len(rows), 2, 0)
    shown = cleaned.run("review", "default")
    assert "2 (1 skipped)" in shown.out
    assert ".csv.bak" in shown.out
    assert cleaned.run("org", "create", "Silk Road Tours").code == 0
    loaded = cleaned.run("load", "--org", "silk-road-tours")
    assert loaded.code == 0, loaded.err
    assert loaded.out.count("left out by review") == 2


def test_neither_names_nor_phones_are_printed(cleaned: Terminal) -> None:
    cleaned.run("review")
    path = cleaned.data / "review/default.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    path.write_text(path.read_text("utf-8-sig").replace(rows[0]["status"], "Oplacheno Anna", 1), "utf-8-sig")
    done = cleaned.run("transform", "-vv")

    assert done.code == 1
    assert "row 2: the status is not known" in done.err
    assert "one of: NEW_LEAD" in done.err
    assert "Oplacheno" not in done.err
    for row in rows:
        assert row["phone"][1:] not in done.err


def test_the_account_is_named_either_way_but_not_in_two_ways(terminal: Terminal) -> None:
    for words in (("review", "office"), ("review", "--account", "office"), ("review", "office", "--account", "office")):
        done = terminal.run(*words)
        assert (done.code, "account office has no clean tables" in done.err) == (5, True)
    assert terminal.run("review", "office", "--account", "shop").code == 2
    assert terminal.run("review", "../office").code == 2

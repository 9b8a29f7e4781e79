"""What any earlier program wrote opens today: data directories of every format, kept as bytes.

`fixtures/archives/README.md` says which program wrote which.
"""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas import clean_run, manifest
from schemas.datadir import DataDir
from schemas.manifest import sealed_snapshots
from tests.cli.conftest import Terminal

FIXTURES = Path(__file__).parents[1] / "fixtures/archives"
OWN_PHONE = "996700000009@s.whatsapp.net"
# what was killed is of tests/cli/test_left_open.py
EVERY = sorted(
    folder.name for folder in FIXTURES.iterdir() if folder.is_dir() and not folder.name.startswith("left-open")
)
CLEAN_RUNS = {number: f"clean-run-format-{number}" for number in range(1, clean_run.FORMAT + 1)}


@pytest.fixture
def upgraded(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> Terminal:
    """A terminal beside an earlier program's data, and a database to load into."""
    shutil.copytree(FIXTURES / request.param, tmp_path / "data", symlinks=True)
    return Terminal(tmp_path, {"DATABASE_URL": database})


def test_every_archive_format_has_a_fixture() -> None:
    """Whoever raises the format keeps an archive of the one before, and makes one of the new."""
    kept = {
        json.loads(path.read_bytes())["format"]: path.parts[len(FIXTURES.parts)]
        for path in sorted(FIXTURES.glob("format-*/archive/default/*/manifest.json"))
    }

    assert kept == {number: f"format-{number}" for number in range(1, manifest.FORMAT + 1)} | {
        1: "format-1-without-checks"
    }
    assert (FIXTURES / "format-1").is_dir()


@pytest.mark.parametrize(("number", "name"), CLEAN_RUNS.items())
def test_every_format_of_clean_runs_has_a_fixture(number: int, name: str) -> None:
    (described,) = FIXTURES.glob(f"{name}/clean/default/*-*/run.json")

    assert json.loads(described.read_bytes())["format"] == number


def test_the_earliest_archive_has_no_checks() -> None:
    archive = FIXTURES / "format-1-without-checks/archive/default"
    (line,) = (archive / "chain.jsonl").read_text().splitlines()
    (described,) = archive.glob("*/manifest.json")

    assert "check" not in json.loads(line)
    assert "check" not in json.loads((archive / "own.json").read_text())
    assert "missing" not in json.loads(described.read_text())


@pytest.mark.parametrize("upgraded", EVERY, indirect=True)
def test_an_earlier_archive_is_sound_and_goes_into_the_database(upgraded: Terminal) -> None:
    audited = upgraded.run("audit", "--json")
    assert (audited.code, audited.json["findings"]) == (0, []), audited.err

    transformed = upgraded.run("transform", "--as-of", "2026-03-02", "--json")
    assert transformed.code == 0, transformed.err
    made = transformed.json
    assert (made["in"], made["out"], made["clients"], made["rejected"]) == (4, 3, 1, {"no_phone": 1})
    clean = (upgraded.data / "clean/default/current").resolve()
    assert pq.read_table(clean / "clients.parquet", columns=["phone"]).to_pylist() == [{"phone": "+996555000001"}]
    bodies = pq.read_table(clean / "messages.parquet", columns=["body"]).to_pydict()["body"]
    assert bodies == [
        "Здравствуйте, сколько стоит тур на Сон-Куль?",
        "Здравствуйте! Тур на Сон-Куль стоит 250 USD.",
        "Спасибо, подходит!",
    ]
    # what own.json remembered
    assert json.loads((clean / "run.json").read_bytes())["own_known"] is True

    loaded = upgraded.run("load", "--org", "soul-kg", "--json")
    assert loaded.code == 0, loaded.err
    assert (loaded.json["chats"]["imported"], loaded.json["messages"]["inserted"]) == (1, 3)


@pytest.mark.parametrize("upgraded", ["format-1", "format-1-without-checks"], indirect=True)
def test_an_earlier_archive_is_gone_on_with(upgraded: Terminal) -> None:
    """The same history makes no second snapshot, a new one is chained to the old one and remembers the own number."""
    replay = ("extract", "--replay", str(FIXTURES / "history.pb"))
    assert upgraded.run(*replay, "--json").json["snapshot"] is None

    again = upgraded.run(*replay, "--again", "--json")
    assert again.code == 0, again.err
    first, second = sealed_snapshots(DataDir(upgraded.data).archive("default"))
    assert second.name == again.json["snapshot"]
    assert second.manifest.previous is not None
    assert (second.manifest.previous.snapshot, second.manifest.own.phone) == (first.name, OWN_PHONE)
    assert upgraded.run("audit", "--json").json["findings"] == []


@pytest.mark.parametrize("upgraded", list(CLEAN_RUNS.values())[:-1], indirect=True)
def test_earlier_clean_tables_are_told_from_damaged_ones(upgraded: Terminal) -> None:
    refused = upgraded.run("load", "--org", "soul-kg", "--json")
    assert refused.code == 5
    assert "earlier wa2pg" in refused.json["error"]["message"]

    # the hint is a command that mends it
    words = refused.json["error"]["hint"].rpartition("wa2pg ")[2].split()
    assert words[0] == "transform"
    assert upgraded.run(*words).code == 0
    assert upgraded.run("load", "--org", "soul-kg").code == 0


@pytest.mark.parametrize("upgraded", [CLEAN_RUNS[clean_run.FORMAT]], indirect=True)
def test_the_first_clean_tables_of_the_format_in_force_are_loaded(upgraded: Terminal) -> None:
    loaded = upgraded.run("load", "--org", "soul-kg", "--json")

    assert loaded.code == 0, loaded.err
    assert loaded.json["messages"]["inserted"] == 3

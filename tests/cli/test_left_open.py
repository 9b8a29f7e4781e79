"""What an earlier program left open when it was killed: today's program finds it, leaves it alone or finishes it.

`fixtures/archives/README.md` says which program was killed where.
"""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.datadir import PARTIAL_SUFFIX
from tests.cli.conftest import ROOT, Terminal

FIXTURES = ROOT / "tests/fixtures/archives"
OPEN = ("left-open", "left-open-without-checks", "left-open-half-sealed")
# sealed and in its place, but not in the chain; its folder from before is there as well
UNCHAINED = "left-open-unchained"


@pytest.fixture
def killed(request: pytest.FixtureRequest, terminal: Terminal) -> Terminal:
    """A terminal beside what the earlier program left."""
    shutil.copytree(FIXTURES / request.param, terminal.data)
    return terminal


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _states(terminal: Terminal) -> list[str]:
    return [line["state"] for line in terminal.run("snapshots", "list", "--json").json["snapshots"]]


@pytest.mark.parametrize("killed", [*OPEN, UNCHAINED], indirect=True)
def test_it_is_found_and_nothing_is_changed_unasked(killed: Terminal) -> None:
    before = _contents(killed.data)
    (partial,) = (killed.data / "archive/default").glob(f"*{PARTIAL_SUFFIX}")

    assert _states(killed)[-1] == "left open"
    audited = killed.run("audit", "--json")
    findings = {finding["where"]: finding for finding in audited.json["findings"]}
    assert (audited.code, findings[f"default/{partial.name}"]["what"]) == (5, "this snapshot was left open")
    assert all(finding["todo"].endswith("wa2pg audit --repair") for finding in findings.values())
    refused = killed.run("transform", "--as-of", "2026-03-02")
    assert (refused.code, "no archive yet" in refused.err) == (5, False)
    assert "wa2pg audit" in refused.err
    assert _contents(killed.data) == before


@pytest.mark.parametrize("way", ["audit --repair", "extract"])
@pytest.mark.parametrize("killed", [*OPEN, UNCHAINED], indirect=True)
def test_it_is_finished_with_all_that_had_arrived(killed: Terminal, way: str) -> None:
    archive = killed.data / "archive/default"
    name = next(archive.glob(f"*{PARTIAL_SUFFIX}")).name.removesuffix(PARTIAL_SUFFIX)
    unchained = (archive / name).is_dir()
    sealed_then = _contents(archive / name)
    # the same payload is taken again where the run that brought it did not come to its end
    twice = way == "extract" and not unchained
    if way == "extract":
        done = killed.run("extract", "--replay", str(FIXTURES / "history.pb"), "--json")
        assert (done.code, done.json["snapshot"] is not None) == (0, twice), done.err
    else:
        assert killed.run("audit", "--repair").code == 0

    shown, *later = killed.run("snapshots", "list", "--json").json["snapshots"]
    assert {path.name for path in archive.iterdir() if path.is_dir()} == {name, *(line["snapshot"] for line in later)}
    assert len(later) == int(twice)
    how = (True, "source_end") if unchained else (False, "crashed")
    assert (shown["state"], (shown["complete"], shown["ended"]), shown["rows"]["messages"]) == ("sealed", how, 4)
    if unchained:
        assert _contents(archive / name) == sealed_then
    journal = pq.read_table(archive / name / "journal/part-0000.parquet")
    assert journal.column("content").to_pylist() == [(FIXTURES / "history.pb").read_bytes()]
    assert killed.run("audit", "--json").json["findings"] == []

    transformed = killed.run("transform", "--as-of", "2026-03-02", "--json")
    assert transformed.code == 0, transformed.err
    made = transformed.json
    assert (made["out"], made["clients"]) == (3, 1)
    # a message without a number is rejected as often as it came
    rows = (8, 3, {"no_phone": 2}) if twice else (4, 0, {"no_phone": 1})
    assert (made["in"], made["duplicates"], made["rejected"]) == rows
    assert made["history_complete"] is (unchained or twice)


@pytest.mark.parametrize(("language", "told"), [("en", "was left open by an extract"), ("ru", "остался открытым")])
@pytest.mark.parametrize("killed", ["left-open"], indirect=True)
def test_transform_says_that_the_only_snapshot_is_open_and_what_seals_it(
    killed: Terminal, language: str, told: str
) -> None:
    refused = killed.run("transform", WA2PG_LANG=language)
    assert (refused.code, told in refused.err) == (5, True), refused.err
    assert refused.err.splitlines()[-1].endswith("wa2pg audit default --repair")

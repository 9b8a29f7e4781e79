"""Looking at loads and taking them back, as people do it."""

import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from extract.whatsapp.sample import SAMPLE_OWN_PHONE, write_sample
from load.embedded import start_embedded
from schemas.clean_run import CURRENT
from tests.cli.conftest import ROOT, Terminal
from tests.load.clean_runs import Chat, many_chats, write_clean_run

ORG = "silk-road"


def put(terminal: Terminal, chats: list[Chat], name: str) -> None:
    """Make `chats` the account's clean run."""
    folder = terminal.data / "clean" / "default"
    write_clean_run(folder / name, chats)
    link = folder / CURRENT
    link.unlink(missing_ok=True)
    link.symlink_to(name)


def at_a_terminal(terminal: Terminal, answer: str, *words: str) -> tuple[int, str]:
    """Run `wa2pg WORDS…` with a person at a terminal who types `answer`."""
    person, screen = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wa2pg", *words],
        cwd=terminal.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": "", "COLUMNS": "200"},
        stdin=screen,
        stdout=screen,
        stderr=screen,
    )
    os.close(screen)
    os.write(person, answer.encode() + b"\n")
    said = b""
    while True:
        try:
            piece = os.read(person, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(person)
    return process.wait(), said.decode("utf-8", "replace")


@pytest.fixture
def loaded(terminal: Terminal) -> Terminal:
    """Two loads of one organisation, the second with more of everything."""
    assert terminal.run("org", "create", "Silk Road", "--slug", ORG).code == 0
    put(terminal, many_chats(3), "20261123T031500Z-k3f9")
    assert terminal.run("load", "--org", ORG).code == 0
    put(terminal, [chat.but(name="=1+1") for chat in many_chats(60, messages=4)], "20261124T031500Z-k3f9")
    return terminal


def test_a_load_is_planned_done_looked_at_and_taken_back(loaded: Terminal) -> None:
    planned = loaded.run("load", "--org", ORG, "--plan")
    assert planned.code == 0, planned.err
    assert "Plan: 60 clients are new or change" in planned.out
    assert "and 10 more: the CSV file and --json hold all of them" in planned.out
    table = loaded.data / "reports" / "plan-default.csv"
    assert str(table) in planned.out
    assert stat.S_IMODE(table.stat().st_mode) == 0o600
    assert len(table.read_text("utf-8-sig").splitlines()) > 60
    assert "'=1+1" in table.read_text("utf-8-sig")
    other = loaded.folder / "mine.csv"
    as_json = loaded.run("load", "--org", ORG, "--plan", "--json", "--csv", str(other)).json
    assert (len(as_json["clients"]), as_json["run"], as_json["csv"]) == (60, None, str(other))
    assert other.read_bytes() == table.read_bytes()

    assert len(loaded.run("runs", "list", "--json").json["runs"]) == 1
    report = loaded.run("load", "--org", ORG, "--json").json
    listed = loaded.run("runs", "list", "--org", ORG)
    assert listed.out.startswith("Loads: 2\n")
    assert report["run"][:8] in listed.out.splitlines()[1]
    shown = loaded.run("runs", "show", report["run"][:8], "--json").json
    assert (shown["id"], shown["there"]["clients"], shown["there"]["messages"]) == (report["run"], 57, 231)

    dry = loaded.run("load", "--undo", "last", "--dry-run", "--json").json
    done = loaded.run("load", "--undo", report["run"][:6], "--yes", "--json").json
    assert done["clients"] == dry["clients"] == {"removed": 57, "restored": 0, "left": 0}
    assert (done["ok"], done["refused"], done["messages"]["removed"]) == (True, False, 231)
    assert "; taken back " in loaded.run("runs", "list").out.replace("\n            ", " ")
    again = loaded.run("load", "--undo", report["run"], "--yes")
    assert again.code == 1
    assert "This load was taken back before" in again.err
    assert loaded.run("load", "--org", ORG, "--json").json["messages"]["inserted"] == 231


def test_without_a_person_to_ask_nothing_is_taken_back_unless_it_is_said_beforehand(loaded: Terminal) -> None:
    refused = loaded.run("load", "--undo", "last")
    assert refused.code == 2
    assert "--yes" in refused.err
    code, said = at_a_terminal(loaded, "n", "load", "--undo", "last")
    assert code == 1
    assert "It deletes 3 clients, 3 conversations and 9 messages." in said
    assert "Nothing was taken back." in said
    code, said = at_a_terminal(loaded, "y", "load", "--undo", "last")
    assert code == 0, said
    assert "3 removed, 0 restored, 0 left" in said


def test_what_people_have_worked_on_is_listed_without_their_words_and_left_when_that_is_wanted(
    loaded: Terminal,
) -> None:
    address = start_embedded(loaded.data / "postgres").conninfo("wa2pg")
    with psycopg.connect(address) as crm:
        crm.execute("update clients set name = 'Secret' where phone = '+996555000001'")
    refused = loaded.run("load", "--undo", "last", "--yes")
    assert refused.code == 1
    assert "somebody has changed this client since" in refused.out
    assert "--force" in refused.err
    assert "Secret" not in refused.out + refused.err
    assert "996555" not in refused.out + refused.err
    assert loaded.run("load", "--undo", "last", "--json").json["conflicts"][0]["reason"] == "changed"
    forced = loaded.run("load", "--undo", "last", "--yes", "--force", "--json").json
    assert forced["clients"] == {"removed": 2, "restored": 0, "left": 1}


@pytest.mark.parametrize(
    "words",
    [
        ("--undo", "last", "--limit", "3"),
        ("--undo", "last", "--fast"),
        ("--undo", "last", "--full"),
        ("--undo", "last", "--strict"),
        ("--undo", "last", "--layout", "crm"),
        ("--undo", "last", "--plan"),
        ("--undo", "last", "--no-skip-duplicates"),
        ("--force",),
        ("--yes",),
        ("--csv", "plan.csv"),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(terminal: Terminal, words: tuple[str, ...]) -> None:
    outcome = terminal.run("load", "--org", ORG, *words)
    assert outcome.code == 2
    assert "hint:" in outcome.err


def test_a_run_that_does_not_exist_is_a_usage_error(loaded: Terminal) -> None:
    for words in (("runs", "show", "zzzz"), ("load", "--undo", "zzzz", "--yes")):
        outcome = loaded.run(*words)
        assert outcome.code == 2
        assert "wa2pg runs list" in outcome.err.replace("-m wa2pg", "wa2pg")


def test_the_database_is_compared_with_the_archive(loaded: Terminal) -> None:
    found = loaded.run("db", "check", "--org", ORG, "--json")
    assert found.code == 0, found.err
    assert found.json["tables"] == {
        "clients": 3,
        "conversations": 3,
        "messages": 9,
        "client_status_history": 3,
        "import_runs": 1,
    }
    findings = {finding["name"]: finding["rows"] for finding in found.json["findings"]}
    assert findings == {"not_in_database": 57, "behind_archive": 3}
    assert loaded.run("load", "--org", ORG).code == 0
    assert "nothing wrong" in loaded.run("db", "check", "--org", ORG).out
    link = Path(loaded.data / "clean" / "default" / CURRENT)
    link.unlink()
    alone = loaded.run("db", "check", "--org", ORG, "--account", "nobody")
    assert alone.code == 0
    assert "Not compared with the archive" in alone.err


def test_the_sample_as_transform_makes_it_is_taken_back_whole(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    write_sample(folder)
    assert terminal.run("org", "create", "Silk Road", "--slug", ORG).code == 0
    loaded = terminal.run("import", "--org", ORG, "--replay", str(folder), "--own", SAMPLE_OWN_PHONE, "--json")
    assert loaded.code == 0, loaded.err
    # edits, deletions and reactions too have the hash that stands beside them
    undone = terminal.run("load", "--undo", "last", "--yes", "--json")
    assert undone.json["conflicts"] == []
    assert (undone.json["clients"]["removed"], undone.json["messages"]["removed"]) == (48, 325)

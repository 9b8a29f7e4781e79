"""`wa2pg audit` and `wa2pg snapshots` as people run them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.manifest import Own, Snapshot
from tests.cli.conftest import ROOT, Terminal
from tests.extract.payloads import CHAT, archive, extract, history, info, snapshots
from tests.extract.resealed import reseal

FIXTURES = ROOT / "tests/fixtures/archives"
OWN = Own(phone="996312000000@s.whatsapp.net")
OTHER = "996555000002@s.whatsapp.net"


@pytest.fixture
def two(terminal: Terminal) -> list[Snapshot]:
    """Two snapshots of the account `default` in the terminal's data directory."""
    extract(terminal.folder, history(info("A", message="first words"), info("B", status=2)), own=OWN)
    extract(
        terminal.folder,
        history(info("A", message="other words"), info("B", status=4), info("C")),
        history(info("D", chat=OTHER), chat=OTHER),
    )
    return snapshots(terminal.folder)


def test_n_of_n_damaged_files_are_found_with_exit_5_each_time_and_0_before_and_after(
    terminal: Terminal, two: list[Snapshot]
) -> None:
    folder = two[0].path
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files += [archive(terminal.folder) / "chain.jsonl", archive(terminal.folder) / "own.json"]
    assert {path.relative_to(folder.parent).as_posix().removeprefix(f"{folder.name}/") for path in files} == {
        *("manifest.json", "manifest.sha256", "chain.jsonl", "own.json"),
        *("messages/part-0000.parquet", "journal/part-0000.parquet", "chats.parquet", "contacts.parquet"),
        *("lid_map.parquet", "calls.parquet", "rejects.parquet"),
    }
    assert terminal.run("audit").code == 0
    outcomes = []
    for path in files:
        good = path.read_bytes()
        middle = len(good) // 2
        path.write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])
        done = terminal.run("audit", "--json")
        outcomes.append((done.code, bool(done.json["findings"]), done.json["ok"]))
        path.write_bytes(good)

    assert outcomes == [(5, True, False)] * len(files)
    assert terminal.run("audit").code == 0


def test_a_finding_is_a_line_that_says_where_and_what_and_what_to_do(terminal: Terminal, two: list[Snapshot]) -> None:
    (two[1].path / "chats.parquet").unlink()
    done = terminal.run("audit", two[1].name)

    assert done.code == 5
    line = done.out.splitlines()[0]
    assert line.startswith(f"default/{two[1].name}/chats.parquet: this file is missing; restore it from a backup")
    assert line.endswith(f"extract --account default --redecode {two[1].name}")
    assert terminal.run("audit", f"default/{two[0].name}").code == 0


def test_a_damaged_table_is_made_again_from_its_journal_and_costs_no_row(
    terminal: Terminal, two: list[Snapshot]
) -> None:
    whole = terminal.run("transform", "--json").json
    (two[0].path / "messages/part-0000.parquet").write_bytes(b"damaged")
    assert terminal.run("transform").code == 5
    skipped = terminal.run("transform", "--skip-damaged", "--json")
    assert (skipped.code, skipped.json["in"]) == (0, whole["in"] - 2)
    assert [(part["path"], part["rows"]) for part in skipped.json["left_out"]] == [("messages/part-0000.parquet", 2)]

    assert terminal.run("extract", "--redecode", two[0].name).code == 0
    again = terminal.run("transform", "--json")
    assert (again.code, again.json["in"], again.json["left_out"]) == (0, whole["in"], [])
    states = [line["state"] for line in terminal.run("snapshots", "list", "--json").json["snapshots"]]
    assert states == ["replaced", "sealed", "sealed"]


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(terminal: Terminal, two: list[Snapshot]) -> None:
    name = two[0].name
    typo = name[:-1] + ("a" if name[-1] != "a" else "b")
    for word, meant in ((typo, name), (f"default/{typo}", name), (f"defalt/{name}", "default")):
        shown = terminal.run("snapshots", "show", word)
        assert (shown.code, f"did you mean {meant}?" in shown.err) == (5, True), shown.err
    unlike = terminal.run("snapshots", "show", "the first")
    assert (unlike.code, "snapshots list" in unlike.err) == (5, True)
    audited = terminal.run("audit", "defualt")
    assert (audited.code, "did you mean default?" in audited.err) == (5, True)


@pytest.mark.parametrize("form", [8, 13, 17, 18, "day", "account/"])
def test_the_beginning_of_a_name_is_enough_where_one_snapshot_has_it(terminal: Terminal, form: int | str) -> None:
    (old,) = (FIXTURES / "format-1/archive/default").glob("2*")
    name = old.name
    shutil.copytree(old.parent, terminal.data / "archive/default")
    if form == "day":
        word = f"{name[:4]}-{name[4:6]}-{name[6:8]}"
    else:
        word = name[:form] if isinstance(form, int) else f"default/{name[:8]}"

    compared = terminal.run("snapshots", "diff", word, word, "--json")
    assert compared.code == 0, compared.err
    assert compared.json["a"]["snapshot"] == name
    assert terminal.run("audit", word).code == 0
    (terminal.data / "archive/default" / name / "chats.parquet").write_bytes(b"damaged")
    assert f"default/{name}/chats.parquet" in terminal.run("audit", word).out


@pytest.mark.parametrize(
    ("language", "told", "which"),
    [
        ("en", "2 snapshots have a name that begins with", "say which: "),
        ("ru", "С", "укажите, какой: "),
    ],
)
def test_a_beginning_that_two_snapshots_have_is_answered_with_both(
    terminal: Terminal, two: list[Snapshot], language: str, told: str, which: str
) -> None:
    day = two[0].name[:8]
    assert two[1].name.startswith(day), "begun before midnight"
    names = ", ".join(sorted(f"default/{snapshot.name}" for snapshot in two))
    for words in (("snapshots", "show", day), ("audit", day), ("extract", "--redecode", day)):
        done = terminal.run(*words, WA2PG_LANG=language)
        assert (done.code, f"{told} {day}" in done.err) == (2, True), done.err
        assert f"{which}{names}\n" in done.err


def test_a_beginning_that_nothing_has_and_a_snapshot_for_an_account_name_the_right_form(
    terminal: Terminal, two: list[Snapshot]
) -> None:
    for word in ("20010101", "2001-01-01", "default/20010101T"):
        for command in (("snapshots", "show"), ("audit",)):
            done = terminal.run(*command, word)
            beginning = word.removeprefix("default/")
            assert (done.code, f"begins with {beginning}." in done.err) == (5, True), done.err
            assert "snapshots list" in done.err
            assert "extract --account" not in done.err
    for word in (two[0].name, two[0].name[:8]):
        listed = terminal.run("snapshots", "list", word)
        assert (listed.code, f"snapshots show {word}" in listed.err) == (2, True), listed.err


def test_a_redecode_takes_the_beginning_too_and_an_account_of_such_a_name_is_an_account(
    terminal: Terminal, two: list[Snapshot]
) -> None:
    rest = two[0].name[:17] if two[0].name[:17] != two[1].name[:17] else two[0].name[:19]
    done = terminal.run("extract", "--redecode", rest, "--json")
    assert done.code == 0, done.err
    assert terminal.run("snapshots", "show", done.json["snapshot"], "--json").json["manifest"]["source"]["detail"] == (
        two[0].name
    )
    day = two[0].name[:8]
    archive(terminal.folder).rename(archive(terminal.folder).with_name(day))
    listed = terminal.run("snapshots", "list", day, "--json")
    assert {line["account"] for line in listed.json["snapshots"]} == {day}
    assert terminal.run("snapshots", "show", day).code == 2


def test_a_repair_on_a_disk_that_cannot_be_written_to_is_refused_as_the_system_refused(
    terminal: Terminal, two: list[Snapshot]
) -> None:
    mounting = 'mount --bind data data && mount -o remount,ro,bind data && exec "$@"'
    read_only = ["unshare", "-rm", "sh", "-c", mounting, "-"]
    if subprocess.run([*read_only, "true"], cwd=terminal.folder, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount anything")
    done = subprocess.run(
        [*read_only, sys.executable, "-m", "wa2pg", "audit", "--repair"],
        cwd=terminal.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "Nothing was repaired: the system refused (Read-only file system)" in done.stderr
    assert (done.stdout, len(two)) == ("", 2)


@pytest.mark.parametrize("word", ["20260101T000000Z-aaaa", "default/20260101T000000Z-aaaa", "nobody/x", "Not Good"])
def test_what_is_no_account_and_no_snapshot_is_refused(terminal: Terminal, two: list[Snapshot], word: str) -> None:
    done = terminal.run("audit", word)

    assert done.code in {2, 5}
    assert "Traceback" not in done.err
    assert terminal.run("snapshots", "show", word).code in {2, 5}


def test_what_came_incomplete_is_a_warning_and_no_damage(terminal: Terminal, two: list[Snapshot]) -> None:
    chunk = {"message_id": "X1", "sync_type": "FULL", "chunk_order": 3, "progress": 40}
    reseal(two[1].path, lambda document: document.update(complete=False, ended="deadline", missing=[chunk]))
    reseal(two[1].path, lambda document: document["counts"]["payloads"].update(announced=3))
    done = terminal.run("audit", "--json")

    assert (done.code, done.json["findings"]) == (0, [])
    assert done.json["warnings"][-1:] == [
        f"default/{two[1].name}: 1 piece of history that WhatsApp announced did not come (1 FULL)"
    ]


def test_coverage_is_told_chat_by_chat(terminal: Terminal, two: list[Snapshot]) -> None:
    told = terminal.run("audit", "--coverage", "--json").json
    (account,) = told["coverage"]

    assert {(chat["chat"], chat["messages"]) for chat in account["chats"]} == {(CHAT, 3), (OTHER, 1)}
    text = terminal.run("audit", "default", "--coverage").out
    assert "Coverage: account default" in text
    assert f"{two[1].name}, history:RECENT: 1 new, 2" in text
    assert max(map(len, text.splitlines())) <= 80


def test_snapshots_are_listed_with_how_they_stand(terminal: Terminal, two: list[Snapshot]) -> None:
    listed = terminal.run("snapshots", "list", "--json").json["snapshots"]
    assert [(line["snapshot"], line["state"], line["rows"]["messages"]) for line in listed] == [
        (two[0].name, "sealed", 2),
        (two[1].name, "sealed", 4),
    ]
    (two[0].path / "manifest.json").unlink()
    (two[1].path).rename(two[1].path.with_name("aside"))
    states = [line["state"] for line in terminal.run("snapshots", "list", "default", "--json").json["snapshots"]]
    assert states == ["unreadable", "gone"]
    assert "unreadable" in terminal.run("snapshots", "list").out


def test_no_snapshots_at_all_are_said_to_be_none(terminal: Terminal) -> None:
    assert "no account has an archive yet" in terminal.run("snapshots", "list").out
    assert terminal.run("snapshots", "list", "nobody").code == 5


def test_a_snapshot_is_shown_as_its_manifest_says(terminal: Terminal, two: list[Snapshot]) -> None:
    shown = terminal.run("snapshots", "show", two[1].name)
    document = terminal.run("snapshots", "show", f"default/{two[1].name}", "--json").json

    assert document["manifest"] == json.loads((two[1].path / "manifest.json").read_bytes())
    assert re.search(rf"sealed after +{two[0].name}\n", shown.out)
    assert "4 text" in shown.out


def test_two_snapshots_are_compared_in_words_and_in_json(terminal: Terminal, two: list[Snapshot]) -> None:
    words = ("snapshots", "diff", two[0].name, two[1].name)
    document = terminal.run(*words, "--json").json
    text = terminal.run(*words).out

    assert document["chats"] == {"only_a": 0, "only_b": 1, "total": 2}
    assert (document["messages"]["changed"], document["messages"]["only_b"]) == (2, 2)
    assert "messages changed    2 (1 edit, 1 delivery)" in text
    assert f"{OTHER}  only in B; 1 message only in B" in text


def test_an_account_is_no_snapshot_to_compare(terminal: Terminal, two: list[Snapshot]) -> None:
    done = terminal.run("snapshots", "diff", "default", two[0].name)

    assert done.code == 2
    assert "snapshots list" in done.err


def test_nothing_that_was_said_in_a_chat_is_printed(terminal: Terminal, two: list[Snapshot], tmp_path: Path) -> None:
    names = [snapshot.name for snapshot in two]
    for words in (("audit", "--coverage"), ("snapshots", "diff", *names), ("snapshots", "show", names[0])):
        done = terminal.run(*words)
        assert "words" not in done.out + done.err


def test_a_files_name_cannot_reach_for_the_terminal(terminal: Terminal, two: list[Snapshot]) -> None:
    (two[0].path / "\x1b[2Jnote\n.txt").write_text("x")
    done = terminal.run("audit")

    assert (
        "\N{REPLACEMENT CHARACTER}[2Jnote\N{REPLACEMENT CHARACTER}.txt: the manifest does not name this file"
        in done.out
    )
    assert "\x1b" not in done.out

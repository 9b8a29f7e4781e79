"""Whatever is done to a sealed archive, `audit` finds it: any byte, any file, any snapshot."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extract.audit import audit
from schemas.datadir import DataDir
from schemas.manifest import Own
from schemas.sound import read_sound
from tests.extract.payloads import archive, extract, history, info, snapshots
from tests.extract.resealed import break_pages, reseal, rewrite

OWN = Own(phone="996555000111@s.whatsapp.net", lid="900000000000001@lid")


def _make(folder: Path) -> None:
    """Three sealed snapshots of different contents."""
    for number in range(3):
        chat = f"99655500000{number}@s.whatsapp.net"
        extract(folder, history(info(f"M{number}"), info(f"N{number}"), chat=chat), b"no payload %d" % number, own=OWN)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed")
    _make(folder)
    return folder


@pytest.fixture
def three(sealed: Path, tmp_path: Path) -> Path:
    """The archive of three snapshots, to be damaged."""
    shutil.copytree(sealed / "data", tmp_path / "data")
    return tmp_path


def files_of(folder: Path) -> list[Path]:
    """Every file of an archive but the lock, which holds nothing."""
    return sorted(path for path in archive(folder).rglob("*") if path.is_file() and path.name != ".lock")


def found(folder: Path, *words: str, quick: bool = False) -> list[str]:
    findings = audit(DataDir(folder / "data"), words, quick=quick)
    assert all(finding.todo for finding in findings)
    return [f"{finding.where}: {finding.what}" for finding in findings]


def flip(path: Path, place: int, mask: int = 1) -> bytes:
    """Change one byte and return what the file was."""
    good = path.read_bytes()
    path.write_bytes(good[:place] + bytes([good[place] ^ mask]) + good[place + 1 :])
    return good


@pytest.mark.parametrize("name", ["chain.jsonl", "own.json", "manifest.sha256"])
def test_every_single_byte_of_the_small_files_counts(three: Path, name: str) -> None:
    (path,) = [path for path in files_of(three) if path.name == name][-1:]
    for place in range(path.stat().st_size):
        for mask in (0x01, 0x2A):  # the second makes a space of a line's end
            good = flip(path, place, mask)
            assert found(three, quick=True), f"byte {place} of {name}"
            path.write_bytes(good)
    assert found(three) == []


def test_every_file_that_is_deleted_is_missed(three: Path) -> None:
    for path in files_of(three):
        good = path.read_bytes()
        path.unlink()
        assert found(three, quick=True), path.name
        path.write_bytes(good)
    assert found(three) == []


def test_a_snapshot_removed_from_the_middle_is_found_though_its_line_goes_with_it(three: Path) -> None:
    middle = snapshots(three)[1]
    shutil.rmtree(middle.path)
    assert any("gone" in line for line in found(three))

    chain = archive(three) / "chain.jsonl"
    lines = chain.read_bytes().splitlines(keepends=True)
    chain.write_bytes(lines[0] + lines[2])
    assert any("was changed or removed" in line for line in found(three))


def test_two_snapshots_that_changed_places_are_found(three: Path) -> None:
    first, second, _ = (snapshot.path for snapshot in snapshots(three))
    first.rename(three / "aside")
    second.rename(first)
    (three / "aside").rename(second)

    assert sum("holds the snapshot" in line for line in found(three)) == 2


def test_a_manifest_of_another_account_is_sent_back_there(three: Path) -> None:
    archive(three).rename(archive(three).with_name("office"))
    assert sum("belongs to the account default" in line for line in found(three)) == 3


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_no_random_damage_goes_unseen(
    sealed: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    shutil.copytree(sealed / "data", folder / "data")
    files = files_of(folder)
    path = data.draw(st.sampled_from(files))
    good = path.read_bytes()
    match data.draw(st.sampled_from(["flip", "delete", "swap", "cut", "grow", "copy", "edit", "remove"])):
        case "flip":
            flip(path, data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(1, 255)))
        case "delete":
            path.unlink()
        case "swap":
            other = data.draw(st.sampled_from(files))
            theirs = other.read_bytes()
            assume(theirs != good)
            path.write_bytes(theirs)
            other.write_bytes(good)
        case "cut":
            path.write_bytes(good[: data.draw(st.integers(0, len(good) - 1))])
        case "grow":
            path.write_bytes(good + data.draw(st.binary(min_size=1, max_size=3)))
        case "copy":
            path.with_name(path.name + "x").write_bytes(good)
        case "edit":
            manifest = data.draw(st.sampled_from([each for each in files if each.name == "manifest.json"]))
            document = json.loads(manifest.read_bytes())
            document["counts"]["payloads"]["announced"] += data.draw(st.integers(1, 9))
            manifest.write_text(json.dumps(document, indent=2) + "\n")
        case "remove":
            shutil.rmtree(
                data.draw(st.sampled_from(sorted({each.parent for each in files if "-" in each.parent.name})))
            )
    assert found(folder, quick=data.draw(st.booleans()))
    shutil.rmtree(folder)


@pytest.mark.parametrize("table", ["messages/part-0000", "journal/part-0000", "rejects"])
def test_pages_that_do_not_decode_are_found_though_every_checksum_is_right(three: Path, table: str) -> None:
    folder = snapshots(three)[-1].path
    break_pages(folder / f"{table}.parquet")
    reseal(folder)

    (finding,) = found(three)
    assert finding.startswith(f"default/{folder.name}/{table}.parquet: this file has pages that do not decode")
    assert found(three, quick=True) == []


def _sealed_kinds(document: dict[str, dict[str, object]]) -> None:
    document["counts"]["kinds"] = {"image": 2}


def _sealed_reasons(document: dict[str, dict[str, object]]) -> None:
    document["counts"]["rejects"] = {"empty_payload": 1}


def _sealed_span(document: dict[str, dict[str, object]]) -> None:
    document["span"]["first"] = "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("change", "what"),
    [(_sealed_kinds, "by kind"), (_sealed_reasons, "by reason"), (_sealed_span, "first and last times")],
)
def test_figures_that_are_not_those_of_the_rows_are_found(three: Path, change: object, what: str) -> None:
    folder = snapshots(three)[-1].path
    assert callable(change)
    reseal(folder, change)

    (finding,) = found(three)
    assert finding.startswith(f"default/{folder.name}/manifest.json: ")
    assert what in finding


@pytest.mark.parametrize(
    ("counts", "what"),
    [
        ({"kinds": {"text": 3}}, "do not add up"),
        ({"payloads": {"announced": 1, "received": 2}}, "fewer announced"),
        ({"payloads": {"announced": 3, "received": 3}}, "not those of its files"),
        ({"rows": {"messages": 2}}, "other tables"),
    ],
)
def test_counts_that_do_not_add_up_are_found_without_reading_a_row(
    three: Path, counts: dict[str, object], what: str
) -> None:
    folder = snapshots(three)[-1].path
    reseal(folder, lambda document: document["counts"].update(counts))

    (finding,) = found(three, quick=True)
    assert what in finding


def test_a_payload_that_is_not_what_the_journal_says_of_it_is_found(three: Path) -> None:
    folder = snapshots(three)[-1].path
    rewrite(folder / "journal/part-0000.parquet", lambda rows: rows[1].update(content=b"another"))
    reseal(folder)

    (finding,) = found(three)
    assert "payload 2 with another size or sha256" in finding


def test_rows_of_payloads_that_the_journal_does_not_hold_are_found(three: Path) -> None:
    folder = snapshots(three)[-1].path
    rewrite(folder / "messages/part-0000.parquet", lambda rows: rows[0].update(payload=77))
    reseal(folder)

    (finding,) = found(three)
    assert "name 1 payload that" in finding


def test_a_damaged_table_can_be_made_again_from_its_journal_and_a_damaged_journal_cannot(three: Path) -> None:
    folder = snapshots(three)[1].path
    flip(folder / "chats.parquet", 9)
    (table,) = audit(DataDir(three / "data"), [])
    flip(folder / "journal/part-0000.parquet", 9)
    todos = {finding.where.rsplit("/", 1)[1]: finding.todo for finding in audit(DataDir(three / "data"), [])}

    assert table.todo.endswith(f"run: wa2pg extract --account default --redecode {folder.name}")
    assert set(todos) == {"chats.parquet", "part-0000.parquet"}
    assert not any("redecode" in todo for todo in todos.values())


def test_a_disk_that_cannot_read_a_file_is_a_finding(three: Path) -> None:
    path = snapshots(three)[1].path / "calls.parquet"
    path.unlink()
    path.mkdir()
    assert any("calls.parquet: this file is missing" in line for line in found(three))


def test_a_link_to_a_good_file_elsewhere_is_a_finding(three: Path) -> None:
    folder = snapshots(three)[1].path
    (folder / "messages").rename(three / "elsewhere")
    (folder / "messages").symlink_to(three / "elsewhere")

    assert any("is a link" in line for line in found(three))


def test_what_is_no_account_beside_the_accounts_is_found(three: Path) -> None:
    (archive(three).parent / "Notes.txt").write_text("x")
    assert found(three) == ["Notes.txt: this is no account's archive"]
    assert found(three, "default") == []


def test_only_the_snapshot_that_is_named_is_checked(three: Path) -> None:
    first, second, third = snapshots(three)
    flip(first.path / "calls.parquet", 9)
    flip(third.path / "calls.parquet", 9)

    assert found(three, second.name) == []
    assert found(three, f"default/{second.name}") == []
    assert [line.partition(":")[0] for line in found(three, third.name, second.name)] == [
        f"default/{third.name}/calls.parquet"
    ]
    assert len(found(three, "default")) == 2


def test_a_snapshot_that_is_gone_can_be_asked_for(three: Path) -> None:
    middle = snapshots(three)[1]
    shutil.rmtree(middle.path)
    assert found(three, middle.name) == [f"default/{middle.name}: the chain names this snapshot, but it is gone"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["0001-01-01T00:00:00", "9999-12-31T23:59:59Z", "../own.json", "20260101T000000Z-aaaa", "a" * 64]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_manifest_however_odd_stops_the_audit_or_the_reading_of_what_is_sound(
    sealed: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    shutil.copytree(sealed / "data", folder / "data")

    def change(document: dict[str, Any]) -> None:
        place: Any = document
        while True:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
                break
            place = place[key]
        place[key] = data.draw(JSON)

    reseal(snapshots(folder)[-1].path, change)
    found(folder)
    assert len(read_sound(archive(folder), ("messages", "chats")).snapshots) in {2, 3}
    shutil.rmtree(folder)


def test_a_manifest_cannot_name_a_file_outside_its_folder(three: Path) -> None:
    folder = snapshots(three)[-1].path
    reseal(folder, lambda document: document["files"][0].update(path="../own.json"))

    assert any("is not of format 1" in line for line in found(three))


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _link_to_itself_elsewhere(path: Path) -> None:
    elsewhere = path.parents[3] / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


@pytest.mark.parametrize("put", [_pipe, _device, _link_to_itself_elsewhere])
@pytest.mark.parametrize("name", ["chain.jsonl", "own.json", "manifest.json", "manifest.sha256", "calls.parquet"])
def test_what_is_no_plain_file_is_a_finding_and_is_not_read(
    three: Path, name: str, put: Callable[[Path], None]
) -> None:
    put([path for path in files_of(three) if path.name == name][-1])

    # reading a pipe or a device would never end
    words = ("cannot be read", "that can be read", "is a link", "is missing")
    assert any(word in line for line in found(three) for word in words)
    assert len(read_sound(archive(three), ("messages", "chats")).snapshots) in {2, 3}


def test_a_snapshot_that_is_a_link_to_a_folder_elsewhere_is_a_finding(three: Path) -> None:
    middle = snapshots(three)[1].path
    middle.rename(three / "elsewhere")
    middle.symlink_to(three / "elsewhere")

    assert found(three) == [f"default/{middle.name}: this is a link, which no wa2pg makes"]


@pytest.mark.parametrize("name", [".lock", "chain.jsonl.tmp", "own.json.tmp", "chain.jsonl.0badcafe.tmp"])
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/null")])
def test_what_lies_in_the_way_of_the_next_extract_is_a_finding(
    three: Path, name: str, make: Callable[[Path], None]
) -> None:
    path = archive(three) / name
    path.unlink(missing_ok=True)
    make(path)
    assert found(three) == [f"default/{name}: no wa2pg put this here"]
    path.rmdir() if path.is_dir() else path.unlink()
    path.touch()
    assert found(three) == []


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_only_has_the_name_of_an_open_snapshot_is_no_open_snapshot(three: Path, kind: str) -> None:
    path = archive(three) / "20261123T031500Z-k3f9.partial"
    path.write_text("x") if kind == "file" else path.symlink_to(three)

    findings = audit(DataDir(three / "data"), [], repair=True)
    assert [finding.what for finding in findings] == ["no wa2pg put this here"]
    assert archive(three).exists()
    assert path.exists()


def test_repair_says_what_it_could_not_seal_and_checks_the_rest(three: Path) -> None:
    journal = archive(three) / "20261123T031500Z-k3f9.partial" / "journal"
    journal.mkdir(parents=True)
    os.mkfifo(journal / "00000001.payload")

    findings = [finding.what for finding in audit(DataDir(three / "data"), [], repair=True)]
    assert any(what.startswith("nothing could be sealed") for what in findings)
    assert "this snapshot was left open" in findings

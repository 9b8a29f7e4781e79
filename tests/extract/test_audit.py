"""`audit`: whatever is changed in the archive after sealing is found."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from extract.audit import audit
from extract.own import read_own
from extract.snapshot import open_snapshot
from schemas.datadir import DataDir, exclusive
from schemas.errors import ExitCode, UserError
from schemas.files import make_private_folder
from schemas.manifest import ChainLine, Own, Source, read_chain
from schemas.words import SourceKind
from tests.extract.payloads import archive, extract, history, info, snapshots


@pytest.fixture
def two(tmp_path: Path) -> Path:
    extract(tmp_path, history(info("A")), own=Own(phone="996555000111@s.whatsapp.net"))
    extract(tmp_path, history(info("B")))
    return tmp_path


def _found(tmp_path: Path) -> list[str]:
    return [f"{finding.where}: {finding.what}" for finding in audit(DataDir(tmp_path / "data"), [])]


def test_a_good_archive_has_no_findings(two: Path) -> None:
    assert _found(two) == []


def test_every_file_of_a_snapshot_is_held_against_its_checksum(two: Path) -> None:
    files = [path for path in snapshots(two)[0].path.rglob("*") if path.is_file()]
    assert len(files) == 9
    for path in files:
        good = path.read_bytes()
        middle = len(good) // 2
        path.write_bytes(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :])
        assert _found(two), path.name
        path.unlink()
        assert _found(two), path.name
        path.write_bytes(good)
    assert _found(two) == []


def test_an_archive_from_before_the_chain_had_checks_is_good_and_goes_on(two: Path) -> None:
    chain, own = archive(two) / "chain.jsonl", archive(two) / "own.json"
    lines = [ChainLine.model_validate_json(line) for line in chain.read_text().splitlines()]
    chain.write_bytes(b"".join(line.model_copy(update={"check": None}).to_json() for line in lines))
    own.write_text('{"phone":"996555000111@s.whatsapp.net","lid":null}\n')
    assert _found(two) == []

    extract(two, history(info("C")))
    assert _found(two) == []
    assert [line.check is None for line in read_chain(archive(two))] == [True, True, False]
    chain.write_bytes(chain.read_bytes().replace(b'"at":"20', b'"at":"21', 1))
    assert any("Line 3 of chain.jsonl, or one before it, was changed" in line for line in _found(two))


def test_a_snapshot_that_is_sealed_while_the_audit_runs_is_no_finding(two: Path) -> None:
    with exclusive(archive(two), "extract"):
        (archive(two) / "chain.jsonl").write_bytes((archive(two) / "chain.jsonl").read_bytes().splitlines(True)[0])
        assert _found(two) == []


def test_a_removed_snapshot_is_found(two: Path) -> None:
    name = snapshots(two)[0].name
    shutil.rmtree(archive(two) / name)

    assert any(name in finding and "gone" in finding for finding in _found(two))


def test_a_manifest_that_was_edited_with_its_checksum_is_found_by_the_chain(two: Path) -> None:
    folder = snapshots(two)[0].path
    edited = (folder / "manifest.json").read_bytes().replace(b'"complete": true', b'"complete": false')
    (folder / "manifest.json").write_bytes(edited)
    (folder / "manifest.sha256").write_text(f"{hashlib.sha256(edited).hexdigest()}  manifest.json\n")

    assert any("not the one that was sealed" in finding for finding in _found(two))


def test_a_shortened_chain_is_found(two: Path) -> None:
    chain = archive(two) / "chain.jsonl"
    chain.write_text(chain.read_text().splitlines()[1] + "\n")

    assert _found(two)


def test_a_chain_that_is_no_json_is_found(two: Path) -> None:
    (archive(two) / "chain.jsonl").write_text("what?\n")

    assert any("chain.jsonl cannot be read" in finding for finding in _found(two))


def test_a_newer_format_is_said_to_be_newer(two: Path) -> None:
    folder = snapshots(two)[0].path
    document = json.loads((folder / "manifest.json").read_bytes())
    document["format"] = 2
    content = json.dumps(document).encode()
    (folder / "manifest.json").write_bytes(content)
    (folder / "manifest.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  manifest.json\n")

    assert any("newer wa2pg" in finding for finding in _found(two))


def test_a_foreign_file_is_found(two: Path) -> None:
    (snapshots(two)[0].path / "notes.txt").write_text("x")
    (archive(two) / "notes.txt").write_text("x")

    assert len(_found(two)) == 2


def test_a_snapshot_that_a_living_process_fills_is_no_finding(two: Path) -> None:
    with exclusive(archive(two), "extract"):
        open_snapshot(archive(two), own=Own(), source=Source(kind=SourceKind.REPLAY))
        assert _found(two) == []
    assert any("left open" in finding for finding in _found(two))


def test_own_addresses_that_a_killed_link_knew_are_remembered_when_its_snapshot_is_sealed(tmp_path: Path) -> None:
    own = Own(phone="996555000111@s.whatsapp.net")
    with exclusive(make_private_folder(archive(tmp_path)), "extract"):
        opened = open_snapshot(archive(tmp_path), own=own, source=Source(kind=SourceKind.WHATSAPP))
        opened.journal.append(b"a payload", "replay")

    assert audit(DataDir(tmp_path / "data"), [], repair=True) == []
    assert read_own(archive(tmp_path)) == own
    (archive(tmp_path) / "own.json").unlink()
    assert _found(tmp_path) == ["default/own.json: this file is missing"]


@pytest.fixture
def four(two: Path) -> Path:
    extract(two, history(info("C")))
    extract(two, history(info("D")))
    return two


def _repaired(tmp_path: Path) -> list[str]:
    return [f"{finding.where}: {finding.what}" for finding in audit(DataDir(tmp_path / "data"), [], repair=True)]


def test_one_repair_makes_a_lost_chain_anew_in_the_order_of_sealing(four: Path) -> None:
    chain = archive(four) / "chain.jsonl"
    names = [snapshot.name for snapshot in snapshots(four)]
    before = [json.loads(line) for line in chain.read_text().splitlines()]
    chain.unlink()

    assert len(_found(four)) == 4
    assert _repaired(four) == []
    assert [snapshot.name for snapshot in snapshots(four)] == names
    after = [json.loads(line) for line in chain.read_text().splitlines()]
    assert [line["sha256"] for line in after] == [line["sha256"] for line in before]


def test_an_extract_after_the_chain_was_lost_follows_all_that_was_sealed(four: Path) -> None:
    names = [snapshot.name for snapshot in snapshots(four)]
    (archive(four) / "chain.jsonl").unlink()
    new = extract(four, history(info("E"))).snapshot

    assert [snapshot.name for snapshot in snapshots(four)] == [*names, new]
    assert _found(four) == []


def test_what_cannot_be_put_in_order_is_refused_by_name_and_the_rest_is_repaired(four: Path) -> None:
    first, second, third, fourth = (snapshot.name for snapshot in snapshots(four))
    (archive(four) / "chain.jsonl").unlink()
    shutil.move(archive(four) / second, four / second)

    # snapshots of one second are named in no order
    missing = {third: second, fourth: third}
    refused, *each = _repaired(four)
    names = ", ".join(sorted(missing))
    assert (
        refused == f"default: Sealed snapshots of the account default cannot be put in order in chain.jsonl: {names}."
    )
    assert each == [
        f"default/{name}: this snapshot is not in chain.jsonl: it says that it follows {missing[name]}, which does not "
        "end chain.jsonl"
        for name in sorted(missing)
    ]
    with pytest.raises(UserError, match="cannot be put in order") as raised:
        extract(four, history(info("E")))
    assert raised.value.exit_code is ExitCode.ARCHIVE
    # with the backup in its place it is whole again
    shutil.move(four / second, archive(four) / second)
    assert _repaired(four) == []
    assert [snapshot.name for snapshot in snapshots(four)] == [first, second, third, fourth]


def test_two_snapshots_that_both_say_they_came_next_are_not_guessed_at(two: Path) -> None:
    first, second = snapshots(two)
    document = json.loads((second.path / "manifest.json").read_bytes())
    twin = second.path.with_name(second.name[:-4] + "twin")
    shutil.copytree(second.path, twin)
    content = json.dumps(document | {"snapshot": twin.name}).encode()
    (twin / "manifest.json").write_bytes(content)
    (twin / "manifest.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  manifest.json\n")
    (archive(two) / "chain.jsonl").unlink()
    refused, *each = _repaired(two)

    assert "cannot be put in order" in refused
    assert sorted(each) == [
        f"default/{name}: this snapshot is not in chain.jsonl: several snapshots say that they were sealed next"
        for name in sorted([second.name, twin.name])
    ]
    assert first.name in (archive(two) / "chain.jsonl").read_text()


def test_a_manifest_that_cannot_be_read_keeps_no_other_snapshot_from_being_repaired(four: Path) -> None:
    *_, last = snapshots(four)
    (archive(four) / "chain.jsonl").unlink()
    (last.path / "manifest.json").write_bytes(b"{}")

    assert any("cannot be put in order" in finding for finding in _repaired(four))
    assert len((archive(four) / "chain.jsonl").read_text().splitlines()) == 3


def test_repair_changes_nothing_in_a_sealed_snapshot(two: Path) -> None:
    path = snapshots(two)[0].path / "chats.parquet"
    path.write_bytes(b"damaged")
    findings = audit(DataDir(two / "data"), [], repair=True)

    assert [finding.where.rsplit("/", 1)[1] for finding in findings] == ["chats.parquet"]
    assert path.read_bytes() == b"damaged"


def test_an_account_without_archive_is_refused(two: Path) -> None:
    with pytest.raises(UserError, match="no archive") as raised:
        audit(DataDir(two / "data"), ["nobody"])
    assert raised.value.exit_code == ExitCode.ARCHIVE


def test_no_archive_at_all_is_no_finding(tmp_path: Path) -> None:
    assert audit(DataDir(tmp_path / "data"), []) == []

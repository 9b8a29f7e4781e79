"""`audit`: whatever is changed in the archive after sealing is found."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from extract.audit import audit
from extract.snapshot import open_snapshot
from schemas.datadir import DataDir, exclusive
from schemas.errors import ExitCode, UserError
from schemas.manifest import Own, Source
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

"""Which snapshots go into a run, and what is refused as damage."""

from pathlib import Path

import pytest

from schemas.datadir import DataDir, exclusive
from schemas.errors import ExitCode, UserError
from schemas.manifest import MANIFEST, DamagedArchiveError, Own
from tests.transform.archives import ANNA_PHONE, BAKYT, OWN_PHONE, Archive, message, payload
from tests.transform.conftest import clean
from transform.run import TransformOptions, transform


def test_a_redecoded_snapshot_takes_the_place_of_its_original(archive: Archive) -> None:
    first = archive.add(payload(message(text="badly decoded"), message(message_id="M0", text="nonsense")))
    archive.add(payload(message(BAKYT), message(message_id="M5", text="later")))
    again = archive.add(
        payload(message(text="well decoded"), message(message_id="M5", text="earlier")), redecode_of=first
    )
    tables = clean(archive)
    assert {row["whatsapp_message_id"]: row["body"] for row in tables.messages if row["phone"] == ANNA_PHONE} == {
        "M1": "well decoded",
        "M5": "later",
    }
    assert [link.snapshot for link in tables.run.snapshots] == [again, archive.names[1]]


@pytest.mark.parametrize("origin", [0, 1])
def test_of_several_redecoded_snapshots_the_last_counts(archive: Archive, origin: int) -> None:
    archive.add(payload(message(text="one")))
    archive.add(payload(message(text="two")), redecode_of=archive.names[0])
    archive.add(payload(message(text="three")), redecode_of=archive.names[origin])
    tables = clean(archive)
    assert tables.message["body"] == "three"
    assert tables.run.accounting.rows_in == 1


def test_a_redecoded_snapshot_outlives_its_original(archive: Archive) -> None:
    first = archive.add(payload(message(text="one")))
    archive.add(payload(message(text="two")), redecode_of=first)
    archive.add(payload(message(text="three")), redecode_of=first)
    archive.remove(first)
    tables = clean(archive)
    assert (tables.message["body"], tables.run.accounting.rows_in) == ("three", 1)


def test_an_account_without_snapshots_is_told_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        transform(DataDir(tmp_path), "office", TransformOptions())
    assert error.value.exit_code is ExitCode.ARCHIVE
    assert error.value.hint == "run: wa2pg extract --account office"
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_with_the_signs_of_patterns_in_its_name_is_read(tmp_path: Path) -> None:
    archive = Archive(DataDir(tmp_path / "[a]*?=b"))
    archive.add(payload(message()))
    assert clean(archive).message["body"] == "hello"


def messages_file(archive: Archive) -> Path:
    return archive.path / archive.names[0] / "messages" / "part-0000.parquet"


def test_a_missing_file_is_damage(archive: Archive) -> None:
    archive.add(payload(message()))
    messages_file(archive).unlink()
    with pytest.raises(DamagedArchiveError, match=r"messages/part-0000.parquet of snapshot .* is missing"):
        clean(archive)
    assert not archive.data.clean("office").exists()


def test_a_file_of_another_size_is_damage(archive: Archive) -> None:
    archive.add(payload(message()))
    with messages_file(archive).open("ab") as file:
        file.write(b"x")
    with pytest.raises(DamagedArchiveError, match="not what was sealed"):
        clean(archive)


def test_damage_inside_a_file_is_named_without_what_the_file_says(archive: Archive) -> None:
    archive.add(payload(message(text="a secret")))
    path = messages_file(archive)
    content = bytearray(path.read_bytes())
    content[4:200] = b"\xff" * 196
    path.write_bytes(content)
    with pytest.raises(DamagedArchiveError, match="not what was sealed") as error:
        clean(archive)
    assert "wa2pg audit" in str(error.value.hint)
    assert "secret" not in str(error.value)


def test_an_open_snapshot_that_nobody_fills_is_warned_of(archive: Archive) -> None:
    archive.add(payload(message()))
    (archive.path / "20260602T000000Z-bbbb.partial").mkdir()

    assert any("wa2pg audit --repair" in warning for warning in clean(archive).run.warnings)
    with exclusive(archive.path, "extract"):
        assert clean(archive).run.warnings == []


def test_an_edited_manifest_is_damage(archive: Archive) -> None:
    archive.add(payload(message()))
    path = archive.path / archive.names[0] / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"complete": true', b'"complete": false'))
    with pytest.raises(DamagedArchiveError):
        clean(archive)


def test_an_unreadable_own_file_is_damage(archive: Archive) -> None:
    archive.add(payload(message()))
    archive.remember_own(Own(phone=OWN_PHONE))
    (archive.path / "own.json").write_text("{")
    with pytest.raises(DamagedArchiveError, match=r"own\.json"):
        clean(archive)

"""`transform --skip-damaged`: a damaged part of the archive costs its own rows and no others, and is named."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.clean_run import CleanRun
from schemas.datadir import DataDir
from schemas.errors import ExitCode
from schemas.manifest import CHAIN, MANIFEST, MANIFEST_SHA256, OWN, DamagedArchiveError, Own, checksum_line
from schemas.sound import LeftOut
from tests.transform.archives import ANNA, BAKYT, OWN_PHONE, Archive, chat, message, payload, reject
from tests.transform.conftest import Tables, clean


def flip(path: Path, place: int | None = None) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 1
    path.write_bytes(content)


@pytest.fixture
def two(archive: Archive) -> Archive:
    """Two snapshots, the first with its messages in two files."""
    archive.add(payload(message(ANNA, "M1"), message(BAKYT, "M2"), chats=[chat(ANNA, name="Anna")]), parts=2)
    archive.add(payload(message(ANNA, "M3"), rejects=[reject()]))
    return archive


def ids(tables: Tables) -> list[str]:
    return sorted(row["whatsapp_message_id"] for row in tables.messages)


def skipping(archive: Archive) -> Tables:
    tables = clean(archive, skip_damaged=True)
    assert tables.run.accounting.balanced()
    return tables


def test_nothing_damaged_is_nothing_left_out_and_the_same_tables(two: Archive) -> None:
    careful, skipped = clean(two).run, skipping(two).run
    assert skipped.left_out == []
    assert (skipped.tables, skipped.inputs_sha256) == (careful.tables, careful.inputs_sha256)


def test_without_the_option_damage_stops_the_run(two: Archive) -> None:
    flip(two.path / two.names[0] / "messages/part-0000.parquet")
    with pytest.raises(DamagedArchiveError) as raised:
        clean(two)
    assert "--skip-damaged" in str(raised.value.hint)


def test_a_damaged_file_costs_its_own_rows_which_are_named_and_counted(two: Archive) -> None:
    whole = clean(two).run
    flip(two.path / two.names[0] / "messages/part-0000.parquet")
    tables = skipping(two)

    assert ids(tables) == ["M2", "M3"]
    assert tables.run.left_out == [
        LeftOut(
            snapshot=two.names[0],
            path="messages/part-0000.parquet",
            table="messages",
            rows=1,
            what="is not what was sealed (its sha256 differs)",
        )
    ]
    assert tables.run.accounting.rows_in == 2
    assert tables.run.inputs_sha256 != whole.inputs_sha256
    assert tables.run.warnings == [
        (
            f"left out: messages/part-0000.parquet of snapshot {two.names[0]}, 1 row of messages:"
            " the file is not what was sealed (its sha256 differs)"
        )
    ]


def test_what_is_left_out_is_kept_in_run_json(two: Archive) -> None:
    (two.path / two.names[0] / "messages/part-0001.parquet").unlink()
    tables = skipping(two)
    again = CleanRun.model_validate_json((tables.folder.path / "run.json").read_bytes())

    assert [part.what for part in again.left_out] == ["is missing"]


def test_a_damaged_chats_file_costs_names_and_no_message(two: Archive) -> None:
    flip(two.path / two.names[0] / "chats.parquet")
    assert ids(skipping(two)) == ["M1", "M2", "M3"]


@pytest.mark.parametrize("table", ["chats", "rejects", "lid_map", "contacts"])
def test_a_table_that_is_gone_from_every_snapshot_is_an_empty_one(two: Archive, table: str) -> None:
    for name in two.names:
        (two.path / name / f"{table}.parquet").unlink()
    tables = skipping(two)
    assert ids(tables) == ["M1", "M2", "M3"]
    assert len(tables.run.left_out) == 2


def test_a_damaged_manifest_costs_its_snapshot(two: Archive) -> None:
    flip(two.path / two.names[0] / MANIFEST)
    tables = skipping(two)

    assert ids(tables) == ["M3"]
    (part,) = tables.run.left_out
    assert (part.snapshot, part.path, part.rows) == (two.names[0], None, None)
    assert "nobody knows how many rows" in tables.run.warnings[0]


@pytest.mark.parametrize("damage", [flip, Path.unlink])
def test_a_manifest_that_the_chain_vouches_for_needs_no_checksum_of_its_own(
    two: Archive, damage: Callable[[Path], None]
) -> None:
    damage(two.path / two.names[0] / MANIFEST_SHA256)
    tables = skipping(two)
    assert (ids(tables), tables.run.left_out) == (["M1", "M2", "M3"], [])


def test_a_manifest_that_only_its_own_checksum_vouches_for_is_read_and_told_of(two: Archive) -> None:
    folder = two.path / two.names[0]
    edited = (folder / MANIFEST).read_bytes().replace(b'"complete": true', b'"complete": false')
    (folder / MANIFEST).write_bytes(edited)
    (folder / MANIFEST_SHA256).write_bytes(checksum_line(hashlib.sha256(edited).hexdigest()))
    tables = skipping(two)

    assert (ids(tables), tables.run.left_out) == (["M1", "M2", "M3"], [])
    assert f"the manifest of snapshot {two.names[0]} is not the one that {CHAIN} names" in tables.run.warnings


@pytest.mark.parametrize("place", [14, 20, 60, 90, 130, 150, 180, 203, 210, 330, 370, 999])
def test_a_damaged_chain_costs_no_row(two: Archive, place: int) -> None:
    whole = clean(two).run.tables
    flip(two.path / CHAIN, min(place, (two.path / CHAIN).stat().st_size - 1))
    tables = skipping(two)

    assert (tables.run.tables, tables.run.left_out) == (whole, [])
    assert any(CHAIN in warning for warning in tables.run.warnings)


def test_a_lost_chain_costs_no_row_and_the_order_is_that_of_sealing(two: Archive) -> None:
    order = [link.snapshot for link in clean(two).run.snapshots]
    (two.path / CHAIN).unlink()
    assert [link.snapshot for link in skipping(two).run.snapshots] == order


def test_a_damaged_own_file_leaves_what_the_manifests_say(two: Archive) -> None:
    two.remember_own(Own(phone=OWN_PHONE))
    flip(two.path / OWN)
    tables = skipping(two)

    assert tables.run.own_known
    assert any(OWN in warning for warning in tables.run.warnings)


def test_a_snapshot_that_is_gone_is_named_as_one_whose_rows_nobody_knows(two: Archive) -> None:
    (two.path / two.names[0]).rename(two.data.root / "aside")
    tables = skipping(two)
    assert ids(tables) == ["M3"]
    assert [part.snapshot for part in tables.run.left_out] == [two.names[0]]


def test_a_damaged_redecode_gives_way_to_the_snapshot_it_was_made_from(archive: Archive) -> None:
    first = archive.add(payload(message(text="as decoded first")))
    again = archive.add(payload(message(text="as decoded again")), redecode_of=first)
    flip(archive.path / again / "messages/part-0000.parquet")
    tables = skipping(archive)

    assert tables.message["body"] == "as decoded first"
    assert tables.run.left_out == []
    assert any(again in warning for warning in tables.run.warnings)


def test_damage_in_what_a_redecode_replaces_costs_nothing(archive: Archive) -> None:
    first = archive.add(payload(message(text="as decoded first")))
    archive.add(payload(message(text="as decoded again")), redecode_of=first)
    flip(archive.path / first / "messages/part-0000.parquet")
    tables = skipping(archive)

    assert tables.message["body"] == "as decoded again"
    assert tables.run.left_out == []


def test_an_archive_of_which_nothing_is_left_is_refused(archive: Archive) -> None:
    archive.add(payload(message()))
    flip(archive.path / archive.names[0] / MANIFEST)
    with pytest.raises(DamagedArchiveError, match="No snapshot") as raised:
        skipping(archive)
    assert raised.value.exit_code is ExitCode.ARCHIVE


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_one_byte_is_changed_the_rest_is_read_and_the_rows_add_up(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    archive = Archive(DataDir(tmp_path_factory.mktemp("skipped") / "data"))
    archive.add(payload(message(ANNA, "M1"), message(BAKYT, "M2")), parts=2)
    archive.add(payload(message(ANNA, "M3")))
    files = sorted(path for path in archive.path.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    flip(path, data.draw(st.integers(0, path.stat().st_size - 1)))
    tables = skipping(archive)

    lost = sum(part.rows for part in tables.run.left_out if part.table == "messages" and part.rows is not None)
    if path.name == MANIFEST:
        assert ids(tables) in (["M1", "M2"], ["M3"])
    else:
        assert len(ids(tables)) == 3 - lost
        assert bool(lost) == (path.parent.name == "messages")


@pytest.mark.parametrize("part", ["manifest.json", "messages/part-0000.parquet"])
def test_a_history_of_which_something_is_left_out_is_not_called_complete(two: Archive, part: str) -> None:
    assert clean(two).run.history_complete
    flip(two.path / two.names[0] / part)
    assert not skipping(two).run.history_complete

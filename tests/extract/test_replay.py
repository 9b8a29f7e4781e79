"""`extract --replay`: files to a sealed snapshot, once."""

import json
import os
import shutil
from pathlib import Path

import pytest

from extract.own import parse_own, read_own
from extract.redecode import redecode
from extract.snapshot import open_snapshot, seal_snapshot
from extract.whatsapp.replay import payload_files, replay
from schemas.completeness import history_complete
from schemas.datadir import DataDir, exclusive
from schemas.errors import ExitCode, UserError
from schemas.files import make_private_folder
from schemas.manifest import Own, Source
from schemas.progress import Step
from schemas.words import Ended, SourceKind
from tests.extract.payloads import archive, extract, history, info, snapshots, table, write


def test_a_replay_seals_a_snapshot_that_says_what_it_holds(tmp_path: Path) -> None:
    report = extract(tmp_path, history(info("A"), info("B", message=None)), b"rubbish")
    (snapshot,) = snapshots(tmp_path)
    manifest = snapshot.manifest

    assert (report.snapshot, report.complete, report.ended) == (snapshot.name, True, "source_end")
    assert manifest.counts.payloads.model_dump() == {"announced": 2, "received": 2}
    assert manifest.counts.rows == {"messages": 2, "chats": 1, "contacts": 0, "lid_map": 0, "calls": 0, "rejects": 1}
    assert (manifest.counts.kinds, manifest.counts.rejects) == ({"text": 1, "unknown": 1}, {"not_a_history_payload": 1})
    assert manifest.source.kind == "replay"
    assert manifest.span.first == manifest.span.last


def test_everything_in_the_archive_is_private(tmp_path: Path) -> None:
    extract(tmp_path, history(info()))
    for path in archive(tmp_path).rglob("*"):
        allowed = 0o700 if path.is_dir() else 0o600
        # Parquet files are made by a library: their privacy comes from the program's umask
        if path.suffix != ".parquet":
            assert path.stat().st_mode & 0o777 & ~allowed == 0, path


def test_the_same_payloads_again_make_no_snapshot(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")), history(info("B")))
    again = extract(tmp_path, history(info("A")), history(info("B")))

    assert (again.snapshot, again.already_archived) == (None, 2)
    assert len(snapshots(tmp_path)) == 1


def test_again_takes_them_once_more(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")))
    assert extract(tmp_path, history(info("A")), again=True).snapshot is not None
    assert len(snapshots(tmp_path)) == 2


def test_only_new_payloads_are_taken(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")))
    report = extract(tmp_path, history(info("A")), history(info("B")))

    assert (report.received, report.already_archived) == (1, 1)
    assert [row["message_id"] for row in table(snapshots(tmp_path)[1], "messages")] == ["B"]


def test_the_same_payload_twice_in_one_replay_is_kept_twice(tmp_path: Path) -> None:
    assert extract(tmp_path, history(info("A")), history(info("A"))).rows["messages"] == 2


def test_each_snapshot_names_the_one_before_it(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")))
    extract(tmp_path, history(info("B")))
    first, second = snapshots(tmp_path)

    assert first.manifest.previous is None
    assert second.manifest.previous is not None
    assert (second.manifest.previous.snapshot, second.manifest.previous.sha256) == (first.name, first.sha256)


def test_folders_are_walked_in_name_order_and_links_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", b"secret")
    folder = write(tmp_path / "in", b"1", b"2")
    (folder / "00-deeper").mkdir()
    (folder / "00-deeper/x.pb").write_bytes(b"0")
    (folder / "link").symlink_to(outside)
    (folder / "03.pb").symlink_to(outside / "01.pb")
    os.mkfifo(folder / "04.pipe")

    assert [path.read_bytes() for path in payload_files([folder])] == [b"0", b"1", b"2"]


def test_a_link_given_by_name_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(write(tmp_path / "in", b"1"))

    with pytest.raises(UserError, match="is a link") as raised:
        payload_files([link])
    assert raised.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_nothing_to_replay_is_a_usage_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(UserError) as raised:
        payload_files([tmp_path / name])
    assert raised.value.exit_code == ExitCode.USAGE


def test_a_file_beyond_a_gibibyte_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    big = tmp_path / "big.pb"
    with big.open("wb") as file:
        file.truncate(2**30 + 1)

    with pytest.raises(UserError, match="larger than 1 GiB"):
        replay(DataDir(tmp_path / "data"), "default", [big], own=Own())
    assert not (tmp_path / "data").exists()


def test_a_second_extract_on_the_account_is_refused_and_another_account_is_not(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", history(info()))
    data = DataDir(tmp_path / "data")
    with exclusive(data.archive("default"), "extract"):
        with pytest.raises(UserError, match=f"Another extract is running .* {os.getpid()}"):
            replay(data, "default", [folder], own=Own())
        assert replay(data, "other", [folder], own=Own()).snapshot is not None


def test_own_addresses_are_remembered_for_the_account(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")), own=parse_own("+996 555 000 111", None))
    extract(tmp_path, history(info("B")), own=parse_own(None, "123456"))

    assert read_own(archive(tmp_path)) == Own(phone="996555000111@s.whatsapp.net", lid="123456@lid")
    assert [snapshot.manifest.own.lid for snapshot in snapshots(tmp_path)] == [None, "123456@lid"]


@pytest.mark.parametrize(
    ("phone", "lid"), [("12", None), ("office", None), (None, "a@lid"), (None, "1@s.whatsapp.net")]
)
def test_own_addresses_of_another_form_are_refused(phone: str | None, lid: str | None) -> None:
    with pytest.raises(UserError) as raised:
        parse_own(phone, lid)
    assert raised.value.exit_code == ExitCode.USAGE


def test_redecode_makes_the_same_tables_from_the_journal(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A"), info("B")), b"rubbish", own=parse_own("+996555000111", None))
    (old,) = snapshots(tmp_path)
    report = redecode(DataDir(tmp_path / "data"), "default", old.name)
    new = snapshots(tmp_path)[1]

    assert (report.snapshot, new.manifest.source.kind, new.manifest.source.detail) == (new.name, "redecode", old.name)
    assert new.manifest.own == old.manifest.own
    for name in ("messages", "chats", "rejects", "journal"):
        assert table(new, name) == table(old, name)


def test_redecode_of_an_unknown_snapshot_is_refused(tmp_path: Path) -> None:
    extract(tmp_path, history(info()))
    with pytest.raises(UserError, match="no sealed snapshot") as raised:
        redecode(DataDir(tmp_path / "data"), "default", "20200101T000000Z-aaaa")
    assert raised.value.exit_code == ExitCode.ARCHIVE


def test_ctrl_c_between_payloads_seals_what_has_arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "in", history(info("A")), history(info("B")))

    def stop_after_first(step: object) -> None:
        if "journalling" in str(step):
            raise KeyboardInterrupt

    report = replay(DataDir(tmp_path / "data"), "default", [folder], own=Own(), progress=stop_after_first)
    (snapshot,) = snapshots(tmp_path)

    assert (report.ended, report.complete, report.announced, report.received) == ("interrupted", False, 2, 1)
    assert [row["message_id"] for row in table(snapshot, "messages")] == ["A"]
    assert not history_complete(snapshots(tmp_path))


def test_a_replay_that_is_repeated_whole_makes_the_history_complete(tmp_path: Path) -> None:
    test_ctrl_c_between_payloads_seals_what_has_arrived(tmp_path, pytest.MonkeyPatch())
    report = replay(DataDir(tmp_path / "data"), "default", [tmp_path / "in"], own=Own())

    assert (report.received, report.already_archived) == (2, 0)
    assert history_complete(snapshots(tmp_path))


def test_the_manifest_is_json_that_names_its_own_checksum_beside_it(tmp_path: Path) -> None:
    extract(tmp_path, history(info()))
    folder = snapshots(tmp_path)[0].path

    assert json.loads((folder / "manifest.json").read_bytes())["format"] == 1
    assert (folder / "manifest.sha256").read_text().split()[1] == "manifest.json"


@pytest.mark.parametrize("where", ["in", "in/data", "in/data/archive"])
def test_the_archive_is_not_taken_for_payloads(tmp_path: Path, where: str) -> None:
    write(tmp_path / "in", history(info()))
    (tmp_path / "in/data/archive").mkdir(parents=True)

    with pytest.raises(UserError, match="holds the data directory, or lies in it"):
        replay(DataDir(tmp_path / "in/data"), "default", [tmp_path / where], own=Own())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PAR1\x15\x04\x15", "a Parquet file"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"\x1f\x8b\x08\0\0", "a gzip archive"),
        (b"\xff\xd8\xff\xe0\0", "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n\0", "a PNG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"SQLite format 3\0\x10", "an SQLite database"),
        ("23.11.2026, 09:15 - Айгүл: саламатсызбы\n".encode(), "a text file"),
        (("я" * 5000).encode(), "a text file"),
        (("a" + "я" * 5000).encode(), "a text file"),
        ("chat history of the office".encode("utf-16"), "a text file"),
        (b'{"messages": [{"id": 1}]}\n', "a JSON file"),
    ],
)
def test_what_cannot_be_a_payload_is_refused_before_a_snapshot_is_opened(
    tmp_path: Path, content: bytes, kind: str
) -> None:
    folder = write(tmp_path / "in", history(info("A")), content)

    with pytest.raises(UserError, match=f"02.pb is no payload of WhatsApp's: it seems to be {kind}") as raised:
        replay(DataDir(tmp_path / "data"), "default", [folder], own=Own())
    assert raised.value.exit_code == ExitCode.USAGE
    assert snapshots(tmp_path) == []
    assert not list(archive(tmp_path).glob("*.partial"))


def test_how_many_others_are_no_payloads_is_said(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", *[b"a line of letters\n" * (n + 1) for n in range(3)])
    with pytest.raises(UserError, match=r"01\.pb is no payload .* and 2 other files are none either"):
        replay(DataDir(tmp_path / "data"), "default", [folder], own=Own())


@pytest.mark.parametrize("content", [b"", b"\x08\x02torn", b"\x78\x9cno deflate", b"letters"])
def test_what_may_be_a_torn_payload_is_archived_with_its_bytes(tmp_path: Path, content: bytes) -> None:
    report = extract(tmp_path, history(info("A")), content)
    assert report.received == 2
    assert table(snapshots(tmp_path)[0], "journal")[1]["content"] == content


def test_what_was_archived_before_such_files_were_refused_is_left_out_as_before(tmp_path: Path) -> None:
    notes = b"what the history files are\n"
    opened = open_snapshot(
        make_private_folder(archive(tmp_path)), own=Own(), source=Source(kind=SourceKind.REPLAY, detail="1 files")
    )
    opened.journal.append(notes, "replay")
    seal_snapshot(opened, ended=Ended.SOURCE_END, complete=True)
    assert extract(tmp_path, history(info("A")), notes).already_archived == 1


def test_a_part_of_a_journal_is_told_how_it_is_decoded_again(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")))
    (snapshot,) = snapshots(tmp_path)
    part = next((snapshot.path / "journal").glob("*.parquet"))
    for given in (part, shutil.copytree(snapshot.path, tmp_path / snapshot.name) / "journal" / part.name):
        with pytest.raises(UserError) as raised:
            replay(DataDir(tmp_path / "data"), "default", [given], own=Own())
        assert f"wa2pg extract --redecode {snapshot.name}" in (raised.value.hint or "")


def test_how_far_the_sealing_is_is_told_by_the_files_of_the_snapshot(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", history(info("A")))
    steps: list[Step] = []
    replay(DataDir(tmp_path / "data"), "default", [folder], own=Own(), progress=steps.append)
    (snapshot,) = snapshots(tmp_path)
    files = len(snapshot.manifest.files)

    told = [(step.done, step.total) for step in steps if step.name == "sealing"]
    assert told == [(0, None), *((done, files) for done in range(1, files + 1))]
    assert files == 7

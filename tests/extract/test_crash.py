"""kill -9 at any moment: the next extract, or audit --repair, seals every payload that reached the disk."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from extract.audit import audit
from extract.journal import Journal
from extract.snapshot import open_snapshot, recover
from schemas.datadir import DataDir
from schemas.files import make_private_folder
from schemas.manifest import CHAIN, Own, Source, read_chain
from schemas.words import SourceKind
from tests.extract.payloads import archive, extract, history, info, snapshots, table, write

DIE_AT = """
import os, signal, sys
from pathlib import Path
import extract.snapshot, extract.whatsapp.replay, schemas.manifest
from schemas.datadir import DataDir
from schemas.manifest import Own

where, folder, data = sys.argv[1:]

def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

def on(step):
    if where == step.name.replace(" ", "-") and step.done in (0, 2):
        die()

if where == "before-the-manifest":
    extract.snapshot.Manifest = die
elif where == "before-the-rename":
    extract.snapshot._put_in_place = die
elif where == "before-the-chain":
    extract.snapshot.append_to_chain = die
elif where == "before-the-clean-up":
    real = extract.snapshot.append_to_chain
    def then_die(*arguments):
        real(*arguments)
        die()
    extract.snapshot.append_to_chain = then_die
extract.whatsapp.replay.replay(DataDir(Path(data)), "default", [Path(folder)], own=Own(), progress=on)
"""

MOMENTS = [
    "journalling-payloads",
    "decoding-payloads",
    "sealing",
    "before-the-manifest",
    "before-the-rename",
    "before-the-chain",
    "before-the-clean-up",
]


def _killed_at(moment: str, tmp_path: Path) -> Path:
    folder = write(tmp_path / "in", *(history(info(name)) for name in "ABC"))
    root = Path(__file__).parents[2]
    words = [sys.executable, "-c", DIE_AT, moment, str(folder), str(tmp_path / "data")]
    died = subprocess.run(words, cwd=root, check=False)
    assert died.returncode == -signal.SIGKILL
    return folder


def _ids(tmp_path: Path) -> set[object]:
    return {row["message_id"] for snapshot in snapshots(tmp_path) for row in table(snapshot, "messages")}


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_next_extract_ends_with_every_payload(tmp_path: Path, moment: str) -> None:
    _killed_at(moment, tmp_path)
    extract(tmp_path, *(history(info(name)) for name in "ABC"))

    assert _ids(tmp_path) == set("ABC")
    assert audit(DataDir(tmp_path / "data"), []) == []
    assert not [path.name for path in archive(tmp_path).iterdir() if path.name.endswith(".partial")]


@pytest.mark.parametrize("moment", MOMENTS)
def test_audit_finds_it_and_repairs_it(tmp_path: Path, moment: str) -> None:
    _killed_at(moment, tmp_path)
    data = DataDir(tmp_path / "data")
    arrived = {"A", "B"} if moment == "journalling-payloads" else set("ABC")

    assert audit(data, []) != []
    assert audit(data, [], repair=True) == []
    assert _ids(tmp_path) == arrived
    finished = moment.startswith(("before-the-chain", "before-the-clean"))
    assert [snapshot.manifest.ended for snapshot in snapshots(tmp_path)] == ["source_end" if finished else "crashed"]
    assert [line.event for line in read_chain(archive(tmp_path))] == ["sealed"]


def test_a_payload_that_was_whole_but_not_yet_named_is_kept(tmp_path: Path) -> None:
    folder = make_private_folder(archive(tmp_path))
    opened = open_snapshot(folder, own=Own(), source=Source(kind=SourceKind.WHATSAPP))
    Journal(opened.partial).append(history(info("A")).SerializeToString(), "whatsapp")
    path = opened.partial / "journal/00000001.payload"
    path.rename(path.with_suffix(".tmp"))
    (sealed,) = recover(folder)

    assert [row["message_id"] for row in table(sealed, "messages")] == ["A"]


def test_a_torn_payload_of_a_live_link_is_kept_as_a_reject(tmp_path: Path) -> None:
    folder = make_private_folder(archive(tmp_path))
    opened = open_snapshot(folder, own=Own(), source=Source(kind=SourceKind.WHATSAPP))
    Journal(opened.partial).append(history(info("A")).SerializeToString(), "whatsapp")
    path = opened.partial / "journal/00000001.payload"
    torn = path.read_bytes()[:-5]
    path.with_suffix(".tmp").write_bytes(torn)
    path.unlink()
    (sealed,) = recover(folder)

    assert [row["reason"] for row in table(sealed, "rejects")] == ["journal_damaged"]
    assert torn.endswith(table(sealed, "rejects")[0]["raw"])


def test_a_snapshot_that_nothing_reached_leaves_no_trace(tmp_path: Path) -> None:
    folder = make_private_folder(archive(tmp_path))
    open_snapshot(folder, own=Own(), source=Source(kind=SourceKind.REPLAY))

    assert recover(folder) == []
    assert list(folder.iterdir()) == []


def test_half_a_redecode_is_removed_and_the_old_snapshot_stays_in_force(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")))
    (old,) = snapshots(tmp_path)
    opened = open_snapshot(archive(tmp_path), own=Own(), source=Source(kind=SourceKind.REDECODE, detail=old.name))
    opened.journal.append(b"half", "replay")

    assert recover(archive(tmp_path)) == []
    assert [snapshot.name for snapshot in snapshots(tmp_path)] == [old.name]


def test_an_open_snapshot_whose_label_was_lost_is_sealed_all_the_same(tmp_path: Path) -> None:
    folder = make_private_folder(archive(tmp_path))
    opened = open_snapshot(folder, own=Own(), source=Source(kind=SourceKind.REPLAY))
    opened.journal.append(history(info("A")).SerializeToString(), "replay")
    (opened.partial / "open.json").write_bytes(b"{")
    (sealed,) = recover(folder)

    assert [row["message_id"] for row in table(sealed, "messages")] == ["A"]


def test_the_chain_is_never_half_written(tmp_path: Path) -> None:
    extract(tmp_path, history(info("A")))
    assert not list(archive(tmp_path).glob(f"{CHAIN}*.tmp"))
    assert (archive(tmp_path) / CHAIN).stat().st_size > 0

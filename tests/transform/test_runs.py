"""Runs: which snapshots go in, what is refused, and which run is in force afterwards."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas.clean_run import CURRENT, FORMAT, RUN_JSON, read_current_run
from schemas.datadir import exclusive
from schemas.errors import ExitCode, UserError
from schemas.files import sha256_of
from schemas.manifest import Own
from schemas.progress import Step
from schemas.tables import CLEAN_TABLES, fingerprint
from schemas.translation import _, use_language
from tests.transform.archives import (
    ANNA,
    ANNA_LID,
    AS_OF,
    BAKYT,
    Archive,
    action,
    message,
    minute,
    pair,
    payload,
    reject,
)
from tests.transform.conftest import FirstLetterDetector, clean
from transform import warehouse
from transform.accounting import reason_in_words
from transform.run import TransformOptions, transform

SHAPE = {
    "clients": "f8a902e82b305dfe",
    "conversations": "e0cf0755b57db581",
    "messages": "df979a707e7a3f30",
    "rejects": "f2d0c78b03e6acad",
}


def runs(archive: Archive) -> list[str]:
    return sorted(path.name for path in archive.data.clean(archive.account).iterdir() if path.name != ".lock")


def full(archive: Archive) -> None:
    """Something of everything."""
    archive.add(
        payload(
            message(ANNA_LID, "M3", "three", sent_at=None),
            message(ANNA, "M2", "two", from_me=True, delivery="read"),
            message(ANNA, "M1"),
            action("reaction", text="👍"),
            action("edit", "M2", "zwei", from_me=True),
            message("1@g.us"),
            message("5@lid"),
            action("revoke", "M7"),
            lid_map=[pair()],
            rejects=[reject()],
        )
    )
    archive.add(payload(message(ANNA, "M1", "again"), message(BAKYT)), complete=False)


def test_a_run_says_what_it_is_made_of(archive: Archive) -> None:
    full(archive)
    run = clean(archive, enrich=True).run
    assert (run.account, run.as_of) == ("office", AS_OF)
    assert [link.snapshot for link in run.snapshots] == archive.names
    assert (run.own_known, run.history_complete) == (True, False)
    assert run.settings["language"] == FirstLetterDetector.name
    assert run.accounting.balanced()
    assert (run.accounting.rows_in, run.accounting.rows_out, run.accounting.duplicates) == (10, 5, 1)
    assert read_current_run(archive.data.clean("office")).run == run


def test_a_run_of_another_version_is_named_and_not_called_damaged(archive: Archive) -> None:
    full(archive)
    path = clean(archive).folder.path / RUN_JSON
    written = json.loads(path.read_text())
    for version, sentence, hint in (
        (FORMAT - 1, "made by an earlier wa2pg", "make it again: wa2pg transform --account office"),
        (FORMAT + 1, "made by a newer wa2pg", "use that version or a later one: git pull, then: make setup"),
    ):
        path.write_text(json.dumps(written | {"format": version, "since": "what this version does not know"}))
        with pytest.raises(UserError, match=sentence) as raised:
            read_current_run(archive.data.clean("office"))
        assert (raised.value.exit_code, raised.value.hint) == (ExitCode.ARCHIVE, hint)
    path.write_text("[]")
    with pytest.raises(UserError, match="is damaged"):
        read_current_run(archive.data.clean("office"))
    clean(archive)
    assert read_current_run(archive.data.clean("office")).run.format == FORMAT


def test_the_columns_of_the_clean_tables_are_those_of_this_format() -> None:
    # other columns are another format: raise FORMAT, or load meets tables that it cannot read
    shape = {name: fingerprint(schema) for name, schema in CLEAN_TABLES.items()}
    assert (FORMAT, shape) == (3, SHAPE)


def test_tables_have_exactly_the_schemas_of_the_contract_and_the_hashes_of_the_report(archive: Archive) -> None:
    full(archive)
    tables = clean(archive)
    for name, schema in CLEAN_TABLES.items():
        path = tables.folder.table(name)
        assert pq.read_schema(path).equals(schema)
        assert tables.run.tables[name].sha256 == sha256_of(path)
        assert tables.run.tables[name].rows == len(tables.rows(name))


def test_an_account_without_messages_has_empty_tables(archive: Archive) -> None:
    archive.add()
    tables = clean(archive, enrich=True)
    assert [tables.run.tables[name].rows for name in CLEAN_TABLES] == [0, 0, 0, 0]
    assert (tables.run.accounting.rows_in, tables.run.history_complete) == (0, True)


def test_messages_may_be_in_several_files(archive: Archive) -> None:
    archive.add(payload(*(message(message_id=f"M{n}", text=str(n)) for n in range(7)), message(text="last")), parts=3)
    tables = clean(archive)
    assert [row["body"] for row in tables.messages] == ["0", "last", "2", "3", "4", "5", "6"]


def test_running_again_gives_the_same_bytes(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    full(archive)
    before = clean(archive, enrich=True).run
    monkeypatch.setattr(warehouse, "_MOST_THREADS", 1)
    after = clean(archive, enrich=True).run
    assert before.run != after.run
    assert before.tables == after.tables
    assert before.inputs_sha256 == after.inputs_sha256


def test_the_inputs_hash_changes_with_every_input(archive: Archive) -> None:
    full(archive)
    hashes = [
        clean(archive).run.inputs_sha256,
        clean(archive, as_of=minute(1)).run.inputs_sha256,
        clean(archive, region="DE").run.inputs_sha256,
        clean(archive, enrich=True).run.inputs_sha256,
    ]
    archive.remember_own(Own(phone="996312000009@s.whatsapp.net"))
    hashes.append(clean(archive).run.inputs_sha256)
    archive.add(payload())
    hashes.append(clean(archive).run.inputs_sha256)
    assert len(set(hashes)) == len(hashes)


def test_as_of_is_now_unless_told_and_a_moment_without_zone_is_utc(archive: Archive) -> None:
    archive.add(payload(message()))
    assert clean(archive, as_of=AS_OF.replace(tzinfo=None)).run.as_of == AS_OF
    run = clean(archive, as_of=None).run
    assert 0 <= (run.started_at - run.as_of).total_seconds() < 0.001


def test_the_last_three_runs_are_kept_and_the_latest_is_in_force(archive: Archive) -> None:
    archive.add(payload(message()))
    made = []
    for _unused in range(5):
        made.append(clean(archive).run.run)
        assert os.readlink(archive.data.clean("office") / CURRENT) == made[-1]  # noqa: PTH115 - the text of the link
    kept = [name for name in runs(archive) if name != CURRENT]
    assert len(kept) == 3
    assert made[-1] in kept


def test_everything_written_is_private(archive: Archive) -> None:
    full(archive)
    tables = clean(archive)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tables.folder.path.iterdir()}
    assert set(modes) == {*(f"{name}.parquet" for name in CLEAN_TABLES), "run.json"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(tables.folder.path.stat().st_mode) == 0o700


def test_progress_is_told_step_by_step(archive: Archive) -> None:
    full(archive)
    steps: list[Step] = []
    run = transform(archive.data, "office", TransformOptions(as_of=AS_OF, enrich=False), steps.append)
    names = list(dict.fromkeys(step.name for step in steps))
    assert names[:3] == ["opening the archive", "telling people apart", "settling what each row is"]
    files = [(step.done, step.total) for step in steps if step.name == "opening the archive"][1:]
    assert files == [(done, len(files)) for done in range(len(files))]
    assert len(files) >= 5
    assert names[-3:] == ["writing clients", "checking the tables", "clean tables are in force"]
    assert [(step.done, step.total) for step in steps if step.name == "writing messages"] == [(0, 5), (5, 5)]
    for name in ("telling people apart", "writing clients"):
        told = [(step.done, step.total) for step in steps if step.name == name]
        # what is not counted, the beginning and the end
        assert told[:2] == [(0, None), (0, told[-1][1])]
        assert told[-1][0] == told[-1][1]
    assert told[-1][0] == pq.read_metadata(run.path / "clients.parquet").num_rows > 0


def test_a_second_transform_on_the_account_is_refused(archive: Archive) -> None:
    archive.add(payload(message()))
    with (
        exclusive(archive.data.clean("office"), "transform"),
        pytest.raises(UserError, match="Another transform is running"),
    ):
        clean(archive)


def test_tables_that_fail_a_check_are_not_put_in_force(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.add(payload(message()))
    good = clean(archive).run
    real = warehouse.sql_of

    def sql_with_a_fault(step: str) -> str:
        # messages without their phone's plus
        return real(step).replace("p.phone,\n    if(m.from_me", "p.phone[2:] as phone,\n    if(m.from_me")

    monkeypatch.setattr(warehouse, "sql_of", sql_with_a_fault)
    with pytest.raises(UserError) as error:
        clean(archive)
    assert error.value.exit_code is ExitCode.FAILED
    assert "'messages: each has its client' found 1 row." in error.value.message
    assert "the archive is untouched" in error.value.message
    assert read_current_run(archive.data.clean("office")).run == good


def test_what_a_dead_run_left_is_removed(archive: Archive) -> None:
    archive.add(payload(message()))
    clean_folder = archive.data.clean("office")
    dead = clean_folder / "20260101T000000Z-dead.partial"
    (dead / "spill").mkdir(parents=True)
    (clean_folder / "current.new").symlink_to("nowhere")
    run = clean(archive).run
    assert runs(archive) == sorted([run.run, CURRENT])


KILLED = """
import os, signal, sys
from pathlib import Path
from schemas.datadir import DataDir
from tests.transform.archives import AS_OF
from tests.transform.conftest import FirstLetterDetector
from transform.run import TransformOptions, transform

left = int(sys.argv[2])

def watch(event, arguments):
    global left
    if event in {"open", "os.rename", "os.symlink", "os.mkdir", "shutil.rmtree"} and "/clean/" in str(arguments):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
transform(DataDir(Path(sys.argv[1])), "office", TransformOptions(as_of=AS_OF, enrich=False))
print("done")
"""


def test_killed_at_any_step_the_next_run_gives_the_same_tables(archive: Archive) -> None:
    full(archive)
    expected = clean(archive).run.tables
    root = Path(__file__).parents[2]
    for left in range(0, 40, 3):
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(archive.data.root), str(left)],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert killed.returncode in {0, -signal.SIGKILL}, killed.stderr
        assert read_current_run(archive.data.clean("office")).run.tables == expected
        if killed.returncode == 0:
            break
    else:
        pytest.fail("the run was killed every time: raise the limit")
    assert clean(archive).run.tables == expected
    assert not any(name.endswith((".partial", ".new")) for name in runs(archive))
    assert len(runs(archive)) <= 4


@pytest.mark.parametrize(("told_in", "word"), [("en", "status post"), ("ru", "статусы WhatsApp")])
def test_a_status_that_was_posted_is_not_called_as_the_column_of_clients_is(told_in: str, word: str) -> None:
    use_language(told_in)
    try:
        assert reason_in_words("status") == word != _("status")
    finally:
        use_language("en")

"""What a run inserted and changed is on disk before it is in the database."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from load.ledger_files import LedgerRun, changes_of, mark_committed, read_ledgers, run_file_of
from load.report import LoadOptions
from load.run import load
from load.run_ledger import CHANGES, FileLedger
from schemas.errors import UserError
from schemas.files import replace_file, sha256_of
from tests.load.clean_runs import Chat, Message, at, many_chats
from tests.load.soul_kg.conftest import ORG, Crm, Loads

PHONE = "+996555123456"
BOTH = (Message("A1", 0, "INCOMING"), Message("A2", 5, "OUTGOING"))


def rows_of(loads: Loads, run: str | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(changes_of(loads.ledgers, str(run))).to_pylist()
    return rows


def ids(rows: list[dict[str, Any]], table: str, action: str) -> list[str]:
    return sorted(row["row_id"] for row in rows if (row["table_name"], row["action"]) == (table, action))


def test_every_row_that_a_run_inserted_is_in_its_ledger(crm: Crm, loads: Loads) -> None:
    report = loads(*many_chats(5))
    rows = rows_of(loads, report.run)
    for table in ("clients", "conversations", "messages", "client_status_history"):
        assert ids(rows, table, "inserted") == sorted(crm.rows(f"select id from {table}"))  # noqa: S608 - our names
    assert {row["action"] for row in rows} == {"inserted", "left"}
    for table in ("clients", "conversations"):
        assert ids(rows, table, "left") == ids(rows, table, "inserted")
    assert all(len(row["after"]) == 16 for row in rows if row["table_name"] == "messages")


def test_rows_that_a_run_changed_are_there_with_what_they_were(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE, BOTH))
    before = {table: {row["id"]: row for row in rows} for table, rows in crm.dump().items()}
    edited = Message("A1", 0, body="edited", more={"edited_at": at(2)})
    report = loads(
        Chat(PHONE, (edited, BOTH[1], Message("A3", 9)), "Bea", "Bea", "Lee", "en", status="SOLD"),
        skip_duplicates=False,
    )
    after = {table: {row["id"]: row for row in rows} for table, rows in crm.dump().items()}
    rows = rows_of(loads, report.run)
    undone = {table: dict(found) for table, found in after.items()}
    for row in reversed(rows):
        if row["action"] == "inserted":
            del undone[row["table_name"]][row["row_id"]]
        elif row["action"] == "updated":
            was = undone[row["table_name"]][row["row_id"]]
            undone[row["table_name"]][row["row_id"]] = was | json.loads(row["before"])
    assert undone == before
    assert len(ids(rows, "messages", "updated")) == len(ids(rows, "clients", "updated")) == 1


def test_a_number_that_changed_is_in_the_ledger(crm: Crm, loads: Loads) -> None:
    lid = {"addresses": ["1@lid"]}
    loads(Chat(PHONE, BOTH, more=lid))
    report = loads(Chat("+996777000000", (*BOTH, Message("A3", 9)), more=lid))
    first, *_ = [row for row in rows_of(loads, report.run) if row["action"] == "updated"]
    assert f'"phone": "{PHONE}"' in first["before"]


def test_the_ledger_says_what_the_run_was_and_is_private(crm: Crm, loads: Loads) -> None:
    report = loads(*many_chats(2), limit=1)
    (run,) = read_ledgers(loads.ledgers)
    assert (run.run, run.state, run.layout, run.organization) == (report.run, "committed", "soul_kg", ORG)
    assert run.options["limit"] == 1
    assert run.counts["messages"]["inserted"] == 3
    path = changes_of(loads.ledgers, run.run)
    assert run.changes_sha256 == sha256_of(path)
    assert run.rows == pq.read_metadata(path).num_rows == 8
    assert pq.read_schema(path).equals(CHANGES)
    modes = {oct(file.stat().st_mode & 0o777) for file in loads.ledgers.iterdir()}
    assert modes == {"0o600"}
    assert oct(loads.ledgers.stat().st_mode & 0o777) == "0o700"


def test_a_load_that_fails_leaves_no_ledger(crm: Crm, loads: Loads) -> None:
    crm.connection.execute("alter table messages add constraint short check (length(content) < 100)")
    with pytest.raises(UserError):
        loads(Chat(PHONE, (Message("A", body="x" * 200),)), strict=True)
    assert list(loads.ledgers.iterdir()) == []
    assert crm.value("select count(*) from clients") == 0


def test_a_load_without_a_place_for_its_ledger_does_not_begin(crm: Crm, loads: Loads) -> None:
    with pytest.raises(ValueError, match="folder for runs"):
        load(crm.connection, loads.clean([Chat(PHONE)]), LoadOptions("soul-kg"))
    assert crm.value("select count(*) from clients") == 0


def test_a_data_directory_that_cannot_be_written_is_a_sentence(crm: Crm, loads: Loads) -> None:
    loads.runs.write_text("a file stands in its place")
    with pytest.raises(UserError, match="record of this load"):
        loads(Chat(PHONE))
    assert crm.value("select count(*) from clients") == 0


KILLED_LOAD = """
import os, signal, sys
from pathlib import Path

from load.database import connect
from load.report import LoadOptions
from load.run import load
from load.run_ledger import FileLedger
from schemas.clean_run import CleanRun, CleanRunFolder

folder, conninfo, runs, moment = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4]
clean = CleanRunFolder(folder, CleanRun.model_validate_json((folder / "run.json").read_bytes()))
die = lambda: os.kill(os.getpid(), signal.SIGKILL)

def dying(name, before):
    whole = getattr(FileLedger, name)
    def replacement(self, *given):
        if not before:
            whole(self, *given)
        die()
    setattr(FileLedger, name, replacement)

if moment == "before the ledger is written":
    dying("seal", before=True)
elif moment == "between ledger and commit":
    dying("seal", before=False)
elif moment == "between commit and mark":
    dying("committed", before=True)
load(connect(conninfo), clean, LoadOptions("soul-kg"), runs=runs)
"""


def killed(loads: Loads, soul_kg: str, moment: str, *chats: Chat) -> None:
    clean = loads.clean(list(chats))
    words = [sys.executable, "-c", KILLED_LOAD, str(clean.path), soul_kg, str(loads.runs), moment]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    died = subprocess.run(words, check=False, env=environment, cwd=clean.path, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr


@pytest.mark.parametrize("moment", ["before the ledger is written", "between ledger and commit"])
def test_a_run_that_died_before_its_commit_is_forgotten_by_the_next(
    crm: Crm, soul_kg: str, loads: Loads, moment: str
) -> None:
    killed(loads, soul_kg, moment, *many_chats(3))
    left = {file.suffix for file in loads.ledgers.iterdir()}
    assert left == ({".partial"} if "before" in moment else {".json", ".parquet"})
    assert crm.value("select count(*) from clients") == 0
    report = loads(*many_chats(3))
    assert [run.run for run in read_ledgers(loads.ledgers)] == [report.run]
    assert len(list(loads.ledgers.iterdir())) == 2


@pytest.mark.parametrize("marked", [True, False])
def test_a_run_that_died_after_its_commit_is_known_by_its_transaction_or_its_mark(
    crm: Crm, soul_kg: str, loads: Loads, marked: bool
) -> None:
    killed(loads, soul_kg, "between commit and mark", *many_chats(3))
    (run,) = read_ledgers(loads.ledgers)
    assert run.state == "written"
    assert crm.value("select count(*) from clients") == 3
    if marked:
        # as of a transaction that the database has forgotten
        old = run.model_copy(update={"place": run.place.model_copy(update={"transaction": "3"})})
        run_file_of(loads.ledgers, run.run).write_bytes(old.to_json())
    else:
        crm.connection.execute("update clients set metadata = null")
    loads(*many_chats(3))
    first, *_ = read_ledgers(loads.ledgers)
    assert (first.run, first.state) == (run.run, "committed")


def test_what_cannot_be_known_is_left_as_it_is(crm: Crm, loads: Loads) -> None:
    loads(Chat(PHONE))
    (run,) = read_ledgers(loads.ledgers)
    elsewhere = run.model_copy(
        update={"run": "elsewhere", "state": "written", "place": run.place.model_copy(update={"database": 1})}
    )
    run_file_of(loads.ledgers, "elsewhere").write_bytes(elsewhere.to_json())
    future = run.place.model_copy(update={"transaction": "999999999"})
    ahead = run.model_copy(update={"run": "ahead", "state": "written", "place": future})
    run_file_of(loads.ledgers, "ahead").write_bytes(ahead.to_json())
    for name in ("elsewhere", "ahead"):
        changes_of(loads.ledgers, name).write_bytes(b"")
    loads(Chat(PHONE))
    states = {found.run: found.state for found in read_ledgers(loads.ledgers)}
    assert (states["elsewhere"], states["ahead"]) == ("written", "written")
    mark_committed(loads.ledgers, elsewhere)
    assert {found.run: found.state for found in read_ledgers(loads.ledgers)}["elsewhere"] == "committed"


def test_a_damaged_record_stops_the_next_load_before_it_writes(crm: Crm, loads: Loads) -> None:
    report = loads(Chat(PHONE))
    run_file_of(loads.ledgers, str(report.run)).write_bytes(b"{}")
    with pytest.raises(UserError, match="cannot be read"):
        loads(Chat("+996700000001"))
    assert crm.value("select count(*) from clients") == 1


def test_a_record_of_another_format_is_not_read() -> None:
    with pytest.raises(ValueError, match="format"):
        LedgerRun.model_validate_json('{"format": 2}')


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_of_the_data_directory_ends_the_load_with_a_sentence_and_nothing_written(
    crm: Crm, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def open_full(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if str(path).endswith(".parquet.partial") and flags & os.O_CREAT:
            os.close(opened(path, flags, mode, **more))
            return opened("/dev/full", os.O_WRONLY)
        return opened(path, flags, mode, **more)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", open_full)
        with pytest.raises(UserError) as raised:
            loads(*many_chats(3))
    assert raised.value.message == (
        "The record of this load cannot be written to the data directory (No space left on device)."
    )
    assert crm.value("select count(*) from clients") == 0
    assert list(loads.ledgers.iterdir()) == []


def test_a_mark_that_cannot_be_written_after_the_commit_is_a_warning_and_the_next_load_makes_it(
    crm: Crm, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        if b'"committed"' in content:
            raise OSError(28, "No space left on device")
        replace_file(path, content)

    with monkeypatch.context() as patched:
        patched.setattr("load.ledger_files.replace_file", full)
        report = loads(Chat(PHONE))
    assert [warning for warning in report.warnings if warning.endswith("The load itself is committed.")]
    assert [run.state for run in read_ledgers(loads.ledgers)] == ["written"]
    loads(Chat(PHONE))
    assert {run.state for run in read_ledgers(loads.ledgers)} == {"committed"}


def test_a_connection_that_breaks_at_the_commit_leaves_the_sealed_ledger(
    crm: Crm, soul_kg: str, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = FileLedger.seal

    def cut(self: FileLedger, counts: dict[str, Any]) -> None:
        whole(self, counts)
        with psycopg.connect(soul_kg, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null"
            )

    with monkeypatch.context() as patched, psycopg.connect(soul_kg, autocommit=True) as connection:
        patched.setattr(FileLedger, "seal", cut)
        broken = Loads(loads.folder, connection)
        with pytest.raises(UserError) as raised:
            broken(Chat(PHONE))
    assert "shutting down" in raised.value.message or "connection" in raised.value.message
    assert [run.state for run in read_ledgers(loads.ledgers)] == ["written"]
    report = loads(Chat(PHONE))
    assert [run.run for run in read_ledgers(loads.ledgers)] == [report.run]

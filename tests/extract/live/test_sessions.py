"""`wa2pg sessions`: seeing and ending the links to phones."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.extract.live.histories import chat_message, chunks, message_ids, rows, snapshots
from tests.extract.live.program import Program
from tests.extract.payloads import CHAT
from tests.whatsapp_server import Scenario, WhatsAppServer

Start = Callable[..., Program]


def run(data: Path, *arguments: str, answer: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "wa2pg", "sessions", *arguments],
        env={"WA2PG_DATA_DIR": str(data), "PATH": "/usr/bin:/bin"},
        input=answer,
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_logout_takes_what_waits_then_unlinks_and_removes_the_keys(wa2pg: Start, extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(1), [], [chat_message("WAITED")])
    with WhatsAppServer(scenario) as server:
        with extract(server) as program:
            assert program.finish()[0] == 0
        assert "linked, file changed" in run(data, "list").stdout
        with wa2pg(server, "sessions", "logout", "--progress", "json") as program:
            code, report = program.finish()
        assert server.wait_for("logout")
    assert (code, report["extract"]["complete"]) == (0, True)
    assert message_ids(snapshots(data)[1]) == {"WAITED"}
    assert "not linked" in run(data, "list").stdout
    assert {path.name for path in (data / "sessions/default").iterdir()} == {".lock"}


def test_a_logout_of_what_the_phone_has_unlinked_already(wa2pg: Start, extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1), login_failure=401, failing_logins=range(2, 9))) as server:
        with extract(server) as program:
            assert program.finish()[0] == 0
        with wa2pg(server, "sessions", "logout", "--progress", "json") as program:
            assert program.finish()[0] == 0
    assert "not linked" in run(data, "list").stdout


def test_names_are_read_before_a_logout_takes_them_away(wa2pg: Start, extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(20), address_book={CHAT: "Aigul"}, between=0.5)
    store = data / "sessions/default/session.sqlite3"
    with WhatsAppServer(scenario) as server:
        with extract(server) as program:
            until = time.monotonic() + 20
            while not (store.exists() and b"Aigul" in store.read_bytes()) and time.monotonic() < until:
                time.sleep(0.1)
            for process in (program.process.pid, *program.devices()):
                os.kill(process, signal.SIGKILL)
            program.process.wait()
        with wa2pg(server, "sessions", "logout", "--progress", "json") as program:
            assert program.finish()[0] == 0
    names = {row["full_name"] for snapshot in snapshots(data) for row in rows(snapshot, "contacts")}
    assert "Aigul" in names


def test_a_logout_that_is_stopped_leaves_the_link(wa2pg: Start, extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(1), [], [chat_message(f"W{number}") for number in range(40)], between=0.2)
    with WhatsAppServer(scenario) as server:
        with extract(server) as program:
            assert program.finish()[0] == 0
        with wa2pg(server, "sessions", "logout", "--progress", "json") as program:
            program.wait_for_payloads(1)
            program.process.send_signal(signal.SIGINT)
            code, report = program.finish()
        assert (code, report["ok"]) == (130, False)
    assert "linked, file changed" in run(data, "list").stdout


def test_a_logout_without_a_link(wa2pg: Start, data: Path) -> None:
    with WhatsAppServer() as server, wa2pg(server, "sessions", "logout", "office", "--progress", "json") as program:
        code, report = program.finish()
    assert (code, report["error"]["message"]) == (4, "No phone is linked to the account office.")


def test_clear_asks_first_and_says_what_stays_on_the_phone(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1))) as server, extract(server) as program:
        assert program.finish()[0] == 0
    refused = run(data, "clear", answer="n\n")
    assert (refused.returncode, "Nothing was removed" in refused.stderr) == (1, True)
    assert (data / "sessions/default/session.sqlite3").exists()
    cleared = run(data, "clear", answer="y\n")
    assert cleared.returncode == 0
    assert "the device stays listed" in cleared.stdout
    assert not (data / "sessions/default/session.sqlite3").exists()
    assert len(snapshots(data)) == 1
    again = run(data, "clear", "--yes")
    assert (again.returncode, "there were none" in again.stdout) == (0, True)


def test_a_session_in_use_is_not_cleared(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(2), between=2)) as server, extract(server) as program:
        program.wait_for("paired")
        refused = run(data, "clear", "--yes")
        assert refused.returncode == 1
        assert "Another link to WhatsApp is running" in refused.stderr
        assert "in use now" in run(data, "list").stdout
        assert program.finish()[0] == 0


def test_a_damaged_session_is_said_with_the_way_out(extract: Start, data: Path) -> None:
    folder = data / "sessions/default"
    folder.mkdir(parents=True)
    (folder / "session.sqlite3").write_bytes(b"no database, whatever it once was" * 100)
    with WhatsAppServer() as server, extract(server) as program:
        code, report = program.finish()
    assert code == 4
    assert report["error"]["message"] == "The session file of the account default cannot be read."
    assert "sessions clear default" in report["error"]["hint"]
    assert "cannot be read" in run(data, "list").stdout
    assert run(data, "clear", "--yes").returncode == 0


def test_no_sessions_yet(data: Path) -> None:
    listed = run(data, "list")
    assert (listed.returncode, "no phone has been linked yet" in listed.stdout) == (0, True)

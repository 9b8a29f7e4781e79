"""What goes wrong while a phone is linked: a sentence and an exit code each, and nothing that arrived is lost."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from extract.audit import audit
from schemas.datadir import DataDir
from tests.extract.live.histories import chat_message, chunk_ids, chunks, large_text, message_ids, snapshots
from tests.extract.live.program import Program
from tests.whatsapp_server import Scenario, WhatsAppServer

Start = Callable[..., Program]


def test_ctrl_c_seals_what_has_arrived_and_the_next_run_takes_the_rest(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(), between=1)) as server:
        with extract(server) as program:
            program.wait_for_payloads(4)
            program.process.send_signal(signal.SIGINT)
            code, report = program.finish()
        assert (code, report["ended"], report["complete"]) == (130, "interrupted", False)
        assert any("Run the same command again" in line for line in program.said)
        (first,) = snapshots(data)
        assert message_ids(first) >= chunk_ids(1, 2)
        with extract(server) as program:
            code, report = program.finish()
    assert (code, report["complete"]) == (0, True)
    assert message_ids(*snapshots(data)) == chunk_ids(1, 2, 3, 4, 5)


def test_ctrl_c_waits_for_what_was_announced_and_is_still_being_fetched(extract: Start, data: Path) -> None:
    uploads = frozenset({2, 3, 4, 5})
    with WhatsAppServer(Scenario(chunks(), media_chunks=uploads, media_delay=1.5)) as server:
        with extract(server) as program:
            program.wait_for_payloads(6)
            program.process.send_signal(signal.SIGINT)
            code, report = program.finish()
        assert server.acknowledged() == {f"HIST000{order}" for order in range(1, 6)}
    assert (code, report["ended"], report["missing"]) == (130, "interrupted", [])
    assert message_ids(*snapshots(data)) == chunk_ids(1, 2, 3, 4, 5)


def test_a_link_that_is_told_to_terminate_ends_well(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(), between=1)) as server, extract(server) as program:
        program.wait_for_payloads(4)
        (device,) = program.devices()
        os.kill(device, signal.SIGTERM)
        code, report = program.finish()
    assert (code, report["ended"], report["missing"]) == (130, "interrupted", [])
    assert message_ids(*snapshots(data)) >= chunk_ids(1, 2)


def test_a_reader_that_goes_away_does_not_end_the_link(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(), between=0.5)) as server, extract(server, deaf_after=4) as program:
        assert program.process.wait(60) is not None
    (snapshot,) = snapshots(data)
    assert (snapshot.manifest.ended, snapshot.manifest.complete) == ("quiet", True)
    assert message_ids(snapshot) == chunk_ids(1, 2, 3, 4, 5)


def test_a_stopped_parent_does_not_stop_its_link(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(8), between=0.3)) as server, extract(server) as program:
        program.wait_for_payloads(4)
        program.process.send_signal(signal.SIGSTOP)
        server.wait_for("receipt", 20, id="HIST0008", type="hist_sync")
        time.sleep(1)
        program.process.send_signal(signal.SIGCONT)
        code, report = program.finish()
    assert (code, report["complete"]) == (0, True)
    assert message_ids(*snapshots(data)) == chunk_ids(*range(1, 9))


def test_a_snapshot_that_was_left_with_pieces_missing_is_told_by_the_next_run(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(), between=0.5, lost_media=frozenset({2}))
    with WhatsAppServer(scenario) as server:
        with extract(server) as program:
            program.wait_for_payloads(6)
            devices = program.devices()
            for process in (program.process.pid, *devices):
                os.kill(process, signal.SIGKILL)
            program.process.wait()
        with extract(server, "--strict") as program:
            code, report = program.finish()
    assert code == 1
    assert [one["chunk_order"] for one in report["recovered_missing"]] == [2]
    assert any("FULL 2" in warning for warning in report["warnings"])


def test_ctrl_c_before_a_scan_leaves_nothing_behind(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1))) as server, extract(server, shows=False) as program:
        program.wait_for("qr")
        program.process.send_signal(signal.SIGINT)
        assert program.finish()[0] == 130
    assert snapshots(data) == []
    assert list((data / "archive/default").glob("*.partial")) == []
    assert program.devices() == []


def test_a_killed_parent_loses_nothing_and_the_next_run_waits_for_its_link(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(8), between=0.5)) as server, extract(server) as program:
        program.wait_for_payloads(6)
        program.process.kill()
        program.process.wait()
        acknowledged = server.acknowledged()
        with extract(server) as after:
            code, report = after.finish()
        assert [event for event in after.events if event.get("step", "").startswith("waiting for the link")]
    first, *_ = snapshots(data)
    assert (code, report["recovered"]) == (0, [first.name])
    assert len(acknowledged) >= 3
    assert message_ids(first) == chunk_ids(*range(1, 9)), "the link went on without its parent"
    assert (first.manifest.ended, first.manifest.complete) == ("quiet", True)
    assert audit(DataDir(data), []) == []


def test_a_killed_link_keeps_what_it_was_given_and_names_what_was_announced(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(), between=0.5, media_chunks=frozenset({2}), lost_media=frozenset({2}))
    with WhatsAppServer(scenario) as server, extract(server) as program:
        program.wait_for_payloads(5)
        (device,) = program.devices()
        os.kill(device, signal.SIGKILL)
        code, report = program.finish()
        acknowledged = server.acknowledged()

    (snapshot,) = snapshots(data)
    assert (code, report["ended"], report["complete"]) == (1, "crashed", False)
    assert "died" in report["error"]["message"]
    assert [one.chunk_order for one in snapshot.manifest.missing] == [2]
    arrived = {int(chunk_id[-4:]) for chunk_id in acknowledged} - {2}
    assert message_ids(snapshot) == chunk_ids(*arrived)


def test_a_link_whose_parent_is_gone_before_a_scan_ends_too(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1))) as server, extract(server, shows=False) as program:
        program.wait_for("qr")
        program.process.kill()
        program.process.wait()
        until = time.monotonic() + 10
        while program.devices() and time.monotonic() < until:
            time.sleep(0.1)
        assert program.devices() == []


def test_a_code_that_nobody_scans(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1), scan=False, refs=0)) as server, extract(server) as program:
        code, report = program.finish()
    assert (code, report["error"]["message"]) == (4, "The code was not scanned (or typed) in time.")
    assert snapshots(data) == []


@pytest.mark.parametrize(
    ("pairing", "sentence"),
    [
        ("outdated", "too old (405)"),
        ("passkey", "asks for a passkey"),
        ("without_multidevice", "too old to link devices"),
        ("forged", "refused to link this device"),
    ],
)
def test_a_pairing_that_is_refused(extract: Start, data: Path, pairing: str, sentence: str) -> None:
    with WhatsAppServer(Scenario(chunks(1), pairing=pairing)) as server, extract(server) as program:  # type: ignore[arg-type]
        code, report = program.finish()
    assert code == 4
    assert sentence in report["error"]["message"]
    assert ("make upgrade" in report["error"]["hint"]) == (pairing in {"outdated", "passkey"})


def test_too_many_codes_asked_for(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(1), pairing="rate_limited")
    with WhatsAppServer(scenario) as server, extract(server, "--phone", "+996700000001") as program:
        code, report = program.finish()
    assert (code, "too many attempts" in report["error"]["message"]) == (4, True)
    assert "wait 10 to 30 minutes" in report["error"]["hint"]


def test_a_third_attempt_within_half_an_hour_needs_force(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1), pairing="passkey")) as server:
        for _ in range(2):
            with extract(server) as program:
                assert program.finish()[0] == 4
        with extract(server) as program:
            code, report = program.finish()
        assert (code, "failed 2 times" in report["error"]["message"]) == (4, True)
        assert {event["event"] for event in program.events} == {"error"}
        with extract(server, "--force") as program:
            assert "passkey" in program.finish()[1]["error"]["message"]


@pytest.mark.parametrize(
    ("reason", "code", "sentence"),
    [
        (401, 4, "unlinked this device"),
        (402, 4, "banned this account for a time (402), until 20"),
        (403, 4, "unlinked this device"),
        (405, 4, "too old (405)"),
        (429, 1, "refused the connection"),
    ],
)
def test_a_login_that_is_refused(extract: Start, data: Path, reason: int, code: int, sentence: str) -> None:
    scenario = Scenario(chunks(1), login_failure=reason, failing_logins=range(2, 99))
    with WhatsAppServer(scenario) as server:
        with extract(server) as program:
            assert program.finish()[0] == 0
        with extract(server) as program:
            exit_code, report = program.finish()
    assert exit_code == code
    assert sentence in report["error"]["message"]
    assert len(snapshots(data)) == 1


def test_a_ban_that_does_not_say_why(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(1), login_failure=402, failing_logins=range(1, 99), ban_code=0)
    with WhatsAppServer(scenario) as server, extract(server) as program:
        code, report = program.finish()
    assert (code, "banned this account for a time (402)." in report["error"]["message"]) == (4, True)


def test_after_being_unlinked_the_next_run_shows_a_code(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(1), login_failure=401, failing_logins=range(2, 3))
    with WhatsAppServer(scenario) as server:
        for expected in (0, 4):
            with extract(server) as program:
                assert program.finish()[0] == expected
        with extract(server) as program:
            assert program.wait_for("qr")
            assert program.finish()[0] == 0


def test_a_phone_that_unlinks_in_the_middle(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(), between=1)) as server, extract(server) as program:
        program.wait_for_payloads(4)
        server.unlink()
        code, report = program.finish()
    (snapshot,) = snapshots(data)
    assert (code, report["ended"]) == (4, "logged_out")
    assert "unlinked this device" in report["error"]["message"]
    assert message_ids(snapshot) >= chunk_ids(1, 2)


def test_another_program_that_takes_the_session(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(), between=1)) as server, extract(server) as program:
        program.wait_for_payloads(4)
        server.replace()
        code, report = program.finish()
    (snapshot,) = snapshots(data)
    assert (code, report["ended"]) == (1, "interrupted")
    assert "taken over" in report["error"]["message"]
    assert message_ids(snapshot) >= chunk_ids(1, 2)


def test_a_phone_that_sends_no_history(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario()) as server:
        with extract(server) as program:
            code, report = program.finish()
        assert (code, report["error"]["message"]) == (1, "The phone is linked, but it has sent no history.")
        assert "open WhatsApp on the phone" in report["error"]["hint"]
        with extract(server) as program:
            assert program.finish()[0] == 1
            assert not [event for event in program.events if event["event"] == "qr"]
    assert snapshots(data) == []


def test_a_phone_that_is_linked_anew_and_silent_is_no_whole_history(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1))) as server, extract(server) as program:
        assert program.finish()[0] == 0
    for path in (data / "sessions/default").glob("session*"):
        path.unlink()
    with WhatsAppServer(Scenario()) as server:
        for _ in range(2):
            with extract(server) as program:
                code, report = program.finish()
            assert (code, report["error"]["message"]) == (1, "The phone is linked, but it has sent no history.")


def test_a_linked_phone_of_another_number_is_not_taken(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1))) as server:
        with extract(server) as program:
            assert program.finish()[0] == 0
        with extract(server, "--own", "+996555000999") as program:
            code, report = program.finish()
    assert (code, "another number" in report["error"]["message"]) == (4, True)
    assert len(snapshots(data)) == 1


def test_a_proxy_that_leads_nowhere(extract: Start, data: Path) -> None:
    server = WhatsAppServer(Scenario())
    with server:
        pass
    with extract(server) as program:
        code, report = program.finish()
    assert (code, report["error"]["message"]) == (1, "The proxy did not bring us to WhatsApp.")
    assert "127.0.0.1" not in report["error"]["message"] + report["error"]["hint"] + "".join(program.said)


def test_servers_that_are_not_available(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(1), login_failure=503, failing_logins=range(2, 99))
    with WhatsAppServer(scenario) as server:
        with extract(server) as program:
            assert program.finish()[0] == 0
        with extract(server, "--deadline", "5") as program:
            code, report = program.finish()
    assert (code, "not available (503)" in report["error"]["message"]) == (1, True)


def test_a_deadline_ends_a_history_that_goes_on(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(40), between=0.5)
    with WhatsAppServer(scenario) as server, extract(server, "--deadline", "8") as program:
        code, report = program.finish()
    assert (code, report["ended"], report["complete"]) == (0, "deadline", False)
    assert any("the deadline came first" in warning for warning in report["warnings"])
    assert message_ids(*snapshots(data)) >= chunk_ids(1, 2)


def can_mount() -> bool:
    unshare = shutil.which("unshare")
    return unshare is not None and (
        subprocess.run(
            [unshare, "-rm", "mount", "-t", "tmpfs", "none", "/mnt"], check=False, capture_output=True
        ).returncode
        == 0
    )


def test_a_disk_that_fills_up_stops_the_link_loudly(extract: Start, data: Path, tmp_path: Path) -> None:
    if not can_mount():
        pytest.skip("this system lets nobody mount a small disk to fill")
    data.mkdir(mode=0o700)
    kept = tmp_path / "kept"
    history = chunks(20, messages=1, text=large_text(3_000_000))
    copy = f'"$@"; code=$?; cp -a {data} {kept}; exit $code'
    small = ("unshare", "-rm", "sh", "-c", f"mount -t tmpfs -o size=60m,mode=700 none {data} && {copy}", "sh")
    with WhatsAppServer(Scenario(history, between=0.1)) as server:
        with extract(server, prefix=small) as program:
            code, report = program.finish()
            acknowledged = server.acknowledged()
        assert (code, report["error"]["message"][:17]) == (1, "The disk is full.")
        shutil.rmtree(data)
        kept.rename(data)
        with extract(server) as program:
            code, report = program.finish()
    first, *_ = snapshots(data)
    arrived = {int(name[1:].split("M")[0]) for name in message_ids(first)}
    lost = {one.chunk_order for one in first.manifest.missing}
    assert report["recovered"] == [first.name]
    assert not first.manifest.complete
    assert len(arrived) >= 3
    assert arrived | lost >= {int(chunk_id[-4:]) for chunk_id in acknowledged}


def test_offline_messages_count_as_arrived(extract: Start, data: Path) -> None:
    waiting = [chat_message(f"W{number}") for number in range(50)]
    with WhatsAppServer(Scenario(chunks(1), [], waiting)) as server:
        for _ in range(2):
            with extract(server) as program:
                assert program.finish()[0] == 0
    assert message_ids(snapshots(data)[1]) == {message.id for message in waiting}

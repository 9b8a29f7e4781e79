"""The tests' own WhatsApp: the client inside neonize takes it for the real one."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from extract.whatsapp.protobufs import Message
from tests.extract.live.neonize_client import NeonizeClient
from tests.extract.payloads import CHAT, history, info
from tests.whatsapp_server import ChatMessage, Scenario, WhatsAppServer, prepared_neonize
from tests.whatsapp_server.prepared import PINNED, PreparationError

EIGHT_MEGABYTES = 8_000_000

Run = Callable[[WhatsAppServer], NeonizeClient]


@pytest.fixture
def client_of(prepared: Path, tmp_path: Path) -> Run:
    """A client of this server; every one of a test has the same session file."""
    return lambda server: NeonizeClient(server, prepared, tmp_path / "session.sqlite3")


def chunk(order: int, text: str = "hello") -> bytes:
    made = history(info(f"A{order}", message=text), sync_type="FULL")
    made.chunkOrder, made.progress = order, 20 * order
    content: bytes = made.SerializeToString()
    return content


def text_message(message_id: str, text: str, sender: str = CHAT) -> ChatMessage:
    return ChatMessage(sender, message_id, Message(conversation=text).SerializeToString())


def orders(client: NeonizeClient) -> list[int]:
    """The chunks that came, each by its place in the history."""
    return [event["order"] for event in client.events if event["event"] == "HistorySyncEv"]


def test_a_link_from_its_scan_to_its_end(client_of: Run) -> None:
    chunks = [chunk(order) for order in range(1, 6)]
    chunks[2] = chunk(3, hashlib.shake_128(b"a long day").hexdigest(EIGHT_MEGABYTES // 2))
    live = replace(text_message("LIVE1", "и вам"), alt="987654321@lid", push_name="Айгуль", seconds=1_772_366_400)
    own = replace(text_message("LIVE2", "good morning"), from_me=True)
    scenario = Scenario(chunks, [live, own], [text_message("WAITED", "are you there?")], push_delay=0)

    with WhatsAppServer(scenario) as server:
        with client_of(server) as client:
            last = client.wait_for("MessageEv", id="LIVE2")
            first = client.wait_for("MessageEv", id="LIVE1")
            # the client unpacks chunks beside what it does with messages, so a live one may overtake a big chunk
            client.wait_for("HistorySyncEv", order=5)
            assert orders(client) == [1, 2, 3, 4, 5]
            assert client.wait_for("HistorySyncEv", order=3)["bytes"] > EIGHT_MEGABYTES
            server.wait_for("receipt", id="LIVE2")
            server.wait_for("receipt", id="HIST0005", type="hist_sync")
            assert server.acknowledged() == {f"HIST000{order}" for order in range(1, 6)}
        assert (first["chat"], first["alt"], first["push_name"]) == (CHAT, "987654321@lid", "Айгуль")
        assert (first["text"], first["time"], first["own"]) == ("и вам", 1_772_366_400_000, False)
        assert (last["text"], last["chat"], last["own"]) == ("good morning", CHAT, True)

        with client_of(server) as client:
            assert client.wait_for("MessageEv", id="WAITED")["text"] == "are you there?"
            client.wait_for("OfflineSyncCompletedEv")
            client.command("logout")
            server.wait_for("logout")
            client.wait_for("done", command="logout")
        assert {event["event"] for event in client.events}.isdisjoint({"qr", "HistorySyncEv"})

        tags = {tag for tag, _ in server.sent_stanzas}
        assert tags <= {"iq", "ib", "receipt", "ack"}
        assert "read" not in {attrs.get("type") for _, attrs in server.sent_stanzas}

        with client_of(server) as client:
            client.wait_for("qr")


@pytest.mark.parametrize("patience", [0.0, 5.0])
def test_after_a_cut_comes_what_has_no_receipt(client_of: Run, patience: float) -> None:
    scenario = Scenario([chunk(order) for order in range(1, 5)], drop_after=2, drop_patience=patience, push_delay=0)

    with WhatsAppServer(scenario) as server, client_of(server) as client:
        server.wait_for("dropped", after=2)
        client.wait_for("HistorySyncEv", order=4)
        server.wait_for("receipt", id="HIST0004", type="hist_sync")

        assert set(orders(client)) == {1, 2, 3, 4}
        again = [event["id"] for event in server.events if event["event"] == "pushed" and event["again"]]
        assert not patience or again == []


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (401, "LoggedOutEv"),
        (402, "TemporaryBanEv"),
        (403, "LoggedOutEv"),
        (405, "ClientOutdatedEv"),
        (503, "DisconnectedEv"),
    ],
)
def test_a_refused_login_says_why(client_of: Run, reason: int, told: str) -> None:
    with WhatsAppServer(Scenario(login_failure=reason)) as server, client_of(server) as client:
        server.wait_for("refused", reason=reason)
        client.wait_for(told)


def test_a_login_that_is_refused_for_a_while_heals(client_of: Run) -> None:
    scenario = Scenario([chunk(1)], login_failure=503, failing_logins=range(1, 2), push_delay=0)

    with WhatsAppServer(scenario) as server, client_of(server) as client:
        client.wait_for("HistorySyncEv", timeout=15)
        assert server.wait_for("login")["number"] == 2


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        (Scenario(pairing="outdated"), "err-client-outdated"),
        (Scenario(pairing="passkey"), "passkey-request"),
        (Scenario(pairing="without_multidevice"), "err-scanned-without-multidevice"),
        (Scenario(pairing="forged"), "error"),
        # no code at all: a client shows the only one for 20 s before it says the same
        (Scenario(refs=0), "timeout"),
    ],
    ids=lambda value: value.pairing if isinstance(value, Scenario) else value,
)
def test_a_pairing_that_fails_says_why(client_of: Run, scenario: Scenario, status: str) -> None:
    with WhatsAppServer(scenario) as server, client_of(server) as client:
        client.wait_for("status", status=status)


def test_nobody_takes_the_phone_out(client_of: Run) -> None:
    with WhatsAppServer(Scenario(scan=False)) as server, client_of(server):
        server.wait_for("qr_ignored", ref=1)
        with pytest.raises(TimeoutError, match=r"no .*paired.* within 0\.1 s") as caught:
            server.wait_for("paired", timeout=0.1)
        assert "'event': 'qr_ignored'" in str(caught.value)


@pytest.mark.parametrize("copies", [0, 2])
def test_a_neonize_that_does_not_pin_one_key_is_not_prepared(tmp_path: Path, copies: int) -> None:
    package = tmp_path / "neonize"
    package.mkdir()
    (package / "neonize-linux-amd64.so").write_bytes(b"code" + PINNED * copies + b"more code")

    with pytest.raises(PreparationError, match=f"must be once .*, found {copies} times in neonize-linux"):
        prepared_neonize(tmp_path / "copy", package)
    assert not (tmp_path / "copy").exists()


def test_a_screen_that_shows_something_else_is_no_code() -> None:
    with WhatsAppServer() as server:
        server.show("https://example.org/#2@x,y,z,w")
        server.wait_for("qr_not_ours")


def test_a_payload_that_does_not_inflate_is_announced_and_never_comes(client_of: Run) -> None:
    scenario = Scenario([chunk(1), chunk(2), chunk(3)], garbage_chunks=frozenset({2}), push_delay=0)

    with WhatsAppServer(scenario) as server, client_of(server) as client:
        client.wait_for("HistorySyncEv", order=3)
        server.wait_for("receipt", id="HIST0002", type="hist_sync")
        assert client.wait_for("MessageEv", id="HIST0002")["category"] == "peer"
        assert orders(client) == [1, 3]


def test_uploaded_chunks_are_got_and_deleted(client_of: Run) -> None:
    big = chunk(2, hashlib.shake_128(b"a long day").hexdigest(EIGHT_MEGABYTES // 2))
    scenario = Scenario([chunk(1), big, chunk(3)], media_chunks=frozenset({1, 2}), push_delay=0)

    with WhatsAppServer(scenario) as server, client_of(server) as client:
        for order in (1, 2, 3):
            client.wait_for("HistorySyncEv", order=order)
        for name in ("HIST0001", "HIST0002"):
            server.wait_for("media_get", id=name, status=200)
            server.wait_for("media_delete", id=name, status=200)
        assert server.acknowledged() == {"HIST0001", "HIST0002", "HIST0003"}


def test_an_upload_that_is_lost_never_comes(client_of: Run) -> None:
    scenario = Scenario([chunk(1), chunk(2), chunk(3)], lost_media=frozenset({2}), push_delay=0)

    with WhatsAppServer(scenario) as server, client_of(server) as client:
        client.wait_for("HistorySyncEv", order=3)
        server.wait_for("media_get", id="HIST0002", status=404)
        assert client.wait_for("MessageEv", id="HIST0002")["category"] == "peer"
        assert orders(client) == [1, 3]


def test_a_code_that_is_typed_links_as_one_that_is_scanned(client_of: Run) -> None:
    scenario = Scenario([chunk(1)], scan=False, push_delay=0)

    with WhatsAppServer(scenario) as server, client_of(server) as client:
        client.wait_for("qr")
        client.command(f"pair {scenario.account}")
        assert server.wait_for("code_requested")["display"] == "Chrome (Linux)"
        server.enter_code(client.wait_for("code")["code"])
        server.wait_for("code_entered")
        client.wait_for("HistorySyncEv", order=1)


def test_a_wrong_code_links_nothing(client_of: Run) -> None:
    with WhatsAppServer(Scenario(scan=False)) as server, client_of(server) as client:
        server.enter_code("ABCD-EFGH")
        server.wait_for("code_not_ours")
        client.wait_for("qr")
        client.command(f"pair {Scenario.account}")
        client.wait_for("code")
        server.enter_code("ABCD-EFGH")
        server.wait_for("code_wrong")


def test_who_asks_for_a_code_too_often_gets_none(client_of: Run) -> None:
    with WhatsAppServer(Scenario(pairing="rate_limited", scan=False)) as server, client_of(server) as client:
        client.wait_for("qr")
        client.command(f"pair {Scenario.account}")
        assert "429" in client.wait_for("failed", command="pair")["error"]


def test_names_of_the_address_book_come_after_the_history(client_of: Run, tmp_path: Path) -> None:
    scenario = Scenario([chunk(1)], address_book={CHAT: "Айгуль Асанова"}, address_book_delay=0.3, push_delay=0)

    with WhatsAppServer(scenario) as server, client_of(server) as client:
        assert server.wait_for("pushed", id="HIST0001")["at"] + 0.3 <= server.wait_for("pushed", kind="keys")["at"]
        for collection in ("critical_block", "critical_unblock_low", "regular_low"):
            server.wait_for("address_book", collections=[collection])
        client.command("stop")
        client.wait_for("returned")

    with closing(sqlite3.connect(tmp_path / "session.sqlite3")) as session:
        names = session.execute("select first_name, full_name from whatsmeow_contacts where their_jid = ?", (CHAT,))
        assert names.fetchall() == [("Айгуль", "Айгуль Асанова")]
        assert session.execute("select push_name from whatsmeow_device").fetchall() == [("Silk Road",)]


def test_a_device_that_is_unlinked_is_told_and_cannot_log_in(client_of: Run) -> None:
    with WhatsAppServer(Scenario(push_delay=0)) as server, client_of(server) as client:
        client.wait_for("ConnectedEv")
        server.unlink()
        client.wait_for("LoggedOutEv")


def test_a_session_that_another_client_takes_is_told(client_of: Run) -> None:
    with WhatsAppServer(Scenario(push_delay=0)) as server, client_of(server) as client:
        client.wait_for("ConnectedEv")
        server.replace()
        client.wait_for("StreamReplacedEv")

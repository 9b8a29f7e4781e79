"""`wa2pg extract` links a phone and takes its whole history: the real client, against the tests' own WhatsApp."""

import json
from collections.abc import Callable
from pathlib import Path

from extract.audit import audit
from extract.whatsapp.events import read_message_event
from extract.whatsapp.live.client import device_props
from extract.whatsapp.protobufs import HistorySync
from schemas.datadir import DataDir
from tests.extract.live.histories import (
    chat_message,
    chunk,
    chunk_ids,
    chunks,
    large_text,
    message_ids,
    rows,
    snapshots,
)
from tests.extract.live.program import Program
from tests.extract.payloads import CHAT
from tests.whatsapp_server import Scenario, WhatsAppServer

Start = Callable[..., Program]
EIGHT_MEGABYTES = 8_000_000
# what a linked device has to send to the server ("ib" names its session); messages and presence are not among it
QUIET_STANZAS = {"iq", "ib", "receipt", "ack"}


def test_a_phone_is_linked_and_its_whole_history_sealed(extract: Start, data: Path) -> None:
    history = chunks()
    history[2] = chunk(3, messages=1, text=large_text(EIGHT_MEGABYTES))
    live = chat_message("LIVE", alt="987654321@lid", push_name="Айгуль", seconds=1_772_366_400)
    with WhatsAppServer(Scenario(history, [live])) as server, extract(server) as program:
        code, report = program.finish()
        sent = server.sent_stanzas

    (snapshot,) = snapshots(data)
    manifest = snapshot.manifest
    assert (code, report["complete"], report["ended"], report["missing"]) == (0, True, "quiet", [])
    assert report["snapshot"] == snapshot.name
    assert message_ids(snapshot) == chunk_ids(1, 2, 4, 5) | {"C3M0", "LIVE"}
    assert (manifest.own.phone, manifest.own.lid) == ("996700000001@s.whatsapp.net", "123456789012345@lid")
    assert (manifest.source.kind, manifest.source.detail) == ("whatsapp", f"pairing {snapshot.name}")
    assert audit(DataDir(data), []) == []
    names = [event["event"] for event in program.events]
    assert names[:2] == ["qr", "paired"]
    assert "done" in names
    assert set(names) <= {"qr", "paired", "payload", "quiet", "progress", "sealing", "done", "warning"}
    assert {tag for tag, _ in sent} <= QUIET_STANZAS
    # "inactive": the sender's grey ticks do not change, let alone turn blue
    assert {attributes.get("type") for tag, attributes in sent if tag == "receipt" and attributes["id"] == "LIVE"} == {
        "inactive"
    }


def test_what_comes_live_is_a_row_like_the_others(extract: Start, data: Path) -> None:
    theirs = chat_message("THEIRS", "и вам", alt="987654321@lid", push_name="Айгуль", seconds=1_772_366_400)
    ours = chat_message("OURS", "good morning", from_me=True)
    with WhatsAppServer(Scenario(chunks(1), [theirs, ours])) as server, extract(server) as program:
        assert program.finish()[0] == 0

    (snapshot,) = snapshots(data)
    messages = {row["message_id"]: row for row in rows(snapshot, "messages")}
    row = messages["THEIRS"]
    assert (row["chat_jid"], row["from_me"], row["text"], row["push_name"]) == (CHAT, False, "и вам", "Айгуль")
    assert (row["origin"], row["raw_format"], row["kind"]) == ("live", "neonize.Message", "text")
    assert int(row["sent_at"].timestamp()) == 1_772_366_400
    row = messages["OURS"]
    assert (row["chat_jid"], row["from_me"], row["text"], row["delivery"]) == (CHAT, True, "good morning", "sent")
    mapped = {(row["lid"], row["pn"], row["source"]) for row in rows(snapshot, "lid_map")}
    assert ("987654321@lid", CHAT, "live") in mapped


def test_the_keys_are_private_and_stay_where_they_are(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(2))) as server, extract(server) as program:
        assert program.finish()[0] == 0
    session = data / "sessions" / "default"
    assert session.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in session.iterdir()} == {".lock", "session.sqlite3", "pairing.json"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in session.iterdir())
    assert all(path.stat().st_mode & 0o077 == 0 for path in data.rglob("*"))


def test_a_later_run_shows_no_code_and_takes_what_came_since(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(2), [], [chat_message("SINCE", "are you there?")])
    with WhatsAppServer(scenario) as server:
        with extract(server) as program:
            assert program.finish()[0] == 0
        with extract(server) as program:
            code, report = program.finish()
            assert not [event for event in program.events if event["event"] == "qr"]
        with extract(server) as program:
            third, nothing = program.finish()

    first, second = snapshots(data)
    assert (code, report["complete"], report["snapshot"]) == (0, True, second.name)
    assert message_ids(second) == {"SINCE"}
    assert second.manifest.source.detail == first.manifest.source.detail
    assert second.manifest.own == first.manifest.own
    assert (third, nothing["snapshot"], nothing["complete"]) == (0, None, True)


def test_a_connection_that_breaks_is_taken_up_again(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(), drop_after=2)) as server, extract(server) as program:
        code, report = program.finish()
        assert server.wait_for("dropped")
    assert (code, report["complete"]) == (0, True)
    assert message_ids(*snapshots(data)) == chunk_ids(1, 2, 3, 4, 5)


def test_a_chunk_that_is_uploaded_as_a_file_arrives_too(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(), media_chunks=frozenset({2, 3, 4, 5}))
    with WhatsAppServer(scenario) as server, extract(server) as program:
        code, report = program.finish()
        assert server.wait_for("media_get")
    assert (code, report["complete"]) == (0, True)
    assert message_ids(*snapshots(data)) == chunk_ids(1, 2, 3, 4, 5)


def test_an_announced_chunk_that_never_came_is_named(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(), media_chunks=frozenset({3}), lost_media=frozenset({3}))
    with WhatsAppServer(scenario) as server, extract(server) as program:
        code, report = program.finish()
        strict = program.said

    (snapshot,) = snapshots(data)
    (missing,) = snapshot.manifest.missing
    payloads = snapshot.manifest.counts.payloads
    assert (code, report["complete"]) == (0, False)
    assert (missing.sync_type, missing.chunk_order, missing.message_id) == ("FULL", 3, "HIST0003")
    assert payloads.announced == payloads.received + 1
    assert report["payloads"] == {"announced": payloads.announced, "received": payloads.received}
    assert any("FULL 3" in warning and "sessions logout default" in warning for warning in report["warnings"])
    assert strict == []
    assert message_ids(snapshot) == chunk_ids(1, 2, 4, 5)


def test_a_small_chunk_that_the_client_could_not_unpack_is_taken_from_its_announcement(
    extract: Start, data: Path
) -> None:
    # a message without a key: Go refuses the whole chunk and only logs it
    damaged = HistorySync.FromString(chunk(2))
    damaged.conversations[0].messages[1].message.ClearField("key")
    history = chunks()
    history[1] = damaged.SerializePartialToString()
    with WhatsAppServer(Scenario(history)) as server, extract(server) as program:
        code, report = program.finish()
    assert (code, report["complete"], report["missing"]) == (0, True, [])
    assert message_ids(*snapshots(data)) >= chunk_ids(1, 3, 4, 5) | {"C2M0", "C2M2"}


def test_a_phone_is_linked_by_a_code_that_is_typed(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1))) as server, extract(server, "--phone", "+996700000001") as program:
        code, report = program.finish()
        assert server.wait_for("code_entered")
    assert (code, report["complete"]) == (0, True)
    assert [event["event"] for event in program.events][:2] == ["pairing_code", "paired"]
    assert message_ids(*snapshots(data)) == chunk_ids(1)


def test_address_book_names_that_arrive_late_are_taken(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(1), address_book={CHAT: "Айгуль Токтогулова"}, address_book_delay=1)
    with WhatsAppServer(scenario) as server, extract(server) as program:
        assert program.finish()[0] == 0
    names = {(row["jid"], row["full_name"], row["source"]) for row in rows(snapshots(data)[0], "contacts")}
    assert (CHAT, "Айгуль Токтогулова", "session") in names


def test_the_whole_history_is_asked_for_unless_told_otherwise(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1))) as server, extract(server, "--days", "30") as program:
        assert program.finish()[0] == 0
        told = server.wait_for("qr_offered")["device_props"]
    props = type(device_props(1)).FromString(told)
    assert (props.os, props.platformType, props.requireFullSync) == ("wa2pg", props.DESKTOP, True)
    limits = props.historySyncConfig
    assert (limits.fullSyncDaysLimit, limits.fullSyncSizeMbLimit, limits.storageQuotaMb) == (30, 102_400, 102_400)
    assert limits.onDemandReady


def test_keys_between_the_devices_are_not_archived(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1), address_book={CHAT: "A"})) as server, extract(server) as program:
        assert program.finish()[0] == 0
        assert server.wait_for("address_book")
    (snapshot,) = snapshots(data)
    kept = [read_message_event(row["content"]) for row in rows(snapshot, "journal") if row["event_code"] == 17]
    assert kept
    assert not [event for event in kept if event.Message.protocolMessage.HasField("appStateSyncKeyShare")]


def test_accounts_never_mix(extract: Start, data: Path) -> None:
    office, sales = Scenario(chunks(1)), Scenario([chunk(9, 9)], account="996700000002", lid="222222222222222")
    with (
        WhatsAppServer(office) as one,
        WhatsAppServer(sales) as other,
        extract(one, "--account", "office") as first,
        extract(other, "--account", "sales") as second,
    ):
        assert (first.finish()[0], second.finish()[0]) == (0, 0)
    assert message_ids(*snapshots(data, "office")) == chunk_ids(1)
    assert message_ids(*snapshots(data, "sales")) == chunk_ids(9)
    own = {account: snapshots(data, account)[0].manifest.own.phone for account in ("office", "sales")}
    assert own == {"office": "996700000001@s.whatsapp.net", "sales": "996700000002@s.whatsapp.net"}


def test_the_wrong_phone_is_unlinked_again_and_nothing_of_it_kept(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(1))) as server, extract(server, "--own", "+996555000111") as program:
        code, report = program.finish()
        assert server.wait_for("logout")
    assert (code, report["exit_code"]) == (4, 4)
    assert "another number" in report["error"]["message"]
    # how long it took is a number of its own, such as 0.996
    assert "996" not in json.dumps(report | {"seconds": None}) + "".join(program.said)
    assert snapshots(data) == []
    assert {path.name for path in (data / "sessions/default").iterdir()} == {".lock"}


def test_a_wrong_phone_that_cannot_be_unlinked_again_is_said_to_be_linked(extract: Start, data: Path) -> None:
    scenario = Scenario(chunks(1), login_failure=402, ban_code=0)
    with WhatsAppServer(scenario) as server, extract(server, "--own", "+996555000111") as program:
        code, report = program.finish()
    assert (code, report["exit_code"]) == (4, 4)
    assert "did not confirm that it is unlinked" in report["error"]["message"]
    assert program.events[-2]["failure"] == "other_number_linked"
    assert not [event for event in server.events if event["event"] == "logout"]
    assert snapshots(data) == []
    assert {path.name for path in (data / "sessions/default").iterdir()} == {".lock"}


def test_two_extracts_on_one_account_do_not_run_at_once(extract: Start, data: Path) -> None:
    with WhatsAppServer(Scenario(chunks(2), between=1.5)) as server, extract(server) as first:
        first.wait_for("paired")
        with extract(server) as second:
            code, report = second.finish()
        assert (code, report["error"]["message"][:15]) == (1, "Another extract")
        assert first.finish()[0] == 0
    assert message_ids(*snapshots(data)) == chunk_ids(1, 2)

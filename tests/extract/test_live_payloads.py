"""Journalled events of a link as rows: live messages, announcements, what the session's store knows."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extract.own import same_number
from extract.redecode import redecode
from extract.report import ExtractReport
from extract.snapshot import open_snapshot, seal_snapshot
from extract.whatsapp.events import HISTORY_SYNC, MESSAGE, UNDECRYPTABLE
from extract.whatsapp.protobufs import HistorySync, Message, e2e_pb2, neonize_pb2
from extract.whatsapp.session_store import SessionStoreError, mend_store, read_device, read_store
from schemas.completeness import history_complete
from schemas.datadir import DataDir
from schemas.files import make_private_folder
from schemas.manifest import Manifest, Own, Snapshot, Source, sealed_snapshots
from schemas.words import Ended, SourceKind
from tests.extract.payloads import CHAT, history, info, table

LID = "987654321@lid"
PAIRING = "pairing 20261123T031500Z-k3f9"
NOON_MS = 1_772_366_400_000


def seal(tmp_path: Path, *payloads: tuple[str, int | None, bytes], **how: Any) -> Snapshot:
    """Journal these (source, event code, bytes) as a link does, and seal them."""
    archive = make_private_folder(tmp_path / "data/archive/default")
    detail = how.pop("detail", PAIRING)
    opened = open_snapshot(archive, own=Own(), source=Source(kind=SourceKind.WHATSAPP, detail=detail))
    for source, code, content in payloads:
        opened.journal.append(content, source, code)
    return seal_snapshot(opened, ended=how.pop("ended", Ended.QUIET), complete=how.pop("complete", True))


def jid(text: str) -> Any:
    user, _, server = text.partition("@")
    return neonize_pb2.JID(User=user, Server=server, RawAgent=0, Device=0, Integrator=0, IsEmpty=False)


def live(message: Any, *, chat: str = CHAT, alt: str | None = None, group: bool = False, **about: Any) -> bytes:
    """A message event as neonize dispatches it."""
    event = neonize_pb2.Message()
    source = event.Info.MessageSource
    source.Chat.CopyFrom(jid(chat))
    source.Sender.CopyFrom(jid(about.pop("sender", chat)))
    source.IsFromMe, source.IsGroup = about.pop("from_me", False), group
    if alt:
        source.SenderAlt.CopyFrom(jid(alt))
    event.Info.ID, event.Info.Timestamp = about.pop("message_id", "LIVE"), about.pop("ms", NOON_MS)
    event.Info.Category = about.pop("category", "")
    event.Message.CopyFrom(message)
    event.Raw.CopyFrom(about.pop("raw", message))
    content: bytes = event.SerializePartialToString()
    return content


def announcement(order: int, *, message_id: str = "", inline: bytes = b"", sync_type: str = "FULL") -> bytes:
    message = Message()
    message.protocolMessage.type = e2e_pb2.ProtocolMessage.HISTORY_SYNC_NOTIFICATION
    notification = message.protocolMessage.historySyncNotification
    notification.syncType = e2e_pb2.HistorySyncType.Value(sync_type)
    notification.chunkOrder, notification.progress = order, 50
    if inline:
        notification.initialHistBootstrapInlinePayload = inline
    return live(message, category="peer", message_id=message_id or f"HIST{order}")


def chunk(order: int, message_id: str = "A", sync_type: str = "FULL") -> Any:
    made = history(info(message_id), sync_type=sync_type)
    made.chunkOrder = order
    return made


def chunk_event(made: Any) -> bytes:
    content: bytes = neonize_pb2.HistorySync(Data=made).SerializePartialToString()
    return content


def messages(snapshot: Snapshot) -> list[dict[str, Any]]:
    return table(snapshot, "messages")


def test_a_live_time_is_in_milliseconds(tmp_path: Path) -> None:
    snapshot = seal(tmp_path, ("whatsapp", MESSAGE, live(Message(conversation="hi"))))
    (row,) = messages(snapshot)
    assert int(row["sent_at"].timestamp() * 1000) == NOON_MS


def test_a_live_edit_is_an_edit_of_its_target(tmp_path: Path) -> None:
    raw = Message()
    edit = raw.editedMessage.message.protocolMessage
    edit.type, edit.key.ID = e2e_pb2.ProtocolMessage.MESSAGE_EDIT, "FIRST"
    edit.editedMessage.conversation = "better"
    (row,) = messages(seal(tmp_path, ("whatsapp", MESSAGE, live(Message(conversation="better"), raw=raw))))
    assert (row["kind"], row["target_id"], row["text"]) == ("edit", "FIRST", "better")


def test_a_live_group_message_names_its_writer(tmp_path: Path) -> None:
    content = live(Message(conversation="hi"), chat="12036304@g.us", sender=CHAT, group=True)
    (row,) = messages(seal(tmp_path, ("whatsapp", MESSAGE, content)))
    assert (row["chat_jid"], row["sender_jid"]) == ("12036304@g.us", CHAT)


@pytest.mark.parametrize(("chat", "alt"), [(CHAT, LID), (LID, CHAT)])
def test_both_addresses_of_a_live_message_are_mapped(tmp_path: Path, chat: str, alt: str) -> None:
    snapshot = seal(tmp_path, ("whatsapp", MESSAGE, live(Message(conversation="hi"), chat=chat, alt=alt)))
    (row,) = table(snapshot, "lid_map")
    assert (row["lid"], row["pn"], row["source"]) == (LID, CHAT, "live")
    assert int(row["seen_at"].timestamp() * 1000) == NOON_MS


def test_what_could_not_be_decrypted_is_a_row(tmp_path: Path) -> None:
    event = neonize_pb2.UndecryptableMessage()
    event.Info.MergeFrom(neonize_pb2.Message.FromString(live(Message())).Info)
    snapshot = seal(tmp_path, ("whatsapp", UNDECRYPTABLE, event.SerializePartialToString()))
    (row,) = messages(snapshot)
    assert (row["kind"], row["message_id"], row["chat_jid"]) == ("unavailable", "LIVE", CHAT)


@pytest.mark.parametrize("code", [HISTORY_SYNC, MESSAGE, UNDECRYPTABLE])
def test_an_event_that_is_no_protobuf_is_a_reject_with_its_bytes(tmp_path: Path, code: int) -> None:
    snapshot = seal(tmp_path, ("whatsapp", code, b"\xff\xff\xff"))
    (row,) = table(snapshot, "rejects")
    assert (row["reason"], row["raw"]) == ("event_undecodable", b"\xff\xff\xff")


def test_an_event_of_a_later_version_is_a_reject(tmp_path: Path) -> None:
    (row,) = table(seal(tmp_path, ("whatsapp", 99, b"new")), "rejects")
    assert (row["reason"], row["detail"], row["raw"]) == ("event_unknown", "event 99", b"new")


def test_announcements_make_no_rows_and_are_answered_by_their_chunks(tmp_path: Path) -> None:
    snapshot = seal(tmp_path, ("whatsapp", MESSAGE, announcement(1)), ("whatsapp", HISTORY_SYNC, chunk_event(chunk(1))))
    assert [row["message_id"] for row in messages(snapshot)] == ["A"]
    assert (snapshot.manifest.complete, snapshot.manifest.missing) == (True, [])


def test_an_unanswered_announcement_is_named_and_counted(tmp_path: Path) -> None:
    snapshot = seal(
        tmp_path,
        ("whatsapp", MESSAGE, announcement(1)),
        ("whatsapp", MESSAGE, announcement(2)),
        ("whatsapp", HISTORY_SYNC, chunk_event(chunk(1))),
    )
    manifest = snapshot.manifest
    (missing,) = manifest.missing
    assert (missing.message_id, missing.sync_type, missing.chunk_order, missing.progress) == ("HIST2", "FULL", 2, 50)
    assert manifest.counts.payloads.model_dump() == {"announced": 4, "received": 3}
    assert not manifest.complete


def test_an_announcement_that_is_delivered_twice_is_one(tmp_path: Path) -> None:
    twice = [("whatsapp", MESSAGE, announcement(1))] * 2
    snapshot = seal(tmp_path, *twice, ("whatsapp", HISTORY_SYNC, chunk_event(chunk(1))))
    assert snapshot.manifest.missing == []


def test_chunks_of_two_kinds_with_one_number_are_two(tmp_path: Path) -> None:
    snapshot = seal(
        tmp_path,
        ("whatsapp", MESSAGE, announcement(1, message_id="X", sync_type="RECENT")),
        ("whatsapp", MESSAGE, announcement(1, message_id="Y", sync_type="FULL")),
        ("whatsapp", HISTORY_SYNC, chunk_event(chunk(1, sync_type="RECENT"))),
    )
    assert [one.message_id for one in snapshot.manifest.missing] == ["Y"]


def test_a_chunk_that_stands_in_its_announcement_is_not_missing(tmp_path: Path) -> None:
    inline = chunk(1, "INLINE").SerializeToString()
    snapshot = seal(tmp_path, ("whatsapp", MESSAGE, announcement(1, inline=inline)))
    assert [row["message_id"] for row in messages(snapshot)] == ["INLINE"]
    assert (snapshot.manifest.missing, snapshot.manifest.complete) == ([], True)


def test_a_chunk_that_came_both_ways_is_decoded_once(tmp_path: Path) -> None:
    made = chunk(1, "ONCE")
    snapshot = seal(
        tmp_path,
        ("whatsapp", MESSAGE, announcement(1, inline=made.SerializeToString())),
        ("whatsapp", HISTORY_SYNC, chunk_event(made)),
    )
    assert [row["message_id"] for row in messages(snapshot)] == ["ONCE"]


def test_a_redecoded_link_is_the_same_again(tmp_path: Path) -> None:
    old = seal(
        tmp_path,
        ("whatsapp", MESSAGE, announcement(1)),
        ("whatsapp", MESSAGE, announcement(2)),
        ("whatsapp", HISTORY_SYNC, chunk_event(chunk(1))),
        ("whatsapp", MESSAGE, live(Message(conversation="hi"), alt=LID)),
        ("session", None, json.dumps({"contacts": [[CHAT, "Анна", None, None, None]], "lid_map": []}).encode()),
    )
    report: ExtractReport = redecode(DataDir(tmp_path / "data"), "default", old.name)
    assert report.rows == old.manifest.counts.rows
    assert (report.missing, report.complete) == (old.manifest.missing, False)
    assert (report.announced, report.received) == (6, 5)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("996700000001", "+996700000001@s.whatsapp.net", True),
        ("525512345678", "5215512345678", True),
        ("541151234567", "5491151234567", True),
        ("556912345678", "5569912345678", True),
        ("996700000001", "996700000002", False),
        ("77000000001", "996700000001", False),
        ("996700000001", "", False),
    ],
)
def test_a_number_is_the_same_however_its_country_writes_it(one: str, other: str, same: bool) -> None:
    assert same_number(one, other) is same


# --- the session's store


def store(path: Path) -> Path:
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            create table whatsmeow_device (jid text primary key, lid text);
            create table whatsmeow_contacts (our_jid text, their_jid text, first_name text, full_name text,
                push_name text, business_name text);
            create table whatsmeow_lid_map (lid text, pn text);
            insert into whatsmeow_device values ('996700000001:7@s.whatsapp.net', '123:7@lid');
            insert into whatsmeow_contacts values
                ('me', '996555000002@s.whatsapp.net', '', '', '', ''),
                ('me', '996555000001@s.whatsapp.net', 'Анна', 'Анна Иванова', '', null);
            insert into whatsmeow_lid_map values ('987654321', '996555000001'), ('x', 'y');
            """
        )
    connection.close()
    return path


def test_names_and_lids_of_the_store_are_rows(tmp_path: Path) -> None:
    payload = read_store(store(tmp_path / "a #1%20?.sqlite3"))
    assert payload is not None
    snapshot = seal(tmp_path, ("session", None, payload))
    (contact,) = table(snapshot, "contacts")
    assert (contact["jid"], contact["full_name"], contact["first_name"]) == (CHAT, "Анна Иванова", "Анна")
    assert (contact["push_name"], contact["source"]) == (None, "session")
    assert [(row["lid"], row["pn"], row["source"]) for row in table(snapshot, "lid_map")] == [(LID, CHAT, "session")]


def test_the_same_store_gives_the_same_bytes(tmp_path: Path) -> None:
    assert read_store(store(tmp_path / "one")) == read_store(store(tmp_path / "two"))


def test_the_device_is_told_without_its_number(tmp_path: Path) -> None:
    assert read_device(store(tmp_path / "one")) == ("996700000001@s.whatsapp.net", "123@lid")
    assert read_device(tmp_path / "nowhere") is None


def test_reading_a_store_changes_nothing_and_makes_nothing(tmp_path: Path) -> None:
    path = store(tmp_path / "one")
    before = path.read_bytes()
    read_store(path)
    assert read_store(tmp_path / "nowhere") is None
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == (before, [path])


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"no database, whatever it once was" * 100)
    with pytest.raises(SessionStoreError) as error:
        read_store(tmp_path / "s")
    assert error.value.damaged


HALF_WRITTEN = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("pragma cache_size = 1")
connection.execute("begin")
for number in range(2000):
    connection.execute("insert into whatsmeow_lid_map values (?, ?)", (str(number), "x" * 500))
os.kill(os.getpid(), 9)
"""


def test_a_store_that_a_killed_client_left_half_written_is_mended_and_not_damaged(tmp_path: Path) -> None:
    path = store(tmp_path / "s")
    subprocess.run([sys.executable, "-c", HALF_WRITTEN, str(path)], check=False)
    assert (tmp_path / "s-journal").exists()
    with pytest.raises(SessionStoreError) as error:
        read_device(path)
    assert not error.value.damaged
    mend_store(path)
    assert read_device(path) == ("996700000001@s.whatsapp.net", "123@lid")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"contacts": 1, "lid_map": []}',
        b'{"contacts": [[1]], "lid_map": []}',
        b'{"contacts": []}',
        b"\xff",
    ],
)
def test_a_store_payload_that_cannot_be_read_is_a_reject(tmp_path: Path, content: bytes) -> None:
    (row,) = table(seal(tmp_path, ("session", None, content)), "rejects")
    assert (row["reason"], row["raw"]) == ("session_store_undecodable", content)


# --- whether a history is whole over several links


def link(tmp_path: Path, detail: str, *, complete: bool, ended: Ended = Ended.QUIET, lost: bool = False) -> Snapshot:
    payloads = [("whatsapp", HISTORY_SYNC, chunk_event(chunk(1)))]
    if lost:
        payloads.append(("whatsapp", MESSAGE, announcement(2)))
    return seal(tmp_path, *payloads, detail=detail, complete=complete, ended=ended)


def test_an_interrupted_link_is_made_good_by_a_whole_one(tmp_path: Path) -> None:
    first = link(tmp_path, PAIRING, complete=False, ended=Ended.INTERRUPTED)
    assert not history_complete([first])
    assert history_complete([first, link(tmp_path, PAIRING, complete=True)])


@pytest.mark.parametrize("how", [{"lost": True}, {"ended": Ended.CRASHED}])
def test_what_was_lost_comes_only_with_a_new_pairing(tmp_path: Path, how: dict[str, Any]) -> None:
    first = link(tmp_path, PAIRING, complete=False, **how)
    assert not history_complete([first, link(tmp_path, PAIRING, complete=True)])
    assert history_complete([first, link(tmp_path, "pairing another", complete=True)])


def test_a_redecode_is_judged_by_what_it_was_made_from(tmp_path: Path) -> None:
    first = link(tmp_path, PAIRING, complete=False, lost=True)
    redecode(DataDir(tmp_path / "data"), "default", first.name)
    made_good = link(tmp_path, "pairing another", complete=True)
    redecode(DataDir(tmp_path / "data"), "default", made_good.name)
    everything = sealed_snapshots(tmp_path / "data/archive/default")
    assert len(everything) == 4
    assert history_complete(everything)
    assert not history_complete(everything[:2])


def test_a_manifest_from_before_there_were_links_still_reads(tmp_path: Path) -> None:
    snapshot = seal(tmp_path, ("whatsapp", HISTORY_SYNC, chunk_event(chunk(1))))
    document = json.loads((snapshot.path / "manifest.json").read_bytes())
    del document["missing"]
    assert Manifest.model_validate(document).missing == []


def test_a_chunk_of_no_kind_is_not_taken_for_another(tmp_path: Path) -> None:
    unnamed = HistorySync()
    unnamed.conversations.add().ID = CHAT
    snapshot = seal(
        tmp_path,
        ("whatsapp", MESSAGE, announcement(1, sync_type="INITIAL_BOOTSTRAP")),
        ("whatsapp", HISTORY_SYNC, chunk_event(unnamed)),
    )
    assert len(snapshot.manifest.missing) == 1

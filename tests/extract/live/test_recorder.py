"""The boundary at which neonize calls us: every event is on disk before anything looks into it."""

import ctypes
import errno
import threading
from pathlib import Path
from typing import Any

import pytest

from extract.journal import Journal, JournalEntry, count_journal, read_journal, settle_journal
from extract.reserve import make_reserve, release_reserve
from extract.whatsapp.events import HISTORY_SYNC, MESSAGE, PAIR_STATUS
from extract.whatsapp.live.client import CODES, make_client
from extract.whatsapp.live.recorder import Event, Recorder
from extract.whatsapp.protobufs import e2e_pb2, neonize_pb2
from tests.extract.payloads import history, info

# isort: split
# after extract.whatsapp.protobufs, which keeps its import quiet
from neonize._binder import func_callback_bytes


class Boundary:
    """A client of neonize that is not connected, and its callback, called as its Go part calls it."""

    def __init__(self, partial: Path) -> None:
        self.partial = partial
        self.failures: list[BaseException] = []
        self.recorder = Recorder(partial, Journal(partial), self.failures.append)
        self.client = make_client(
            "unused.sqlite3",
            days=30,
            record=self.recorder.record,
            on_code=lambda _data: None,
            on_status=lambda _status: None,
        )
        self._callback = func_callback_bytes(self.client.event.execute)

    def dispatch(self, code: int, content: bytes) -> None:
        """Call back with these bytes, on a thread that is not Python's own."""
        buffer = ctypes.create_string_buffer(content, len(content))
        arguments = (self.client.uuid, ctypes.cast(buffer, ctypes.c_void_p), len(content), code)
        thread = threading.Thread(target=lambda: self._callback(*arguments))
        thread.start()
        thread.join(10)
        # Go reuses its memory
        ctypes.memset(buffer, 0, len(content))

    def handled(self) -> list[Event]:
        events: list[Event] = []
        while self.recorder.handle_next(events.append, 0.05):
            pass
        return events

    def journal(self) -> list[JournalEntry]:
        return list(read_journal(self.partial))


@pytest.fixture
def boundary(tmp_path: Path) -> Boundary:
    return Boundary(tmp_path)


def history_event(*infos: Any) -> bytes:
    content: bytes = neonize_pb2.HistorySync(Data=history(*infos)).SerializePartialToString()
    return content


def peer_event(kind: str) -> bytes:
    event = neonize_pb2.Message()
    event.Info.Category = "peer"
    event.Message.protocolMessage.type = e2e_pb2.ProtocolMessage.Type.Value(kind)
    content: bytes = event.SerializePartialToString()
    return content


def test_an_event_is_durable_before_it_is_handled(boundary: Boundary) -> None:
    content = history_event(info("A"))
    boundary.dispatch(HISTORY_SYNC, content)
    seen: list[int] = []
    assert boundary.recorder.handle_next(lambda _event: seen.append(count_journal(boundary.partial)), 1)
    assert seen == [1]
    (entry,) = boundary.journal()
    assert (entry.source, entry.event_code, entry.content, entry.intact) == ("whatsapp", HISTORY_SYNC, content, True)


def test_what_was_dispatched_survives_without_being_handled(boundary: Boundary) -> None:
    for number in range(5):
        boundary.dispatch(HISTORY_SYNC, history_event(info(f"A{number}")))
    assert boundary.journal() == []
    # as the next run does after a kill
    settle_journal(boundary.partial, keep_torn=True)
    assert [entry.number for entry in boundary.journal()] == [1, 2, 3, 4, 5]


def test_bytes_that_are_no_protobuf_are_kept_too(boundary: Boundary) -> None:
    boundary.dispatch(MESSAGE, b"\xff\xff rubbish \xff")
    assert [event.number for event in boundary.handled()] == [1]
    assert boundary.journal()[0].content == b"\xff\xff rubbish \xff"
    assert boundary.failures == []


def test_events_about_the_connection_are_handed_on_and_not_kept(boundary: Boundary) -> None:
    boundary.dispatch(PAIR_STATUS, b"")
    boundary.dispatch(CODES["ConnectedEv"], b"\x08\x01")
    assert [(event.code, event.number) for event in boundary.handled()] == [(PAIR_STATUS, None), (3, None)]
    assert boundary.journal() == []


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("APP_STATE_SYNC_KEY_SHARE", 0), ("APP_STATE_SYNC_KEY_REQUEST", 0), ("HISTORY_SYNC_NOTIFICATION", 1)],
)
def test_key_material_between_devices_is_not_kept(boundary: Boundary, kind: str, kept: int) -> None:
    boundary.dispatch(MESSAGE, peer_event(kind))
    boundary.handled()
    assert len(boundary.journal()) == kept


def test_a_full_disk_is_told_and_the_payload_that_found_it_kept(
    boundary: Boundary, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_reserve(boundary.partial)
    stage = Journal.stage

    def full_while_the_reserve_is_there(journal: Journal, *arguments: Any, **named: Any) -> int:
        if (boundary.partial / "reserve").exists():
            raise OSError(errno.ENOSPC, "no space left")
        return stage(journal, *arguments, **named)

    monkeypatch.setattr(Journal, "stage", full_while_the_reserve_is_there)
    boundary.dispatch(HISTORY_SYNC, history_event(info("A")))
    assert [error.errno for error in boundary.failures if isinstance(error, OSError)] == [errno.ENOSPC]
    assert [event.number for event in boundary.handled()] == [1]
    assert len(boundary.journal()) == 1


def test_a_payload_that_cannot_be_written_is_counted_as_lost(
    boundary: Boundary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any, **_named: Any) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Journal, "stage", full)
    boundary.dispatch(HISTORY_SYNC, history_event(info("A")))
    assert (len(boundary.failures), boundary.recorder.lost) == (1, 1)


def test_the_reserve_is_a_real_part_of_the_disk(tmp_path: Path) -> None:
    make_reserve(tmp_path)
    status = (tmp_path / "reserve").stat()
    assert status.st_blocks * 512 >= status.st_size == 24 << 20
    assert release_reserve(tmp_path)
    assert not release_reserve(tmp_path)


def test_only_what_is_needed_is_subscribed(boundary: Boundary) -> None:
    assert set(boundary.client.event.list_func) == set(CODES.values())

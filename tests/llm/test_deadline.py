"""A server that sends its headers byte by byte is given up in time, on a new connection and on a kept one."""

import socket
import threading
import time
from types import TracebackType
from typing import BinaryIO

import pytest

from schemas.health import Health
from tests.llm.server import MODEL, answer, completion
from transform.llm.faults import Fault, NoAnswerError
from transform.llm.key_check import check_key
from transform.llm.options import ModelOptions
from transform.llm.service import ATTEMPTS, Service

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Dripping:
    """Answers the first `good` requests of each connection at once, then drips a header that never ends."""

    def __init__(self, good: int = 0) -> None:
        self._good = good
        self.connections = 0

    def __enter__(self) -> "Dripping":
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/api/v1"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as heard:
            try:
                body = completion(answer()).body
                for _request in range(self._good):
                    hear(heard)
                    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
                hear(heard)
                until = time.monotonic() + 20
                for byte in HEAD + b"X-Patience: " + b"." * 10_000:
                    if time.monotonic() > until:
                        return
                    connection.sendall(bytes([byte]))
                    time.sleep(0.05)
            except OSError:
                pass  # given up, as it should be


def hear(heard: BinaryIO) -> None:
    """One whole request: what is left of it unread would be in the way of the next on this connection."""
    length = 0
    while line := heard.readline().strip().lower():
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    heard.read(length)


def options(url: str) -> ModelOptions:
    return ModelOptions(url, MODEL, "key", seconds=0.5)


def test_headers_that_drip_end_in_time() -> None:
    with Dripping() as server, Service(options(server.url)) as service:
        begun = time.monotonic()
        with pytest.raises(NoAnswerError) as raised:
            service.ask("hello", None)
        assert time.monotonic() - begun < 10
    assert (raised.value.fault, server.connections) == (Fault.TIMEOUT, ATTEMPTS)


def test_they_do_on_a_connection_that_was_kept() -> None:
    with Dripping(good=1) as server, Service(options(server.url)) as service:
        service.ask("hello", None)
        assert server.connections == 1
        begun = time.monotonic()
        # the next attempt opens a connection, and the first request over that is answered
        assert service.ask("hello", None).answer.status == "QUALIFIED"
        assert 0.5 < time.monotonic() - begun < 5
    assert server.connections == 2


def test_closing_wakes_whoever_waits() -> None:
    with Dripping() as server:
        service = Service(ModelOptions(server.url, MODEL, "key", seconds=60))
        ended: list[Exception] = []

        def ask() -> None:
            try:
                service.ask("hello", None)
            except NoAnswerError as error:
                ended.append(error)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        time.sleep(0.5)
        service.close()
        asking.join(5)
    assert len(ended) == 1


def test_the_price_and_the_check_of_the_key_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transform.llm.key_check._SECONDS", 0.5)
    with Dripping() as server, Service(options(server.url)) as service:
        begun = time.monotonic()
        assert service.price() is None
        check = check_key(options(server.url))
        assert (check.health, "answers without end" in check.found) == (Health.WARNING, True)
        assert time.monotonic() - begun < 5

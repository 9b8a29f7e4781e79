"""WhatsApp for the tests: the server and the phone behind it, on 127.0.0.1, in a thread of the test's process."""

import asyncio
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.whatsapp_server.account import Account
from tests.whatsapp_server.certificates import make_certificates
from tests.whatsapp_server.connection import GONE, Connection, greet
from tests.whatsapp_server.events import Event
from tests.whatsapp_server.media import MEDIA_HOST
from tests.whatsapp_server.pairing import REGISTRATION, Pairing
from tests.whatsapp_server.scenario import Scenario
from tests.whatsapp_server.session import Session
from tests.whatsapp_server.transport import CHAT_HOST, FrameStream, accept_tunnel

_HOSTS = (CHAT_HOST, MEDIA_HOST)
# beyond anything a client sends: past it asyncio would pause the wrong transport, see StreamWriter.start_tls
_READ_LIMIT = 1 << 24


class WhatsAppServer:
    """Listens while its `with` lasts; a mistake of its own fails the test at the end of it.

    Everything but the events happens on its own thread.
    """

    def __init__(self, scenario: Scenario | None = None) -> None:
        self._account = Account(scenario or Scenario())
        self._folder = tempfile.TemporaryDirectory(prefix="wa2pg-tests-", ignore_cleanup_errors=True)
        self.ca_file, self._tls = make_certificates(Path(self._folder.name), _HOSTS)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="whatsapp server", daemon=True)
        self._connections: dict[int, Connection] = {}
        self._writers: dict[int, asyncio.StreamWriter] = {}
        self._number = 0
        self.proxy_url = ""

    def __enter__(self) -> "WhatsAppServer":
        self._thread.start()
        start = asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_READ_LIMIT)
        self._listener = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.proxy_url = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._folder.cleanup()
        mistakes = [event["error"] for event in self.events if event["event"] == "error"]
        if mistakes and error is None:
            raise AssertionError(f"the tests' server itself failed: {'; '.join(mistakes)}")

    async def _stop(self) -> None:
        """Hang up on everybody; each connection then ends as if its client had."""
        self._listener.close()
        for writer in self._writers.values():
            writer.transport.abort()
        while self._writers:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)  # the aborted transports close their sockets

    # --- what a test asks ---

    @property
    def events(self) -> list[Event]:
        return self._account.events.events

    @property
    def sent_stanzas(self) -> list[tuple[str, dict[str, str]]]:
        """Tag and attributes of every stanza that a client sent."""
        return self._account.sent_stanzas

    def wait_for(self, event: str, timeout: float = 10, **details: Any) -> Event:
        """The first event of this name with these details; TimeoutError says what was seen instead."""
        return self._account.events.wait_for(event, timeout, **details)

    def acknowledged(self) -> set[str]:
        """The ids of the history chunks that a client has said it received."""
        receipts = (event for event in list(self.events) if event["event"] == "receipt")
        return {event["id"] for event in receipts if event["type"] == "hist_sync"}

    # --- what the person with the phone does ---

    def show(self, qr_text: str) -> None:
        """A screen shows this: the whole address or what begins with `2@`."""
        self._do(lambda: self._look_at(qr_text))

    def enter_code(self, code: str) -> None:
        """Type the code that a client shows, such as `ABCD-EFGH`."""
        self._do(lambda: self._type(code))

    def unlink(self) -> None:
        """Remove the device on the phone."""
        self._do(lambda: self._each_session(Session.unlink))

    def replace(self) -> None:
        """Log in with the same session elsewhere."""
        self._do(lambda: self._each_session(Session.replace))

    def _do(self, action: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(action)

    def _pairings(self) -> list[Pairing]:
        return [each for each in self._connections.values() if isinstance(each, Pairing)]

    def _look_at(self, qr_text: str) -> None:
        if not any(pairing.scan(qr_text) for pairing in self._pairings()):
            self._account.events.add("qr_not_ours", text=qr_text[:60])

    def _type(self, code: str) -> None:
        if not any(pairing.type_code(code) for pairing in self._pairings()):
            self._account.events.add("code_not_ours")

    def _each_session(self, action: Callable[[Session], Any]) -> None:
        for each in list(self._connections.values()):
            if isinstance(each, Session):
                each.spawn(action(each))

    # --- what a client finds ---

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._number += 1
        number, events = self._number, self._account.events
        self._writers[number] = writer
        events.add("connected", connection=number)
        reason = "the server hung up"
        try:
            host, ours = await accept_tunnel(reader, writer, self._tls, _HOSTS)
            if not ours:
                reason = f"no such host: {host}"
            elif host == MEDIA_HOST:
                await self._account.media.serve(reader, writer)
            else:
                await self._serve(number, FrameStream(reader, writer))
        except GONE as gone:
            reason = f"the client hung up: {type(gone).__name__}"
        except Exception as error:  # noqa: BLE001 - a mistake in here must reach the test
            events.add("error", connection=number, error=repr(error))
        finally:
            writer.close()
            del self._writers[number]
            self._connections.pop(number, None)
            events.add("closed", connection=number, reason=reason)

    async def _serve(self, number: int, frames: FrameStream) -> None:
        channel = await greet(self._account, number, frames)
        wants = Pairing if REGISTRATION in channel.payload else Session
        self._account.events.add("handshake", connection=number, purpose="pair" if wants is Pairing else "login")
        connection = wants(self._account, number, frames, channel)
        self._connections[number] = connection
        try:
            await connection.run()
        except GONE:
            if not connection.was_cut:
                raise

"""One client at the door: who it is, what it wants, and the stanzas that go to and fro."""

import asyncio
import ssl
from collections.abc import Coroutine
from typing import Any

from tests.whatsapp_server.account import Account
from tests.whatsapp_server.nodes import SERVER, Node, read, write
from tests.whatsapp_server.noise import Channel, shake_hands
from tests.whatsapp_server.transport import ClientGoneError, FrameStream

# how a connection ends when the other side goes
GONE = (asyncio.IncompleteReadError, ClientGoneError, ConnectionError, ssl.SSLError)
# between the last stanza and the end of a connection: a client that reads both at once may take it for a bad line
_LINGER = 0.2


class Connection:
    """What the client says goes to `hear`, which a pairing and a session each write for themselves."""

    def __init__(self, account: Account, number: int, frames: FrameStream, channel: Channel) -> None:
        self.account = account
        self.number = number
        self.client_key = channel.client_key
        self.was_cut = False
        self._frames = frames
        self._channel = channel
        self._tasks: set[asyncio.Task[None]] = set()

    async def hear(self, node: Node) -> None:
        raise NotImplementedError

    async def begin(self) -> None:
        """What the server says first."""
        raise NotImplementedError

    async def run(self) -> None:
        """Until the client hangs up, which raises one of GONE, or the server does."""
        try:
            await self.begin()
            if self.was_cut:
                return  # refused: what it says all the same is not heard
            while True:
                node = read(self._channel.open(await self._frames.read_frame()))
                self.account.hear(node)
                await self.hear(node)
        finally:
            for task in self._tasks:
                task.cancel()

    def log(self, event: str, **details: Any) -> None:
        self.account.events.add(event, connection=self.number, **details)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside listening; it ends with the connection."""

        async def safely() -> None:
            try:
                await work
            except GONE:
                pass  # whoever listens reports it
            except Exception as error:  # noqa: BLE001 - a mistake in here must reach the test
                self.log("error", error=repr(error))

        task = asyncio.get_running_loop().create_task(safely())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def send(self, node: Node) -> None:
        await self._frames.send_frame(self._channel.seal(write(node)))

    async def answer(self, query: Node, *children: Node, kind: str = "result") -> None:
        await self.send(Node("iq", {"from": SERVER, "id": query.attrs.get("id", ""), "type": kind}, children))

    async def refuse_query(self, query: Node, code: int, text: str) -> None:
        await self.answer(query, Node("error", {"code": str(code), "text": text}), kind="error")

    async def refuse(self, reason: int, **attrs: str) -> None:
        """The end of a login: the client learns why and is shown out."""
        self.log("refused", reason=reason)
        await self.send(Node("failure", {"reason": str(reason), "location": "test", **attrs}))
        await self.part()

    async def end_stream(self, *children: Node, **attrs: str) -> None:
        await self.send(Node("stream:error", attrs, children))
        await self.part()

    async def part(self) -> None:
        await asyncio.sleep(_LINGER)
        self.cut()

    def cut(self) -> None:
        """As a line that breaks: what was written still arrives, and nobody says goodbye."""
        self.was_cut = True
        self._frames.close()


async def greet(account: Account, number: int, frames: FrameStream) -> Channel:
    """From the websocket's first byte to the client's payload."""
    await frames.upgrade()
    return await shake_hands(account.identity, await frames.read_prologue(), frames.read_frame, frames.send_frame)

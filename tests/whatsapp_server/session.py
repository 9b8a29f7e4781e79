"""A linked client: its login, what is delivered to it, its receipts and queries."""

import asyncio
import time

from tests.whatsapp_server.connection import Connection
from tests.whatsapp_server.media import MEDIA_HOST
from tests.whatsapp_server.nodes import SERVER, Node
from tests.whatsapp_server.phone import Companion, Item

_UNLINKED = 401
_BANNED = 402
# enough one-time prekeys for the client not to upload more at every login
_PREKEYS = "900"
_MEDIA_TERMS = {"auth": "tests", "auth_ttl": "3600", "ttl": "3600", "max_buckets": "12"}
# queries that a client only wants to have answered
_GRANTED = frozenset({"encrypt", "passive", "w:p", "urn:xmpp:ping"})


class Session(Connection):
    _companion: Companion | None = None

    async def begin(self) -> None:
        scenario, companion = self.account.scenario, self.account.companion(self.client_key)
        if companion is None:
            await self.refuse(_UNLINKED)
            return
        companion.logins += 1
        if scenario.login_failure and companion.logins in scenario.failing_logins:
            known = scenario.login_failure == _BANNED and scenario.ban_code
            ban = {"code": str(scenario.ban_code), "expire": "3600"} if known else {}
            await self.refuse(scenario.login_failure, **ban)
            return
        self._companion = companion
        await self.send(Node("success", {"t": str(int(time.time())), "lid": companion.lid}))
        self.log("login", number=companion.logins, jid=str(companion.jid))
        self.spawn(self._deliver(companion))

    async def _deliver(self, companion: Companion) -> None:
        """First what waited while the client was away, between its two marks; then what is new."""
        scenario = self.account.scenario
        all_sent = all(item.stanza for item in companion.items)
        if companion.logins > 1 and all_sent and not any(item.kind == "offline" for item in companion.items):
            companion.items += self.account.phone.offline_items()
        await asyncio.sleep(scenario.push_delay)
        left = [item for item in companion.items if not item.received]
        waited = [item for item in left if item.stanza or item.kind == "offline"]
        count = {"count": str(len(waited))}
        if waited:
            await self._mark("offline_preview", {**count, "message": str(len(waited))})
        for item in waited:
            await self._push(item, companion, offline="1")
        await self._mark("offline", count)
        for place, item in enumerate((item for item in left if item not in waited), 1):
            if item.kind == "keys":
                await asyncio.sleep(scenario.address_book_delay)
            await self._push(item, companion)
            if place == scenario.drop_after and not companion.was_dropped:
                await self._drop(companion, place)
                return
            await asyncio.sleep(scenario.between)
        self.log("delivered", login=companion.logins)

    async def _push(self, item: Item, companion: Companion, **attrs: str) -> None:
        again = item.stanza is not None
        stanza = self.account.phone.seal(item, companion)
        self.log("pushed", id=item.id, kind=item.kind, again=again, **item.about)
        await self.send(Node(stanza.tag, {**stanza.attrs, **attrs}, stanza.children))

    async def _mark(self, tag: str, attrs: dict[str, str]) -> None:
        await self.send(Node("ib", {"from": SERVER}, (Node(tag, attrs),)))

    async def _drop(self, companion: Companion, after: int) -> None:
        companion.was_dropped = True
        deadline = time.monotonic() + self.account.scenario.drop_patience
        while time.monotonic() < deadline and not all(item.settled for item in companion.items if item.stanza):
            await asyncio.sleep(0.02)
        self.log("dropped", after=after)
        self.cut()

    async def unlink(self) -> None:
        """The person takes the device off the list on the phone."""
        self.account.unlink(self.client_key)
        await self.end_stream(Node("conflict", {"type": "device_removed"}), code=str(_UNLINKED))

    async def replace(self) -> None:
        """Another client has logged in with the same session."""
        await self.end_stream(Node("conflict", {"type": "replaced"}))

    async def hear(self, node: Node) -> None:
        if node.tag == "receipt":
            item_id, kind = node.attrs.get("id", ""), node.attrs.get("type", "delivery")
            if self._companion:
                self._companion.note_receipt(item_id, kind)
            self.log("receipt", id=item_id, type=kind)
        elif node.tag == "iq" and node.attrs.get("type") in ("get", "set"):
            await self._answer(node)
        elif node.tag != "iq":
            self.log("stanza", tag=node.tag)

    async def _answer(self, query: Node) -> None:
        space = query.attrs.get("xmlns", "")
        wish = query.children[0].tag if query.children else ""
        if wish == "remove-companion-device":
            self.account.unlink(self.client_key)
            self.log("logout")
            await self.answer(query)
        elif (space, wish) == ("encrypt", "count"):
            await self.answer(query, Node("count", {"value": _PREKEYS}))
        elif (space, wish) == ("w:m", "media_conn"):
            await self.answer(query, Node("media_conn", _MEDIA_TERMS, (Node("host", {"hostname": MEDIA_HOST}),)))
        elif (space, wish) == ("w:sync:app:state", "sync"):
            asked = [node for node in query.find("sync").children if node.tag == "collection"]
            self.log("address_book", collections=[node.attrs["name"] for node in asked])
            answers = tuple(self.account.phone.address_book.collection(node) for node in asked)
            await self.answer(query, Node("sync", {}, answers))
        elif space in _GRANTED:
            await self.answer(query)
        else:
            self.log("query_refused", xmlns=space, wish=wish)
            await self.refuse_query(query, 404, "item-not-found")

"""A client that is not linked yet: codes for its screen, the scan, the proof, the restart."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import time

from tests.whatsapp_server.account import Account
from tests.whatsapp_server.connection import Connection
from tests.whatsapp_server.nodes import SERVER, Node
from tests.whatsapp_server.noise import Channel
from tests.whatsapp_server.phone import Companion
from tests.whatsapp_server.signal_session import Prekeys
from tests.whatsapp_server.transport import FrameStream
from tests.whatsapp_server.wire import message

REGISTRATION = 19  # the field of ClientPayload that a client without a session fills
_PAIRING, _PAIRED = "pair-device", "pair-success"
# what an account signs for one of its devices begins so
_ACCOUNT_SIGNATURE = b"\x06\x00"
_RESTART = "515"
# between the client's signature and the restart, in which it stores its session
_BEFORE_RESTART = 0.1
_PASSKEY = {
    "challenge": base64.urlsafe_b64encode(b"a challenge of the tests").decode(),
    "timeout": 60_000,
    "rpId": "whatsapp.com",
    "allowCredentials": [],
    "userVerification": "required",
    "extensions": {},
}


class Pairing(Connection):
    def __init__(self, account: Account, number: int, frames: FrameStream, channel: Channel) -> None:
        super().__init__(account, number, frames, channel)
        registration = channel.payload.inner(REGISTRATION)
        signed_id = int.from_bytes(registration.content(4), "big")
        self._prekeys = Prekeys(registration.content(3), registration.content(5), signed_id)
        self._refs = [f"2@tests/{number}/{place}/{os.urandom(12).hex()}" for place in range(account.scenario.refs)]
        self._linked: Companion | None = None

    async def begin(self) -> None:
        if self.account.scenario.pairing == "outdated":
            await self.refuse(405)
            return
        refs = tuple(Node("ref", data=ref.encode()) for ref in self._refs)
        attrs = {"from": SERVER, "type": "set", "id": "pair-1", "xmlns": "md"}
        await self.send(Node("iq", attrs, (Node(_PAIRING, {}, refs),)))
        self.log("qr_offered", refs=len(refs))

    def scan(self, shown: str) -> bool:
        """The phone's camera on a screen: false where this client's code is not what is shown."""
        ref, *secrets = shown.strip().rpartition("#")[2].split(",")
        if ref not in self._refs or len(secrets) < 3:
            return False
        noise_key, identity, secret = (base64.b64decode(each) for each in secrets[:3])
        if (noise_key, identity) != (self.client_key, self._prekeys.identity):
            return False
        if self.account.scenario.scan:
            self.log("qr_scanned", ref=self._refs.index(ref) + 1)
            self.spawn(self._scanned(secret))
        else:
            self.log("qr_ignored", ref=self._refs.index(ref) + 1)
        return True

    async def _scanned(self, secret: bytes) -> None:
        await asyncio.sleep(self.account.scenario.scan_delay)
        match self.account.scenario.pairing:
            case "passkey":
                await self._demand_passkey()
            case "without_multidevice":
                await self.send(Node("ib", {"from": SERVER}, (Node("downgrade_webclient"),)))
            case "forged":
                await self._link(os.urandom(32))
            case _:
                await self._link(secret)

    async def _demand_passkey(self) -> None:
        """The phone wants a WebAuthn answer from the client before it goes on."""
        options = Node("passkey_request_options", data=json.dumps(_PASSKEY).encode())
        attrs = {"from": SERVER, "type": "passkey_prologue_request", "id": "passkey", "t": str(int(time.time()))}
        await self.send(Node("notification", attrs, (options,)))
        self.log("passkey_demanded")

    async def _link(self, secret: bytes) -> None:
        """Prove with the secret that the phone saw this very screen, and with its key that it is the account."""
        phone = self.account.phone
        self._linked = self.account.link(self.client_key, self._prekeys)
        now = int(time.time())
        details = message((1, 1), (2, now), (3, 1))  # raw id, timestamp, key index
        signature = phone.keys.sign(_ACCOUNT_SIGNATURE + details + self._prekeys.identity)
        identity = message((1, details), (2, phone.keys.public), (3, signature))
        proof = message((1, identity), (2, hmac.digest(secret, identity, hashlib.sha256)))
        children = (
            Node("device-identity", data=proof),
            Node("device", {"jid": self._linked.jid, "lid": self._linked.lid}),
            Node("platform", {"name": "android"}),
        )
        attrs = {"from": SERVER, "type": "set", "id": "pair-2", "t": str(now)}
        await self.send(Node("iq", attrs, (Node(_PAIRED, {}, children),)))

    async def hear(self, node: Node) -> None:
        kind = node.attrs.get("type")
        if node.tag != "iq":
            self.log("stanza", tag=node.tag)
        elif node.child("pair-device-sign") and self._linked:
            self.log("paired", jid=str(self._linked.jid))
            await asyncio.sleep(_BEFORE_RESTART)
            await self.end_stream(code=_RESTART)
        elif kind == "error":
            self.account.unlink(self.client_key)
            self.log("pairing_refused", error=dict(node.find("error").attrs))
        elif kind != "result":
            await self.refuse_query(node, 404, "item-not-found")
            self.log("query_refused", xmlns=node.attrs.get("xmlns"), wish=[child.tag for child in node.children])

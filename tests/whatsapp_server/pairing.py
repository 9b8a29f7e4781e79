"""A client that is not linked yet: codes for its screen, the scan or the typing, the proof, the restart."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import time

from tests.whatsapp_server.account import Account
from tests.whatsapp_server.connection import Connection
from tests.whatsapp_server.link_code import LinkCode, WrongCodeError
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
_LINK_CODE = "link_code_companion_reg"
# what a client that wants a code says it is: the server knows browsers, and refuses any other word
_KNOWN_DISPLAY = re.compile(r"(Chrome|Edge|Firefox|IE|Opera|Safari) \(.+\)")
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
        self._device_props = registration.content(8)
        self._refs = [f"2@tests/{number}/{place}/{os.urandom(12).hex()}" for place in range(account.scenario.refs)]
        self._linked: Companion | None = None
        self._code_ref = os.urandom(16)
        self._asked: Node | None = None
        self._code: LinkCode | None = None

    async def begin(self) -> None:
        if self.account.scenario.pairing == "outdated":
            await self.refuse(405)
            return
        refs = tuple(Node("ref", data=ref.encode()) for ref in self._refs)
        attrs = {"from": SERVER, "type": "set", "id": "pair-1", "xmlns": "md"}
        await self.send(Node("iq", attrs, (Node(_PAIRING, {}, refs),)))
        self.log("qr_offered", refs=len(refs), device_props=self._device_props)

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
            self.spawn(self._go_on(secret))
        else:
            self.log("qr_ignored", ref=self._refs.index(ref) + 1)
        return True

    async def _go_on(self, secret: bytes) -> None:
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

    def type_code(self, typed: str) -> bool:
        """The person types a code on the phone: false where this client asked for none, or for another number."""
        if self._asked is None:
            return False
        self._code = LinkCode(typed, self._asked.find("link_code_pairing_wrapped_companion_ephemeral_pub").content)
        self.spawn(self._say_hello(self._code))
        return True

    async def _say_hello(self, code: LinkCode) -> None:
        hello = (
            Node("link_code_pairing_wrapped_primary_ephemeral_pub", data=code.wrapped_ephemeral()),
            Node("primary_identity_pub", data=self.account.phone.keys.public),
            Node("link_code_pairing_ref", data=self._code_ref),
        )
        attrs = {"from": SERVER, "type": _LINK_CODE, "id": "code-1", "t": str(int(time.time()))}
        await self.send(Node("notification", attrs, (Node(_LINK_CODE, {"stage": "primary_hello"}, hello),)))

    async def _hear_about_code(self, query: Node) -> None:
        asked = query.find(_LINK_CODE)
        stage, jid = asked.attrs.get("stage"), asked.attrs.get("jid")
        if stage == "companion_hello":
            display = asked.find("companion_platform_display").content.decode()
            self.log("code_requested", jid=jid, display=display)
            if self.account.scenario.pairing == "rate_limited":
                await self.refuse_query(query, 429, "rate-overlimit")
            elif not _KNOWN_DISPLAY.fullmatch(display):
                await self.refuse_query(query, 400, "bad-request")
            else:
                self._asked = asked if jid == self.account.phone.jid else None
                ref = Node("link_code_pairing_ref", data=self._code_ref)
                await self.answer(query, Node(_LINK_CODE, {}, (ref,)))
        elif stage == "companion_finish" and self._code:
            await self.answer(query)
            bundle = asked.find("link_code_pairing_wrapped_key_bundle").content
            try:
                secret = self._code.secret(bundle, self.account.phone.keys, self._prekeys.identity)
            except WrongCodeError:
                self.log("code_wrong")
            else:
                self.log("code_entered")
                self.spawn(self._go_on(secret))
        else:
            await self.refuse_query(query, 400, "bad-request")
            self.log("query_refused", xmlns="md", wish=f"{_LINK_CODE} {stage}")

    async def hear(self, node: Node) -> None:
        kind = node.attrs.get("type")
        if node.tag != "iq":
            self.log("stanza", tag=node.tag)
        elif node.child("pair-device-sign") and self._linked:
            self.log("paired", jid=str(self._linked.jid))
            await asyncio.sleep(_BEFORE_RESTART)
            await self.end_stream(code=_RESTART)
        elif node.child(_LINK_CODE):
            await self._hear_about_code(node)
        elif kind == "error":
            self.account.unlink(self.client_key)
            self.log("pairing_refused", error=dict(node.find("error").attrs))
        elif kind != "result":
            await self.answer(node)  # a ping

"""Noise_XX_25519_AESGCM_SHA256, the side that answers, and the certificates WhatsApp's clients check in it."""

import hashlib
import time
from collections.abc import Awaitable, Callable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.whatsapp_server.keys import ROOT, KeyPair, derive
from tests.whatsapp_server.wire import Fields, message

_NAME = b"Noise_XX_25519_AESGCM_SHA256".ljust(32, b"\0")
_DAY = 24 * 3600
# fields of HandshakeMessage, and of the hello or finish inside
_CLIENT_HELLO, _SERVER_HELLO, _CLIENT_FINISH = 2, 3, 4


class Cipher:
    """One direction of an established channel; the nonce counts frames."""

    def __init__(self, key: bytes) -> None:
        self._key = AESGCM(key)
        self._frames = 0

    def _nonce(self) -> bytes:
        self._frames += 1
        return (self._frames - 1).to_bytes(12, "big")

    def seal(self, plain: bytes, bound_to: bytes = b"") -> bytes:
        return self._key.encrypt(self._nonce(), plain, bound_to)

    def open(self, sealed: bytes, bound_to: bytes = b"") -> bytes:
        return self._key.decrypt(self._nonce(), sealed, bound_to)


class Handshake:
    """The symmetric state of Noise: everything said so far is in `transcript` and in the keys."""

    def __init__(self, prologue: bytes) -> None:
        self._salt = _NAME
        self._cipher = Cipher(_NAME)
        self._transcript = _NAME
        self.mix_transcript(prologue)

    def mix_transcript(self, said: bytes) -> None:
        self._transcript = hashlib.sha256(self._transcript + said).digest()

    def mix_key(self, secret: bytes) -> None:
        keys = derive(secret, b"", 64, self._salt)
        self._salt, self._cipher = keys[:32], Cipher(keys[32:])

    def seal(self, plain: bytes) -> bytes:
        sealed = self._cipher.seal(plain, self._transcript)
        self.mix_transcript(sealed)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        plain = self._cipher.open(sealed, self._transcript)
        self.mix_transcript(sealed)
        return plain

    def split(self) -> tuple[Cipher, Cipher]:
        """The ciphers of what the client sends and of what it is sent."""
        keys = derive(b"", b"", 64, self._salt)
        return Cipher(keys[:32]), Cipher(keys[32:])


class Identity:
    """The server's static key, and the chain root, intermediate, leaf that vouches for it."""

    def __init__(self) -> None:
        self.static = KeyPair()
        between, now = KeyPair(), int(time.time())
        validity = ((4, now - _DAY), (5, now + _DAY))
        # serial, issuer's serial, key: the client knows that the root's serial is 0
        intermediate = message((1, 7), (2, 0), (3, between.public), *validity)
        leaf = message((1, 8), (2, 7), (3, self.static.public), *validity)
        self.chain = message((1, _certified(leaf, between)), (2, _certified(intermediate, ROOT)))


def _certified(details: bytes, by: KeyPair) -> bytes:
    return message((1, details), (2, by.sign(details)))


class Channel:
    """A client's connection after the handshake; `client_key` says who it is and `payload` what it wants."""

    def __init__(self, client_key: bytes, payload: Fields, incoming: Cipher, outgoing: Cipher) -> None:
        self.client_key = client_key
        self.payload = payload
        self.open = incoming.open
        self.seal = outgoing.seal


async def shake_hands(
    identity: Identity,
    prologue: bytes,
    read_frame: Callable[[], Awaitable[bytes]],
    send_frame: Callable[[bytes], Awaitable[None]],
) -> Channel:
    state, ephemeral = Handshake(prologue), KeyPair()

    client_ephemeral = Fields(await read_frame()).inner(_CLIENT_HELLO).content(1)
    state.mix_transcript(client_ephemeral)

    state.mix_transcript(ephemeral.public)
    state.mix_key(ephemeral.agree(client_ephemeral))
    static = state.seal(identity.static.public)
    state.mix_key(identity.static.agree(client_ephemeral))
    hello = message((1, ephemeral.public), (2, static), (3, state.seal(identity.chain)))
    await send_frame(message((_SERVER_HELLO, hello)))

    finish = Fields(await read_frame()).inner(_CLIENT_FINISH)
    client_key = state.open(finish.content(1))
    state.mix_key(ephemeral.agree(client_key))
    payload = Fields(state.open(finish.content(2)))
    return Channel(client_key, payload, *state.split())

"""Signal, the side that writes: X3DH with a client's signed prekey, then one sending chain.

Nothing the client sends is ever decrypted, so the chain never turns, and every message stays the kind
that a sender writes until it has heard back: a PreKeySignalMessage (`pkmsg`).
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from tests.whatsapp_server.keys import KeyPair, derive
from tests.whatsapp_server.wire import message

_VERSION_3 = b"\x33"
_CURVE25519 = b"\x05"  # stands before a public key
_SENDERS_REGISTRATION = 1001


@dataclass(frozen=True)
class Prekeys:
    """What a client registers when it pairs."""

    identity: bytes
    signed: bytes
    signed_id: int


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, hashlib.sha256)


def encrypt_cbc(key: bytes, vector: bytes, plain: bytes) -> bytes:
    """AES-CBC with PKCS#7 padding."""
    padder, encryptor = PKCS7(128).padder(), Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()


class SenderSession:
    """From one person's phone to one client; each message uses the chain's next key."""

    def __init__(self, sender: KeyPair, to: Prekeys) -> None:
        base, ratchet = KeyPair(), KeyPair()
        agreed = [sender.agree(to.signed), base.agree(to.identity), base.agree(to.signed)]
        root = derive(b"\xff" * 32 + b"".join(agreed), b"WhisperText", 64)[:32]
        self._chain = derive(ratchet.agree(to.signed), b"WhisperRatchet", 64, root)[32:]
        self._sent = 0
        self._ratchet = _CURVE25519 + ratchet.public
        self._parties = _CURVE25519 + sender.public + _CURVE25519 + to.identity
        self._sender, self._base, self._to = _CURVE25519 + sender.public, _CURVE25519 + base.public, to

    def encrypt(self, plain: bytes) -> bytes:
        """The content of an <enc type="pkmsg"> for a serialized waE2E.Message."""
        keys = derive(_mac(self._chain, b"\x01"), b"WhisperMessageKeys", 80)
        cipher_key, mac_key, vector = keys[:32], keys[32:64], keys[64:]
        # WhatsApp's own padding, 1 to 16 bytes that each say how many, lies inside Signal's
        sealed = encrypt_cbc(cipher_key, vector, plain + b"\x01")
        signed = _VERSION_3 + message((1, self._ratchet), (2, self._sent), (3, 0), (4, sealed))
        signed += _mac(mac_key, self._parties + signed)[:8]
        self._chain, self._sent = _mac(self._chain, b"\x02"), self._sent + 1
        return _VERSION_3 + message(
            (2, self._base), (3, self._sender), (4, signed), (5, _SENDERS_REGISTRATION), (6, self._to.signed_id)
        )

"""Keys of the server, of the phone and of the people who write: X25519 to agree, XEdDSA to sign."""

import hashlib
import itertools
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeyPair:
    """One scalar in two robes: Curve25519 for a shared secret, Ed25519 for a signature.

    An Ed25519 key is the clamped head of its seed's SHA-512, and so is a private X25519 key. XEdDSA takes the
    Edwards point whose sign bit is 0: with a seed that leads to one, a plain Ed25519 signature is an XEdDSA one.
    """

    def __init__(self, name: str | None = None) -> None:
        """A new pair; with a name always the same one, a secret from nobody."""
        for attempt in itertools.count():
            seed = os.urandom(32) if name is None else hashlib.sha256(f"{name} {attempt}".encode()).digest()
            self._edwards = Ed25519PrivateKey.from_private_bytes(seed)
            if not self._edwards.public_key().public_bytes_raw()[31] & 0x80:
                break
        self._montgomery = X25519PrivateKey.from_private_bytes(hashlib.sha512(seed).digest()[:32])
        self.public = self._montgomery.public_key().public_bytes_raw()

    def agree(self, public: bytes) -> bytes:
        return self._montgomery.exchange(X25519PublicKey.from_public_bytes(public))

    def sign(self, content: bytes) -> bytes:
        return self._edwards.sign(content)


def derive(secret: bytes, info: bytes, size: int, salt: bytes = b"") -> bytes:
    """HKDF-SHA256; no salt is one of 32 zeros, as RFC 5869 has it."""
    return HKDF(hashes.SHA256(), size, salt or bytes(32), info).derive(secret)


# The client is prepared to trust this key, see prepared.py. It protects nothing.
ROOT = KeyPair("wa2pg tests: the root of the server's certificates")

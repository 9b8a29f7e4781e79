"""Linking by a code of eight letters that the client shows and the person types on the phone: the phone's side."""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.whatsapp_server.keys import KeyPair, derive

_ROUNDS = 1 << 17
_SALT, _VECTOR, _KEY, _NONCE = 32, 16, 32, 12


class WrongCodeError(Exception):
    """The code that was typed is not the one that the client shows."""


def _apply(code: str, salt: bytes, vector: bytes, key: bytes) -> bytes:
    """Wrap a public key with the code, or unwrap it: in counter mode the same."""
    secret = hashlib.pbkdf2_hmac("sha256", code.encode(), salt, _ROUNDS, 32)
    return Cipher(algorithms.AES(secret), modes.CTR(vector)).encryptor().update(key)


class LinkCode:
    """From the code to the secret that proves the link, as the QR code has it written in it."""

    def __init__(self, typed: str, companions_wrapped: bytes) -> None:
        self._code = typed.replace("-", "").strip().upper()
        self._ephemeral = KeyPair()
        salt, vector, wrapped = _cut(companions_wrapped, _SALT, _VECTOR, _KEY)
        self._agreed = self._ephemeral.agree(_apply(self._code, salt, vector, wrapped))

    def wrapped_ephemeral(self) -> bytes:
        salt, vector = os.urandom(_SALT), os.urandom(_VECTOR)
        return salt + vector + _apply(self._code, salt, vector, self._ephemeral.public)

    def secret(self, bundle: bytes, phone: KeyPair, companion_identity: bytes) -> bytes:
        """Open what the client answers; raises WrongCodeError where the two do not agree."""
        salt, nonce, sealed = _cut(bundle, _SALT, _NONCE, len(bundle) - _SALT - _NONCE)
        key = derive(self._agreed, b"link_code_pairing_key_bundle_encryption_key", 32, salt)
        try:
            opened = AESGCM(key).decrypt(nonce, sealed, None)
        except InvalidTag as error:
            raise WrongCodeError from error
        companion, primary, random = _cut(opened, _KEY, _KEY, 32)
        if (companion, primary) != (companion_identity, phone.public):
            raise WrongCodeError
        return derive(self._agreed + phone.agree(companion) + random, b"adv_secret", 32)


def _cut(content: bytes, *sizes: int) -> list[bytes]:
    if len(content) != sum(sizes):
        raise ValueError(f"{len(content)} bytes, not {' + '.join(map(str, sizes))}")
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return [content[end - size : end] for end, size in zip(ends, sizes, strict=True)]

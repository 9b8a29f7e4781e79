"""The phone's address book and the account's own name: WhatsApp's app state, of which the client gets one patch.

A client that has the phone's key for it asks for each collection by name. Sources of the format: the messages of
neonize's WAServerSync and WAWebProtobufSyncAction, and what whatsmeow checks before it believes a patch.
"""

import hashlib
import hmac
import json
import os
import struct
import time
from collections.abc import Mapping, Sequence

from tests.whatsapp_server.keys import derive
from tests.whatsapp_server.nodes import Node
from tests.whatsapp_server.signal_session import encrypt_cbc
from tests.whatsapp_server.wire import message

_CONTACTS, _OWN_NAME = "critical_unblock_low", "critical_block"
# fields of SyncActionValue
_CONTACT_ACTION, _PUSH_NAME_SETTING = 3, 7
_ACTION_VERSION = 2
_SET = 0  # an operation, beside REMOVE
_FIRST = 1  # version of the only patch
_DIGEST_WORDS = struct.Struct("<64H")

# an index such as ["contact", JID], and a serialized SyncActionValue
_Action = tuple[Sequence[str], bytes]


def _mac(key: bytes, *content: bytes) -> bytes:
    return hmac.digest(key, b"".join(content), hashlib.sha256)


class AddressBook:
    def __init__(self, names: Mapping[str, str], push_name: str) -> None:
        """`names` are the full names by JID."""
        self._key_id, self._key = os.urandom(6), os.urandom(32)
        keys = derive(self._key, b"WhatsApp Mutation Keys", 160)
        self._index, self._cipher, self._value, self._snapshot, self._patch = (
            keys[place : place + 32] for place in range(0, 160, 32)
        )
        collections = {
            _CONTACTS: [(["contact", jid], _contact(name)) for jid, name in names.items()],
            _OWN_NAME: [(["setting_pushName"], _action(_PUSH_NAME_SETTING, message((1, push_name))))],
        }
        self._patches = {name: self._sealed(name, actions) for name, actions in collections.items() if actions}

    def key_share(self) -> bytes:
        """The fields of a ProtocolMessage with which the phone gives its key away."""
        data = message((1, self._key), (2, message((1, 1), (2, 0))), (3, int(time.time() * 1000)))
        return message((2, 6), (7, message((1, message((1, message((1, self._key_id))), (2, data))))))

    def collection(self, asked: Node) -> Node:
        """What a <collection> is answered with: the patch, if there is one and the client does not have it."""
        name = asked.attrs["name"]
        patch = self._patches.get(name)
        fresh = patch is not None and int(asked.attrs.get("version", 0)) < _FIRST
        attrs = {"name": name, "version": str(_FIRST if patch else 0)}
        return Node("collection", attrs, (Node("patches", {}, (Node("patch", data=patch),)),) if fresh else ())

    def _sealed(self, name: str, actions: Sequence[_Action]) -> bytes:
        records, macs = [], []
        for index, value in actions:
            record, mac = self._record(json.dumps(index).encode(), value)
            records.append((2, message((1, _SET), (2, record))))
            macs.append(mac)
        where = _FIRST.to_bytes(8, "big"), name.encode()
        snapshot = _mac(self._snapshot, _sum(macs), *where)
        patch = _mac(self._patch, snapshot, *macs, *where)
        version, key_id = message((1, _FIRST)), message((1, self._key_id))
        return message((1, version), *records, (4, snapshot), (5, patch), (6, key_id))

    def _record(self, index: bytes, value: bytes) -> tuple[bytes, bytes]:
        """A sealed SyncdRecord, and the code that stands for its value."""
        vector = os.urandom(16)
        data = message((1, index), (2, value), (3, b""), (4, _ACTION_VERSION))
        sealed = vector + encrypt_cbc(self._cipher, vector, data)
        length = (1 + len(self._key_id)).to_bytes(8, "big")
        signed = bytes((_SET + 1,)) + self._key_id + sealed + length
        mac = hmac.digest(self._value, signed, hashlib.sha512)[:32]
        blobs = (_mac(self._index, index), sealed + mac, self._key_id)
        return message(*((place, message((1, blob))) for place, blob in enumerate(blobs, 1))), mac


def _action(field: int, action: bytes) -> bytes:
    return message((1, int(time.time() * 1000)), (field, action))


def _contact(full_name: str) -> bytes:
    return _action(_CONTACT_ACTION, message((1, full_name), (2, full_name.split(maxsplit=1)[0])))


def _sum(macs: Sequence[bytes]) -> bytes:
    """The digest of a collection, which does not depend on the order of what is in it."""
    spread = (_DIGEST_WORDS.unpack(derive(mac, b"WhatsApp Patch Integrity", _DIGEST_WORDS.size)) for mac in macs)
    return _DIGEST_WORDS.pack(*(sum(words) & 0xFFFF for words in zip(*spread, strict=True)))

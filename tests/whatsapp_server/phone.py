"""The phone: its history in chunks, its own messages and those it gets, each sealed for the linked device."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.whatsapp_server.address_book import AddressBook
from tests.whatsapp_server.chunks import Chunk, pack
from tests.whatsapp_server.keys import KeyPair
from tests.whatsapp_server.media import MediaHost
from tests.whatsapp_server.nodes import Jid, Node
from tests.whatsapp_server.scenario import ChatMessage, Scenario
from tests.whatsapp_server.signal_session import Prekeys, SenderSession
from tests.whatsapp_server.wire import message

# fields of waE2E.Message
_PROTOCOL_MESSAGE, _DEVICE_SENT_MESSAGE = 12, 31
# a receipt of these kinds asks for the message again
_REFUSALS = frozenset({"retry", "server-error"})


@dataclass
class Item:
    """A message for the linked device, kept until there is a receipt."""

    id: str
    kind: str  # history, live, keys or offline
    sender: str | None  # whose key seals it; None: the phone's
    plain: bytes
    attrs: dict[str, str]
    about: dict[str, Any] = field(default_factory=dict)
    stanza: Node | None = None  # sent once; what is sent again are the same bytes
    receipts: set[str] = field(default_factory=set)

    @property
    def received(self) -> bool:
        """The server need not deliver it again."""
        return bool(self.receipts - _REFUSALS)

    @property
    def settled(self) -> bool:
        """No further receipt is to be expected."""
        return "hist_sync" in self.receipts if self.kind == "history" else self.received


@dataclass
class Companion:
    """A linked device as phone and server remember it."""

    jid: Jid
    lid: Jid
    prekeys: Prekeys
    items: list[Item]
    sessions: dict[str | None, SenderSession] = field(default_factory=dict)
    logins: int = 0
    was_dropped: bool = False

    def note_receipt(self, item_id: str, kind: str) -> None:
        for item in self.items:
            if item.id == item_id:
                item.receipts.add(kind)


class Phone:
    def __init__(self, scenario: Scenario, media: MediaHost) -> None:
        self.keys = KeyPair()
        self.jid = Jid(f"{scenario.account}@s.whatsapp.net")
        self._scenario = scenario
        self._media = media
        self.address_book = AddressBook(scenario.address_book, scenario.push_name)
        self._people: dict[str | None, KeyPair] = {None: self.keys}
        self._pairings = 0
        self._chunks = [pack(number, blob, scenario) for number, blob in enumerate(scenario.history, 1)]

    def link(self, prekeys: Prekeys) -> Companion:
        """A new linked device, for which the whole history begins anew."""
        self._pairings += 1
        device = 10 + self._pairings
        for chunk in self._chunks:
            if chunk.upload:
                self._media.put(chunk.upload)
        items = [self._history_item(chunk) for chunk in self._chunks]
        items += [self._item("live", each) for each in self._scenario.live]
        if self._scenario.address_book:
            items.append(self._keys_item())
        lid = Jid(f"{self._scenario.lid}:{device}@lid")
        return Companion(Jid(f"{self._scenario.account}:{device}@s.whatsapp.net"), lid, prekeys, items)

    def _history_item(self, chunk: Chunk) -> Item:
        return Item(chunk.id, "history", None, chunk.plain, self._peer_attrs(), chunk.about)

    def _keys_item(self) -> Item:
        """What lets the client read the address book."""
        plain = message((_PROTOCOL_MESSAGE, self.address_book.key_share()))
        return Item("KEYS0001", "keys", None, plain, self._peer_attrs())

    def _peer_attrs(self) -> dict[str, str]:
        """From the phone to a device of the same account."""
        return {"from": self.jid, "category": "peer", "notify": self._scenario.push_name}

    def offline_items(self) -> Iterator[Item]:
        return (self._item("offline", each) for each in self._scenario.offline)

    def _item(self, kind: str, sent: ChatMessage) -> Item:
        person, plain = Jid(sent.sender), sent.message
        attrs: dict[str, str] = {"from": self.jid if sent.from_me else person}
        if sent.from_me:
            # how the phone tells its other devices what it wrote, and to whom
            plain = message((_DEVICE_SENT_MESSAGE, message((1, person), (2, plain))))
            attrs["recipient"] = person
        if sent.alt:
            other = Jid(sent.alt)
            whose = "peer_recipient" if sent.from_me else "sender"
            attrs[f"{whose}_{'lid' if other.server == 'lid' else 'pn'}"] = other
        if sent.push_name is not None:
            attrs["notify"] = sent.push_name
        if sent.seconds is not None:
            attrs["t"] = str(sent.seconds)
        return Item(sent.id, kind, None if sent.from_me else sent.sender, plain, attrs)

    def seal(self, item: Item, companion: Companion) -> Node:
        """The <message> with the item in it, made the first time that it is sent."""
        if item.stanza is None:
            if item.sender not in companion.sessions:
                keys = self._people.setdefault(item.sender, KeyPair())
                companion.sessions[item.sender] = SenderSession(keys, companion.prekeys)
            sealed = companion.sessions[item.sender].encrypt(item.plain)
            enc = Node("enc", {"v": "2", "type": "pkmsg"}, data=sealed)
            attrs = {"id": item.id, "type": "text", "t": str(int(time.time())), **item.attrs}
            item.stanza = Node("message", attrs, (enc,))
        return item.stanza

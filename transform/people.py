"""Who is who: addresses (JIDs) of WhatsApp, the LIDs among them, and the person behind each.

Servers of addresses: `s.whatsapp.net` and the older `c.us` carry a phone number, `lid` a hidden id that is not a
number; `hosted` and `hosted.lid` are the same for business devices run by somebody else (whatsmeow, types/jid.go).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transform.phones import phone_of

NUMBER_SERVER = "s.whatsapp.net"
LID_SERVER = "lid"
_SERVERS = {
    "s.whatsapp.net": NUMBER_SERVER,
    "c.us": NUMBER_SERVER,
    "hosted": NUMBER_SERVER,
    "lid": LID_SERVER,
    "hosted.lid": LID_SERVER,
}
_OTHER_SERVERS = {"g.us": "group", "broadcast": "broadcast", "newsletter": "channel", "bot": "bot"}
# numbers that WhatsApp gave to its assistants (whatsmeow, types/jid.go)
_BOT_NUMBER = re.compile(r"1313555\d{4}|131655500\d\d")

# best first; the first four name the pair itself, the rest are only seen beside a message or contact
DIRECT_SOURCES = ("conversation", "mapping", "live", "session")
SOURCES = (*DIRECT_SOURCES, "receipt", "inline_contact")


@dataclass(frozen=True)
class Evidence:
    """One source's word that a LID and a number are the same person; `arrival` grows with the payloads."""

    lid: str
    pn: str
    source: str
    arrival: int

    @property
    def direct(self) -> bool:
        """Whether the source names the pair itself."""
        return self.source in DIRECT_SOURCES

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        """Sorts the best evidence first: direct, newest, by source, by number."""
        place = SOURCES.index(self.source) if self.source in SOURCES else len(SOURCES)
        return not self.direct, -self.arrival, place, self.pn


@dataclass(frozen=True)
class Person:
    """A person: E.164 phone, or None with the `problem` why (`no_phone`, `not_a_phone`).

    `addresses` are those with messages or evidence, sorted; `own` is the company itself.
    """

    phone: str | None
    problem: str | None
    own: bool
    addresses: tuple[str, ...]


def address_of(jid: str) -> str:
    """The address without device and agent, on the server's present name; other servers' stay as they are."""
    user, _, server = jid.partition("@")
    if server not in _SERVERS:
        return jid
    return f"{re.split('[:.]', user, maxsplit=1)[0]}@{_SERVERS[server]}"


def why_not_a_person(address: str) -> str | None:
    """Why no client stands behind an address (a `not_for_crm` reason), or None."""
    user, _, server = address.partition("@")
    if address == "status@broadcast":
        return "status"
    if server in _OTHER_SERVERS:
        return _OTHER_SERVERS[server]
    if server == NUMBER_SERVER and user == "0":
        return "psa"
    if server == NUMBER_SERVER and _BOT_NUMBER.fullmatch(user):
        return "bot"
    if server not in {NUMBER_SERVER, LID_SERVER} or not user:
        return "other_server"
    return None


def find_people(
    with_messages: Iterable[str],
    others: Iterable[str],
    evidence: Iterable[Evidence],
    own: Sequence[str],
    region: str | None,
) -> dict[str, Person]:
    """The person of every address of one: those with messages, `others` (contacts) and the company's own.

    One person is everything that direct evidence, or where a LID has none of it any evidence, joins; and
    addresses whose numbers are the same today. His phone is the number of the best evidence that is a phone.
    """
    own_addresses = {address_of(jid) for jid in own}
    used = _usable_evidence(evidence, own_addresses)
    talking = {address for address in with_messages if why_not_a_person(address) is None}
    listed = talking | {pair.lid for pair in used} | {pair.pn for pair in used}
    known = listed | own_addresses | {address for address in others if why_not_a_person(address) is None}
    phones = {address: phone for address in known if (phone := _phone(address, region))}

    joined = _Joined()
    for address in known:
        joined.find(address)
    for pair in used:
        joined.join(pair.lid, pair.pn)
    for address, phone in phones.items():
        joined.join(address, phone)

    members: defaultdict[str, list[str]] = defaultdict(list)
    for address in known:
        members[joined.find(address)].append(address)
    pairs: defaultdict[str, list[Evidence]] = defaultdict(list)
    for pair in used:
        pairs[joined.find(pair.lid)].append(pair)
    people = {}
    for root, addresses in members.items():
        numbers = [pair.pn for pair in sorted(pairs[root], key=lambda pair: pair.rank)] or sorted(addresses)
        phone = next((phones[number] for number in numbers if number in phones), None)
        has_number = any(address.endswith("@" + NUMBER_SERVER) for address in addresses)
        person = Person(
            phone=phone,
            problem=None if phone else "not_a_phone" if has_number else "no_phone",
            own=not own_addresses.isdisjoint(addresses),
            addresses=tuple(sorted(listed.intersection(addresses))),
        )
        people.update(dict.fromkeys(addresses, person))
    return people


def _phone(address: str, region: str | None) -> str | None:
    user, _, server = address.partition("@")
    return phone_of(user, region) if server == NUMBER_SERVER else None


def _usable_evidence(evidence: Iterable[Evidence], own: set[str]) -> list[Evidence]:
    """Direct pairs, and of LIDs without one the others; less what joins no LID to a person's number."""
    pairs = []
    for found in evidence:
        pair = Evidence(address_of(found.lid), address_of(found.pn), found.source, found.arrival)
        lid_user, _, lid_server = pair.lid.partition("@")
        pn_user, _, pn_server = pair.pn.partition("@")
        if (lid_server, pn_server) != (LID_SERVER, NUMBER_SERVER) or why_not_a_person(pair.pn):
            continue
        if not (_is_number(lid_user) and _is_number(pn_user)):
            continue
        # a receipt or contact that puts a client's LID beside the company's own number would hide the client
        if not pair.direct and (pair.lid in own) != (pair.pn in own):
            continue
        pairs.append(pair)
    named = {pair.lid for pair in pairs if pair.direct}
    return [pair for pair in pairs if pair.direct or pair.lid not in named]


def _is_number(user: str) -> bool:
    return user.isascii() and user.isdigit()


class _Joined:
    """Sets of addresses that are joined pair by pair (union-find with path halving)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, item: str) -> str:
        parent = self._parent
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: str, other: str) -> None:
        # the smaller name leads, whatever the order of joining
        low, high = sorted((self.find(one), self.find(other)))
        self._parent[high] = low

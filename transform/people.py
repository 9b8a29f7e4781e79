"""Who is who: addresses (JIDs) of WhatsApp, the LIDs among them, and the person behind each.

Servers of addresses: `s.whatsapp.net` and the older `c.us` carry a phone number, `lid` a hidden id that is not a
number; `hosted` and `hosted.lid` are the same for business devices run by somebody else (whatsmeow, types/jid.go).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.progress import Progress, followed, no_progress
from schemas.translation import N_
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
TELLING_APART = N_("telling people apart")

# best first; the first four name the pair itself, the rest are only seen beside a message or contact
DIRECT_SOURCES = ("conversation", "mapping", "live", "session")
RECEIPT = "receipt"
SOURCES = (*DIRECT_SOURCES, RECEIPT, "inline_contact")


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
    progress: Progress = no_progress,
) -> dict[str, Person]:
    """The person of every address of one: those with messages, `others` (contacts) and the company's own.

    A person is one present number: a LID's is that of its best evidence that is a phone, and LIDs and addresses
    whose present number is the same are one person. A number that its LID has left is that LID's older address,
    unless somebody has it today; a number that several have left goes with the one who had it last. `progress` hears
    how many of the addresses have been looked at, which is what takes long.
    """
    own_addresses = {address_of(jid) for jid in own}
    used = _usable_evidence(evidence, own_addresses, region)
    talking = {address for address in with_messages if why_not_a_person(address) is None}
    listed = talking | {pair.lid for pair in used} | {pair.pn for pair in used}
    known = listed | own_addresses | {address for address in others if why_not_a_person(address) is None}
    phones = {
        address: phone for address in followed(known, progress, TELLING_APART) if (phone := _phone(address, region))
    }

    members: defaultdict[str, set[str]] = defaultdict(set)
    for address, key in _present(known, used, phones, own_addresses).items():
        members[key].add(address)
    people = {}
    for key, addresses in members.items():
        phone = key if key.startswith("+") else None
        has_number = any(address.endswith("@" + NUMBER_SERVER) for address in addresses)
        person = Person(
            phone=phone,
            problem=None if phone else "not_a_phone" if has_number else "no_phone",
            own=not own_addresses.isdisjoint(addresses),
            addresses=tuple(sorted(listed & addresses)),
        )
        people.update(dict.fromkeys(addresses, person))
    return people


def _present(known: set[str], used: list[Evidence], phones: dict[str, str], own_addresses: set[str]) -> dict[str, str]:
    """What each address stands for today: a phone; else the number that is none, or the address itself."""
    number_of: dict[str, str] = {}
    last_owner: dict[str, str] = {}
    # a number that is no phone gives a person only where there is no better one
    for pair in sorted(used, key=lambda pair: (pair.pn not in phones, pair.rank, pair.lid)):
        number = phones.get(pair.pn, pair.pn)
        number_of.setdefault(pair.lid, number)
        last_owner.setdefault(number, pair.lid)
    in_use = set(number_of.values()) | {phones.get(address, address) for address in own_addresses}
    present = {}
    for address in known:
        number = number_of.get(address) or phones.get(address, address)
        left_by = last_owner.get(number) if number not in in_use else None
        present[address] = number_of[left_by] if left_by else number
    return present


def _phone(address: str, region: str | None) -> str | None:
    user, _, server = address.partition("@")
    return phone_of(user, region) if server == NUMBER_SERVER else None


def _usable_evidence(evidence: Iterable[Evidence], own: set[str], region: str | None) -> list[Evidence]:
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
    pairs = _without_doubtful_receipts(pairs, region)
    return [pair for pair in pairs if pair.direct or pair.lid not in named]


def _without_doubtful_receipts(pairs: list[Evidence], region: str | None) -> list[Evidence]:
    """Receipts count only where one LID stands beside one number that stands beside no other.

    A receipt may be the company's own (of its other devices): its number then stands beside the LIDs of many
    clients, or beside one LID together with the client's number. A number too few is reported; two people taken
    for one would not be seen.
    """
    lids: defaultdict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        lids[_number(pair, region)].add(pair.lid)
    receipts = [pair for pair in pairs if pair.source == RECEIPT and len(lids[_number(pair, region)]) == 1]
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for pair in receipts:
        numbers[pair.lid].add(_number(pair, region))
    certain = [pair for pair in receipts if len(numbers[pair.lid]) == 1]
    return [pair for pair in pairs if pair.source != RECEIPT] + certain


def _number(pair: Evidence, region: str | None) -> str:
    """The pair's number in the form that is the same for every way of writing it."""
    return _phone(pair.pn, region) or pair.pn


def _is_number(user: str) -> bool:
    return user.isascii() and user.isdigit()

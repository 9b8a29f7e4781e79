"""The addresses of the archive as tables: which person each belongs to, and which are no client's."""

from dataclasses import dataclass

import pyarrow as pa

from schemas.progress import Progress, Step, no_progress
from transform.archive import Archive
from transform.people import TELLING_APART, Evidence, Person, address_of, find_people, why_not_a_person
from transform.phones import phone_of, region_of
from transform.warehouse import Warehouse

_ADDRESS = pa.schema(
    [
        pa.field("jid", pa.string()),
        pa.field("chat", pa.int32()),
        pa.field("person", pa.int32()),
        pa.field("outside", pa.string()),
        pa.field("problem", pa.string()),
    ]
)
_PERSON = pa.schema([pa.field("person", pa.int32()), pa.field("phone", pa.string())])


@dataclass(frozen=True)
class AddressBook:
    """People with a phone, ordered by it: a person's place is his number in SQL; `contacts` are all known ones."""

    people: list[Person]
    contacts: list[Person]

    def contacts_without_messages(self, clients: set[str]) -> int:
        """How many contacts are none of the clients (by phone)."""
        return sum(person.phone not in clients for person in self.contacts)


def own_region(archive: Archive) -> str | None:
    """The country (ISO 3166 alpha-2) of the company's own number."""
    for address in archive.own_addresses:
        phone = phone_of(address_of(address).partition("@")[0], None) if not address.endswith("@lid") else None
        if phone:
            return region_of(phone)
    return None


def fill_address_book(
    warehouse: Warehouse, archive: Archive, region: str | None, progress: Progress = no_progress
) -> AddressBook:
    """Tell people apart and make the tables `address` and `person`."""
    progress(Step(TELLING_APART))
    warehouse.run("020_addresses")
    seen = warehouse.rows("from seen_jid order by jid")
    evidence = [Evidence(**row) for row in warehouse.rows("from evidence order by all")]
    addresses = {row["jid"]: address_of(row["jid"]) for row in seen}
    everyone = find_people(
        [addresses[row["jid"]] for row in seen if row["has_messages"]],
        addresses.values(),
        evidence,
        archive.own_addresses,
        region,
        progress,
    )

    by_phone = {person.phone: person for person in everyone.values() if person.phone and not person.own}
    phones = sorted(by_phone)
    number_of = {phone: number for number, phone in enumerate(phones)}
    chat_of = {address: number for number, address in enumerate(sorted(set(addresses.values())))}
    rows, contacts = [], {}
    for row in seen:
        address = addresses[row["jid"]]
        outside = why_not_a_person(address)
        person = None if outside else everyone[address]
        if person and person.own:
            outside, person = "note_to_self", None
        if person and row["is_contact"]:
            contacts[id(person)] = person
        rows.append(
            {
                "jid": row["jid"],
                "chat": chat_of[address],
                "person": number_of[person.phone] if person and person.phone else None,
                "outside": outside,
                "problem": person.problem if person else None,
            }
        )
    warehouse.put("address", pa.Table.from_pylist(rows, schema=_ADDRESS))
    numbered = [{"person": number, "phone": phone} for phone, number in number_of.items()]
    warehouse.put("person", pa.Table.from_pylist(numbered, schema=_PERSON))
    return AddressBook([by_phone[phone] for phone in phones], list(contacts.values()))

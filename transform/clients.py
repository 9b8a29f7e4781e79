"""The clean table clients: facts from SQL, with name, language, status, country and addresses."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import pyarrow as pa

from schemas.progress import Progress, Step, followed, no_progress
from schemas.tables import CLEAN_CLIENTS
from schemas.translation import N_
from transform.addressbook import AddressBook
from transform.enrich import UNREAD, Reading
from transform.names import introduced_name, split_name, usable_name
from transform.phones import country_and_time_zone
from transform.review import AppliedReview
from transform.warehouse import Warehouse

# by the steps of 065_names.sql
_NAME_SOURCES = {
    1: "address_book",
    2: "chat",
    3: "inline_contact",
    4: "business",
    5: "push_name",
    6: "push_name",
}
_INTRODUCTION = "introduction"
_WRITING = N_("writing clients")

# a name and where it is from
Name = tuple[str, str]


def client_rows(
    warehouse: Warehouse,
    book: AddressBook,
    names: Mapping[int, Sequence[Name]],
    readings: Mapping[str, Reading],
    review: AppliedReview | None = None,
    progress: Progress = no_progress,
) -> pa.Table:
    """One row a client, ordered by phone; `names` are those of known_names, `review` has a person's last word.

    Needs the view `clean_messages` of the messages as written.
    """
    progress(Step(_WRITING))
    facts = [row for batch in warehouse.output("085_clients") for row in batch.to_pylist()]
    nameless = [fact["phone"] for fact in facts if fact["person"] not in names]
    introduced = _introduced_names(warehouse, nameless)
    rows = []
    for fact in followed(facts, progress, _WRITING):
        phone = fact["phone"]
        name, source = names[fact["person"]][0] if fact["person"] in names else introduced.get(phone, (None, None))
        first_name, last_name = split_name(name) if name else (None, None)
        country, time_zone = country_and_time_zone(phone)
        reading = readings.get(phone, UNREAD)
        rows.append(
            {
                **fact,
                "name": name,
                "first_name": first_name,
                "last_name": last_name,
                "name_source": source,
                "preferred_language": reading.language,
                "language_confidence": reading.language_confidence,
                "languages": json.dumps(dict(reading.shares), separators=(",", ":")),
                "status": str(reading.decision.status),
                "status_confidence": reading.decision.confidence,
                "status_source": reading.decision.source,
                "status_reason": reading.decision.reason,
                "country": country,
                "time_zone": time_zone,
                "addresses": list(book.people[fact["person"]].addresses),
                "skip": False,
            }
        )
    if review:
        review.apply(rows)
    return pa.Table.from_pylist(rows, schema=CLEAN_CLIENTS)


def known_names(warehouse: Warehouse) -> dict[int, list[Name]]:
    """The usable names of each person that has one, best first, each with its source."""
    warehouse.run("065_names")
    names: dict[int, list[Name]] = {}
    for candidate in warehouse.rows("from name_candidate order by person, step, newest desc, name"):
        if name := usable_name(candidate["name"]):
            names.setdefault(candidate["person"], []).append((name, _NAME_SOURCES[candidate["step"]]))
    return names


def own_names(warehouse: Warehouse) -> set[str]:
    """The usable names that the company's own people gave themselves."""
    warehouse.run("066_own_names")
    return {name for row in warehouse.rows("from own_name") if (name := usable_name(row["name"]))}


def _introduced_names(warehouse: Warehouse, nameless: list[str]) -> dict[str, Name]:
    warehouse.put("nameless", pa.table({"phone": pa.array(nameless, pa.string())}))
    names = {}
    texts = [row for batch in warehouse.output("087_introductions") for row in batch.to_pylist()]
    for phone, own in groupby(texts, key=itemgetter("phone")):
        if name := introduced_name(row["body"] for row in own):
            names[phone] = (name, _INTRODUCTION)
    return names

"""Which client each row of the review file is about, also after he has changed his number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from transform.phones import phone_of
from transform.review.words import ReviewRow


class Clients:
    """The clients of a clean run, found by phone and address."""

    def __init__(self, clients: Iterable[Mapping[str, Any]]) -> None:
        self._lids: dict[str, frozenset[str]] = {}
        self._by_lid: dict[str, str] = {}
        self._by_number: dict[str, str] = {}
        for client in clients:
            phone = client["phone"]
            lids = lids_of(client["addresses"])
            self._lids[phone] = frozenset(lids)
            self._by_lid |= dict.fromkeys(lids, phone)
            for address in set(client["addresses"]).difference(lids):
                user = address.partition("@")[0]
                self._by_number |= dict.fromkeys({"+" + user, phone_of(user, None) or phone}, phone)

    def find(self, row: ReviewRow) -> str | None:
        """The phone of the row's client: by his LID, by his phone today, by a number he had; None for nobody.

        A number alone does not speak for somebody whose LIDs are all others: he has it now, and the row is about the
        one before him.
        """
        by_lid = {self._by_lid[lid] for lid in row.lids if lid in self._by_lid}
        if len(by_lid) == 1:
            return by_lid.pop()
        for phone in (row.phone, self._by_number.get(row.phone)):
            if phone in by_lid or (phone in self._lids and not self._is_another(row, phone)):
                return phone
        return None

    def _is_another(self, row: ReviewRow, phone: str) -> bool:
        known = self._lids[phone]
        return bool(known) and bool(row.lids) and known.isdisjoint(row.lids)


def lids_of(addresses: Sequence[str]) -> tuple[str, ...]:
    """The LIDs among a client's addresses, sorted."""
    return tuple(sorted(address for address in addresses if address.endswith("@lid")))


def rows_by_client(
    rows: Iterable[ReviewRow], clients: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, list[ReviewRow]], list[ReviewRow]]:
    """Each client's rows, the one under his phone today first, and the rows that are about nobody."""
    known = Clients(clients)
    found: defaultdict[str, list[ReviewRow]] = defaultdict(list)
    unmatched = []
    for row in rows:
        phone = known.find(row)
        if phone is None:
            unmatched.append(row)
        else:
            found[phone].append(row)
    for phone, same in found.items():
        same.sort(key=lambda row: (row.phone != phone, row.phone))
    return dict(found), unmatched

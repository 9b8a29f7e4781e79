"""Which client a row is about."""

import pytest

from transform.review.base import Written
from transform.review.people import Clients
from transform.review.words import ReviewRow

ANNA, BAKYT, MEXICO = "+996555000001", "+996555000002", "+5215512345678"
L1, L2 = "1@lid", "2@lid"


def row(phone: str, *lids: str) -> ReviewRow:
    return ReviewRow(2, phone, lids, {"status": "SOLD"}, skip=False, shown=Written())


def known(**addresses: list[str]) -> Clients:
    phones = {"anna": ANNA, "bakyt": BAKYT, "carla": "+525512345678"}
    return Clients({"phone": phones[who], "addresses": theirs} for who, theirs in addresses.items())


@pytest.mark.parametrize(
    ("clients", "about", "found"),
    [
        (known(anna=[]), row(ANNA), ANNA),
        (known(anna=[]), row(BAKYT), None),
        (known(anna=[L1]), row(ANNA), ANNA),
        (known(anna=[]), row(ANNA, L1), ANNA),
        # his LID says more than the number
        (known(anna=[L2], bakyt=[L1]), row(ANNA, L1), BAKYT),
        # somebody else has the number now, and the one before him is gone
        (known(anna=[L2]), row(ANNA, L1), None),
        (known(bakyt=[L2, f"{ANNA[1:]}@s.whatsapp.net"]), row(ANNA, L1), None),
        # a number he had
        (known(bakyt=[f"{ANNA[1:]}@s.whatsapp.net"]), row(ANNA), BAKYT),
        (known(carla=[f"{MEXICO[1:]}@s.whatsapp.net"]), row(MEXICO), "+525512345678"),
        # LIDs that two clients have by now: the number tells which
        (known(anna=[L1], bakyt=[L2]), row(BAKYT, L1, L2), BAKYT),
        (known(anna=[L1], bakyt=[L2]), row("+996555000003", L1, L2), None),
    ],
)
def test_a_row_is_about_who_has_its_lid_then_its_number_then_had_it(
    clients: Clients, about: ReviewRow, found: str | None
) -> None:
    assert clients.find(about) == found

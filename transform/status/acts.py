"""What the two sides of a chat do, and the form in which words are compared."""

import unicodedata
from enum import StrEnum
from functools import cache


class Act(StrEnum):
    """What one side does with a message."""

    # the client
    ASKS_GENERALLY = "asks_generally"  # "saw your ad", "tell me more": what makes nobody qualified
    ASKS_PRICE = "asks_price"
    GIVES_DETAILS = "gives_details"
    WISHES = "wishes"  # "I want", "do you have", "tomorrow": details unless they ask generally
    SHOWS_INTEREST = "shows_interest"
    THINKS = "thinks"
    BARGAINS = "bargains"
    ASKS_CHANGES = "asks_changes"
    ACCEPTS = "accepts"
    PAYS = "pays"
    SENDS = "sends"  # "sent", "done": a payment if one was asked for
    REFUSES = "refuses"
    DECLINES = "declines"  # "can't make it", "no, thanks": a refusal, or only of this day or part
    IS_SORRY = "is_sorry"  # "unfortunately", "sorry, but"
    TAKES_BACK = "takes_back"
    IS_SERVED = "is_served"
    IS_THANKFUL = "is_thankful"
    INQUIRES_AGAIN = "inquires_again"
    HAS_OFFER = "has_offer"
    SPEAKS_OF_PAYMENT = "speaks_of_payment"
    # the company
    OFFERS = "offers"
    ASKS_PAYMENT = "asks_payment"
    CONFIRMS = "confirms"
    SERVES = "serves"
    REVISES = "revises"  # "I'll recalculate"
    LETS_GO = "lets_go"  # "understood", "no worries": a refusal's answer, and that of other things
    PARTS = "parts"  # "pity", "another time", "good luck": what one says to a refusal


COMPANY_ACTS = frozenset({Act.OFFERS, Act.ASKS_PAYMENT, Act.CONFIRMS, Act.SERVES, Act.REVISES, Act.LETS_GO, Act.PARTS})
CLIENT_ACTS = frozenset(Act) - COMPANY_ACTS


def fold(text: str) -> str:
    """Lower case without accents and with the letters that people type for ө ү ң ё and for Arabic variants."""
    return unicodedata.normalize("NFC", text.lower()).translate(_folding())


@cache
def _folding() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(0xC0, 0x250):
        plain = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))
        if plain != chr(code):
            table[code] = plain
    table.update((ord(typed), plain) for typed, plain in zip("өүңёłıأإآىة", "оунеliااايه", strict=True))
    table.update((ord(mark), "'") for mark in "’ʻʼ‘`´")
    table.update((mark, "") for mark in (*range(0x300, 0x370), *range(0x64B, 0x653), 0x640))
    table[ord("ß")] = "ss"
    return table

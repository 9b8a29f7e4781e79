"""Numbers as people type them: their value, and large round ones that are money without saying so."""

import re

# a round sum of four and more digits, no year, no phone number, no time
_BARE_SUM = re.compile(
    r"(?<![\d+:/.-])(?<!\d[ .\u00a0])([1-9]\d{0,2}[ .,\u00a0]\d{3}|(?!20[0-3]\d)[1-9]\d{2,5}0)"
    r"(?![\d:/]| \d{3}|\s?(?:[mмkк][mм]?|kg|кг|метр\w*)(?!\w))"
)


def bare_sums(text: str) -> tuple[float, ...]:
    """The sums without a currency in a text in lower case."""
    return tuple(value_of(match[1]) or 0.0 for match in _BARE_SUM.finditer(text))


def value_of(number: str) -> float | None:
    """The value of a number as typed; None for a time or a fraction."""
    if ":" in number or "/" in number:
        return None
    digits = re.sub(r"[ .,\u00a0](?=\d{3}(?!\d))", "", number).replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return None

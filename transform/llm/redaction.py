"""What must not leave the machine, replaced by placeholders: numbers, addresses and names.

It errs on the side of taking out too much. What a status is read from stays: prices, dates, times, numbers of people.
"""

import re
import unicodedata
from collections.abc import Iterable

from transform.llm.names import NameMask

# Latin letters and digits that stand for others of the same width in every script: ٠١٢ and ०१२ are digits too
_LINK = re.compile(
    r"(?:https?|ftp|tg|viber|whatsapp|mailto|tel|geo|intent)://\S+|(?:tel|mailto|geo):\S+|www\.\S+"
    r"|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|ru|kg|kz|uz|io|me|app|link|ly|info|biz|travel|pl|de|fr|es|it|uk|tr|ae|in|ua|by|su"
    r"|gl|gg|to|cc|co|ai|dev|page|site|online|shop|store|рф)(?:/\S*|(?![\w.@]))",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@<>\[\]()\"']+@[^\s@<>\[\]()\"']+\.[^\W\d_]{2,}(?:\.[^\W\d_]{2,})*")
_HANDLE = re.compile(r"(?<![\w@])@[\w.]{3,}")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ -]?\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![A-Z0-9])", re.IGNORECASE)
# a letter or two before six to nine digits: AN1234567, ID 1234567, N° 1234567, МС0123456
_PASSPORT = re.compile(r"(?<![^\W\d_])[^\W\d_]{1,2}[ -]?(?:№|N[o°]?\.?)?[ -]?\d{6,9}(?![\d])")
_DATE = re.compile(
    r"(?<![\d])(?:[0-3]?\d\s?[-–—]\s?)?[0-3]?\d[./][01]?\d(?:[./](?:20)?\d\d)?(?![\d])"
    r"|(?<![\d])(?:19|20)\d\d[-./][01]?\d[-./][0-3]?\d(?![\d])"
    r"|(?<![\d])[0-3]?\d-[01]\d-(?:19|20)\d\d(?![\d])"
)
_CURRENCY = (
    r"(?:сом\w{0,3}|руб\w{0,3}|р\.?(?!\w)|₽|\$|usd|долл\w*|бакс\w*|евро|€|eur\w?|тенге|тг|₸|теңге|lira\w*|tl|₺|zł|zl|pln|złot\w*"
    r"|so.?m|сўм|сум\w*|soms?|£|gbp|pounds?|aed|sar|inr|₹|rs|kgs|kzt|uzs|rub|тыс\w*|млн|грн|₴|uah|ريال|درهم|دولار|يورو|c)(?!\w)"
)
_AMOUNT = r"\d{1,3}(?:[ .,'’]\d{3}){1,3}|\d{1,8}"
_PRICE = re.compile(
    rf"(?<![\d+(.-])(?:(?:{_AMOUNT})\s?[-–—/]\s?)?(?:{_AMOUNT})(?:[.,]\d\d?)?\s?{_CURRENCY}"
    rf"|[$€£₽₹]\s?(?:{_AMOUNT})(?:\s?[-–—]\s?(?:{_AMOUNT}))?(?!\d)",
    re.IGNORECASE,
)
_SPACES = "\u00a0\u202f\u2009"
# digits with what people put between them
_DIGITS = re.compile(r"\+?\(?\d(?:[\s().,/_–—-]{0,3}\d){4,}")
_LEAST_DIGITS = 9
_SHORT_PHONE = re.compile(r"(?<![\d.,])\d{2,3}-\d{2}-\d{2}(?![\d-])")
_CALLED_A_NUMBER = re.compile(
    r"(?:тел\w*|ном\w*|whats\w*|ватсап\w*|вотсап\w*|вацап\w*|phone|mobile|call|звон\w*|позвон\w*|number|numer\w*|numéro|n[uú]mero"
    r"|паспорт\w*|passport\w*|инн|пин|pin|код|code|пароль|password|карт\w*|card|сч[её]т\w*|account|رقم|هاتف)"
    r"[^\w\d]{0,4}(?:[^\W\d_]+[^\w\d]{0,3}){0,2}(\+?\(?\d(?:[\s().–—-]{0,3}\d){3,})",
    re.IGNORECASE,
)
_KEPT = re.compile(r"\ue000(\d+)\ue001")


def redact(text: str, names: NameMask) -> str:
    """The text with placeholders for links, addresses, document, card and phone numbers, and the names of `names`."""
    text = _plain(text)
    text = _LINK.sub("[LINK]", text)
    text = _EMAIL.sub("[EMAIL]", text)
    text = _HANDLE.sub("[HANDLE]", text)
    text = _IBAN.sub(_iban, text)
    text = _CALLED_A_NUMBER.sub(lambda found: found[0][: found.start(1) - found.start()] + "[NUMBER]", text)
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\ue000{len(kept) - 1}\ue001"

    text = _PRICE.sub(keep, text)
    text = _PASSPORT.sub("[DOCUMENT]", text)
    text = _DATE.sub(keep, text)
    text = _DIGITS.sub(_number, text)
    text = _SHORT_PHONE.sub("[PHONE]", text)
    text = _KEPT.sub(lambda found: kept[int(found[1])] if int(found[1]) < len(kept) else "", text)
    return names.mask(text)


def _plain(text: str) -> str:
    """Without invisible characters, with ASCII digits, and with no character that the steps use for themselves."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        _digit(sign) for sign in composed if unicodedata.category(sign) not in {"Cf", "Co", "Cc"} or sign in "\n\t"
    )


def _digit(sign: str) -> str:
    if "0" <= sign <= "9" or not sign.isdigit():
        return " " if sign in _SPACES else sign
    value = unicodedata.digit(sign, None)
    return sign if value is None else str(value)


def _iban(found: re.Match[str]) -> str:
    letters = re.sub(r"[\s-]", "", found[0]).upper()
    digits = sum(sign.isdigit() for sign in letters)
    # words in capitals with a number in them are no account: those of every country have at least ten digits
    return "[IBAN]" if _mod_97(letters) or digits >= 10 else found[0]


def _mod_97(iban: str) -> bool:
    moved = iban[4:] + iban[:4]
    return iban.isascii() and int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _number(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    if 13 <= len(digits) <= 19 and luhn(digits):
        return "[CARD]"
    if len(digits) >= _LEAST_DIGITS or (found[0].startswith("+") and len(digits) >= 7):
        return "[PHONE]" if len(digits) <= 15 else "[NUMBER]"
    # a local number is written in one piece: 0 555 ... has nine digits; shorter ones are prices, years, counts
    return found[0]


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a payment card's number (ISO/IEC 7812-1)."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def redact_all(texts: Iterable[str], names: NameMask) -> list[str]:
    """Each text redacted."""
    return [redact(text, names) for text in texts]

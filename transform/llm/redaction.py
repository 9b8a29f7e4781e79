"""What must not leave the machine, replaced by placeholders: numbers, addresses and names.

It errs on the side of taking out too much. What a status is read from stays: prices, dates, times, numbers of people.
"""

import re
import unicodedata
from collections.abc import Iterable

from transform.llm.names import NameMask

# Each pattern that begins with a repetition may only begin where a word does, else a long word takes quadratic time.
_LINK = re.compile(
    r"(?:https?|ftp|tg|viber|whatsapp|mailto|tel|geo|intent)://\S+|(?:tel|mailto|geo):\S+|www\.\S+"
    r"|(?<![\w@.-])(?:[\w-]{1,63}\.){1,8}(?:(?:com|org|net|ru|kg|kz|uz|io|me|app|link|ly|info|biz|travel|pl|de|fr|es|it|uk"
    r"|tr|ae|in|ua|by|su|gl|gg|gy|to|cc|co|ai|dev|page|site|online|shop|store|рф|бел|укр)(?:/\S*|(?![\w.@]))"
    r"|[a-z]{2,24}/\S+)",
    re.IGNORECASE,
)
_OF_EMAIL = r"[^\s@<>\[\]()\"']"
_EMAIL = re.compile(
    rf"(?<!{_OF_EMAIL}){_OF_EMAIL}+\s?(?:@|[\[(]\s?(?:at|@|собака)\s?[\])])\s?"
    rf"{_OF_EMAIL}{{1,200}}\.[^\W\d_]{{2,}}(?:\.[^\W\d_]{{2,}})*"
    rf"|(?<!{_OF_EMAIL}){_OF_EMAIL}+@[^\W\d_]{_OF_EMAIL}+",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@])@[\w.]{3,}")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ -]?\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![A-Z0-9])", re.IGNORECASE)
# a letter or two before six to nine digits: AN1234567, ID 1234567, PE – 1234567, МС0123456; № 1234567; C01X00T47;
# and what no word is: keys, addresses of wallets
_DOCUMENT = re.compile(
    r"(?<![^\W\d_])[^\W\d_]{1,2}[ .:–—-]{0,3}(?:№|[Nn][o°]?\.?)?[ -]?\d{6,9}(?!\d)|(?:№|[Nn]°)[ -]?\d{6,9}(?!\d)"
    r"|(?<![A-Za-z0-9])(?=[A-Z]*\d)(?=\d*[A-Z])(?=(?:[A-Z]*\d){4})[A-Z0-9]{8,12}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{20,}"
)
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
    rf"(?<![\d+.-])(?:(?:{_AMOUNT})\s?[-–—/]\s?)?(?:{_AMOUNT})(?:[.,]\d\d?)?\s?{_CURRENCY}"
    rf"|[$€£₽₹]\s?(?:{_AMOUNT})(?:\s?[-–—]\s?(?:{_AMOUNT}))?(?!\d)",
    re.IGNORECASE,
)
_SPACES = "\u00a0\u202f\u2009"
# 5️⃣ is the digit with these behind it
_OF_KEYCAPS = "\ufe0f\ufe0e\u20e3"
# digits with what people put between them
_DIGITS = re.compile(r"\+?\(?\d(?:[\s().,/_–—-]{0,3}\d){4,}")
_LEAST_DIGITS = 9
_SHORT_PHONE = re.compile(r"(?<![\d.,])\d{2,3}-\d{2}-\d{2}(?![\d-])")
# a phone whatever stands between its digits, as long as it begins like one; letters for zeros too
_LOOSE_PHONE = re.compile(r"(?:\+(?=\d)|(?<!\w)(?:0|[oOоО](?=\d{2})))\d?(?:[^\w\ue000\ue001]{0,4}[\dIlоОoO]){8,}(?!\w)")
# 15 000 - 18 000: sums, not the digits of a phone
_SUM = r"[1-9]\d{0,2}(?:[ .]?\d)?00"
_SUMS = re.compile(rf"(?<![\d+(.,/–—-])(?<!\d\s){_SUM}(?:\s?[-–—/]\s?{_SUM}){{1,2}}(?![\d.,/–—-]|\s\d)")
_TIME = re.compile(r"(?<![\d:])[012]?\d:[0-5]\d(?![\d:])")
_A_NUMBER = r"[^\w\d]{0,4}(?:[^\W\d_]+[^\w\d]{0,3}){0,2}(\+?\(?\d(?:[\s().–—-]{0,3}\d){3,})"
# "номер" is a room too and "звоните с 10-00" a time: fewer digits than six are no phone
_CALLED_A_PHONE = re.compile(
    r"(?<!\w)(?:тел|ном|whats|ватсап|вотсап|вацап|phone|mobile|call|звон|позвон|number|numer|numéro|n[uú]mero|رقم|هاتف)\w{0,20}"
    + _A_NUMBER,
    re.IGNORECASE,
)
_CALLED_A_SECRET = re.compile(
    r"(?<!\w)(?:паспорт|passport|инн|пин|pin|код|code|пароль|password|карт|card|сч[её]т|account)\w{0,20}" + _A_NUMBER,
    re.IGNORECASE,
)
_CARD_CODE = re.compile(r"(?<!\w)(cv[vc]2?\W{0,4})\d{3,4}(?!\d)", re.IGNORECASE)
# "картой 15 000", "в счёт оплаты 22 000"
_ROUND_SUM = re.compile(r"[1-9]\d{0,2}[ .]?\d?00|[1-9]\d{0,2}(?:[ .]\d{3}){1,2}")
_PHONE_BEFORE = re.compile(r"(?:\+|\((?=\d{2,4}\))|(?<!\d)0)[\d\s().,/_–—-]{2,20}\Z")
_KEPT = re.compile(r"\ue000(\d+)\ue001")


def redact(text: str, names: NameMask) -> str:
    """The text with placeholders for links, addresses, document, card and phone numbers, and the names of `names`."""
    text = _plain(text)
    text = _EMAIL.sub("[EMAIL]", text)
    text = _LINK.sub("[LINK]", text)
    text = _HANDLE.sub("[HANDLE]", text)
    text = _IBAN.sub(_iban, text)
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\ue000{len(kept) - 1}\ue001"

    text = _PRICE.sub(lambda found: keep(found) if _is_price(found) else found[0], text)
    text = _CALLED_A_PHONE.sub(lambda found: _called(found, 6), text)
    text = _CALLED_A_SECRET.sub(lambda found: _called(found, 4), text)
    text = _CARD_CODE.sub(r"\1[NUMBER]", text)
    text = _SUMS.sub(keep, text)
    text = _TIME.sub(keep, text)
    text = _DOCUMENT.sub("[DOCUMENT]", text)
    text = _DATE.sub(keep, text)
    text = _DIGITS.sub(_number, text)
    text = _LOOSE_PHONE.sub("[PHONE]", text)
    text = _SHORT_PHONE.sub("[PHONE]", text)
    text = _KEPT.sub(lambda found: kept[int(found[1])] if int(found[1]) < len(kept) else "", text)
    return names.mask(text)


def _is_price(found: re.Match[str]) -> bool:
    """Whether it is no phone, or the end of one, that a letter like that of a currency follows."""
    amounts = re.split(r"[-–—/]", found[0])
    longest = max((re.sub(r"\D", "", amount) for amount in amounts), key=len)
    if len(longest) >= _LEAST_DIGITS and not longest.endswith("000"):
        return False
    return not _PHONE_BEFORE.search(found.string, max(0, found.start() - 22), found.start())


def _called(found: re.Match[str], least_digits: int) -> str:
    number = found[1]
    few = sum(sign.isdigit() for sign in number) < least_digits
    if few or any(kind.fullmatch(number) for kind in (_ROUND_SUM, _SUMS, _DATE)):
        return found[0]
    return found[0][: found.start(1) - found.start()] + "[NUMBER]"


def _plain(text: str) -> str:
    """Without invisible characters, with ASCII digits, and with no character that the steps use for themselves."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        _digit(sign)
        for sign in composed
        if sign in "\n\t" or not (sign in _OF_KEYCAPS or unicodedata.category(sign) in {"Cf", "Co", "Cc"})
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

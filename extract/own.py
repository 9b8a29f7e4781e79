"""The company's own addresses, remembered per account in `archive/<account>/own.json`."""

from pathlib import Path

import phonenumbers

from schemas.errors import ExitCode, UserError
from schemas.files import replace_file
from schemas.manifest import OWN, Own
from schemas.own import own_document, read_own_document
from schemas.translation import _


def parse_own(phone: str | None, lid: str | None, *, option: str = "--own") -> Own:
    """`--own +NUMBER` and `--own-lid LID` as JIDs; raises UserError (2) when they are not of that form.

    `option` is the one that the number was given to.
    """
    return Own(phone=_phone_jid(phone, option) if phone else None, lid=_lid_jid(lid) if lid else None)


def _phone_jid(phone: str, option: str) -> str:
    try:
        number = phonenumbers.parse(phone if phone.startswith("+") else f"+{phone}")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise UserError(
            _("{option} takes the company's own number with its country code.", option=option),
            hint=_("for example: {words}", words=f"{option} +996555000111"),
            exit_code=ExitCode.USAGE,
        )
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}@s.whatsapp.net"


def _lid_jid(lid: str) -> str:
    user = lid.removesuffix("@lid")
    if not (user.isascii() and user.isdigit()):
        raise UserError(
            _("--own-lid takes digits, with or without @lid."),
            hint=_("for example: {words}", words="--own-lid 123456789012345@lid"),
            exit_code=ExitCode.USAGE,
        )
    return f"{user}@lid"


def same_number(one: str, other: str) -> bool:
    """Whether two phone JIDs or numbers with country code are one number, however its country writes it.

    Mexican mobiles go with and without a 1 behind the country code, Argentine ones with and without a 9, Brazilian
    ones with and without a ninth digit; the last eight digits are the same in all of them.
    """
    numbers = [_parsed(text.partition("@")[0]) for text in (one, other)]
    codes = {number.country_code for number in numbers if number is not None}
    ends = {"".join(filter(str.isdigit, text.partition("@")[0]))[-8:] for text in (one, other)}
    return len(codes) == 1 and None not in numbers and len(ends) == 1


def _parsed(digits: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse("+" + digits.lstrip("+"))
    except phonenumbers.NumberParseException:
        return None


def read_own(archive: Path) -> Own:
    """What is remembered of the account; nothing when nothing was said yet."""
    return read_own_document(archive) or Own()


def remember_own(archive: Path, said: Own) -> Own:
    """Add what was said now to what is remembered, and return both; what was said now wins."""
    before = read_own(archive)
    both = Own(phone=said.phone or before.phone, lid=said.lid or before.lid)
    if both != before:
        replace_file(archive / OWN, own_document(both))
    return both

"""Phone numbers from WhatsApp addresses, and the country and time zone they imply.

The test is phonenumbers' `is_possible_number`, never `is_valid_number`: what WhatsApp delivered a message
from exists, and the validity tables are always a few new number ranges behind.
"""

from functools import lru_cache

import phonenumbers
from phonenumbers import timezone

# A mobile of one of these countries could be in several zones. The zone here is that of the country's
# largest city or capital region, where most of its people live. A fixed line keeps the zone of its area code.
MAIN_TIME_ZONES = {
    "AG": "America/Antigua",
    "AI": "America/Anguilla",
    "AU": "Australia/Sydney",
    "BB": "America/Barbados",
    "BM": "Atlantic/Bermuda",
    "BR": "America/Sao_Paulo",
    "BS": "America/Nassau",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "DM": "America/Dominica",
    "DO": "America/Santo_Domingo",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "GD": "America/Grenada",
    "GG": "Europe/Guernsey",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "IE": "Europe/Dublin",
    "IM": "Europe/Isle_of_Man",
    "IT": "Europe/Rome",
    "JE": "Europe/Jersey",
    "JM": "America/Jamaica",
    "KN": "America/St_Kitts",
    "KY": "America/Cayman",
    "KZ": "Asia/Almaty",
    "LC": "America/St_Lucia",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "NO": "Europe/Oslo",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PR": "America/Puerto_Rico",
    "PT": "Europe/Lisbon",
    "RE": "Indian/Reunion",
    "RU": "Europe/Moscow",
    "TT": "America/Port_of_Spain",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
    "VC": "America/St_Vincent",
}
# phonenumbers' tables keep names that IANA has replaced; of each that of the same country in zone.tab (tzdata 2025b)
PRESENT_NAMES = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Choibalsan": "Asia/Ulaanbaatar",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Pacific/Enderbury": "Pacific/Kanton",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}
_UNKNOWN_ZONE = "Etc/Unknown"
_NON_GEOGRAPHIC = "001"
_CACHED = 65_536


def phone_of(user: str, region: str | None) -> str | None:
    """The E.164 number (`+` and digits) of the user part of a `s.whatsapp.net` address.

    `region` (ISO 3166 alpha-2) reads local forms, which begin with 0 or the country's own trunk prefix and
    come from address books and exports. None when there is no possible number in `user`; never raises.
    """
    if not (user.isascii() and user.isdigit()):
        return None
    return _phone_of(user, region.upper() if region else None)


@lru_cache(maxsize=_CACHED)
def _phone_of(digits: str, region: str | None) -> str | None:
    renumbered = _renumbered(digits)
    if _is_possible("+" + renumbered, None):
        return "+" + renumbered
    if region is None or not _has_trunk_prefix(digits, region):
        return None
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_possible(text: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False


def _has_trunk_prefix(digits: str, region: str) -> bool:
    if digits.startswith("0"):
        return True
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return bool(metadata and metadata.national_prefix and digits.startswith(metadata.national_prefix))


def _renumbered(digits: str) -> str:
    """The number as it is dialled today, where WhatsApp kept the address of an older numbering plan.

    Mexico dropped the mobile `1` after 52 (2019). Côte d'Ivoire (2021) put the operator's two digits before the
    old eight: 07, 05 or 01 by the second of them. Benin (2024) put 01 before its eight.
    """
    size = len(digits)
    if size == 13 and digits.startswith("521"):
        return "52" + digits[3:]
    if size == 11 and digits.startswith("225") and digits[3] not in "23":  # 2 and 3 were fixed lines
        operator = "01" if digits[4] in "0123" else "05" if digits[4] in "456" else "07"
        return "225" + operator + digits[3:]
    if size == 11 and digits.startswith("229"):
        return "22901" + digits[3:]
    return digits


def region_of(phone: str) -> str | None:
    """The country of an E.164 number as ISO 3166 alpha-2; None for none (satellite, not a number)."""
    return country_and_time_zone(phone)[0]


@lru_cache(maxsize=_CACHED)
def country_and_time_zone(phone: str) -> tuple[str | None, str | None]:
    """Country (ISO 3166 alpha-2) and IANA time zone of an E.164 number; each None when it cannot be told."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return None, None
    # a number in a range newer than the tables belongs to the main country of its code (+1 US, +7 RU, +44 GB)
    country = phonenumbers.region_code_for_number(number) or phonenumbers.region_code_for_country_code(
        number.country_code or 0
    )
    if country in {_NON_GEOGRAPHIC, phonenumbers.UNKNOWN_REGION}:
        return None, None
    zones = timezone.time_zones_for_number(number)
    if zones == (_UNKNOWN_ZONE,):
        zones = timezone.time_zones_for_geographical_number(number)
    if len(zones) == 1 and zones[0] != _UNKNOWN_ZONE:
        return country, PRESENT_NAMES.get(zones[0], zones[0])
    return country, MAIN_TIME_ZONES.get(country)

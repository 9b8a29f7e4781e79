"""The time zone in which the company's days and hours are told."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from schemas.manifest import Own
from transform.phones import country_and_time_zone, phone_of

UTC_NAME = "UTC"


def company_time_zone(own: Own, region: str | None) -> str:
    """The IANA zone of the company's own number, else that of its region, else UTC.

    `region` is ISO 3166 alpha-2, as in the settings of a clean run.
    """
    own_phone = phone_of(own.phone.partition("@")[0], None) if own.phone else None
    for phone in (own_phone, _a_phone_in(region)):
        zone = country_and_time_zone(phone)[1] if phone else None
        if zone and _is_known_here(zone):
            return zone
    return UTC_NAME


def _a_phone_in(region: str | None) -> str | None:
    example = phonenumbers.example_number(region) if region else None
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) if example else None


def _is_known_here(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True

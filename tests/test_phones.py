"""Phone numbers from WhatsApp addresses."""

from pathlib import Path
from zoneinfo import TZPATH, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from transform.phones import MAIN_TIME_ZONES, PRESENT_NAMES, country_and_time_zone, phone_of, region_of


@pytest.mark.parametrize(
    ("user", "phone"),
    [
        pytest.param("996555123456", "+996555123456", id="Kyrgyzstan"),
        pytest.param("79161234567", "+79161234567", id="Russia"),
        pytest.param("5215512345678", "+525512345678", id="Mexico, the old mobile 1 is dropped"),
        pytest.param("525512345678", "+525512345678", id="Mexico as it is today"),
        pytest.param("5491123456789", "+5491123456789", id="Argentina keeps its mobile 9"),
        pytest.param("541123456789", "+541123456789", id="Argentina, fixed line"),
        pytest.param("551198765432", "+551198765432", id="Brazil, eight digits stay eight"),
        pytest.param("5511987654321", "+5511987654321", id="Brazil, nine digits"),
        pytest.param("2250701234567", "+2250701234567", id="Ivory Coast keeps the zero"),
        pytest.param("22507012345", "+2250707012345", id="Ivory Coast before 2021, Orange"),
        pytest.param("22545012345", "+2250545012345", id="Ivory Coast before 2021, MTN"),
        pytest.param("22501012345", "+2250101012345", id="Ivory Coast before 2021, Moov"),
        pytest.param("22997123456", "+2290197123456", id="Benin before 2024"),
        pytest.param("393331234567", "+393331234567", id="Italy"),
    ],
)
def test_an_address_becomes_an_e164_number(user: str, phone: str) -> None:
    assert phone_of(user, None) == phone


@pytest.mark.parametrize(
    ("user", "region", "phone"),
    [
        ("0555123456", "KG", "+996555123456"),
        ("0555123456", "kg", "+996555123456"),
        ("89161234567", "RU", "+79161234567"),
        ("01701234567", "DE", "+491701234567"),
        ("0612345678", "IT", "+390612345678"),
    ],
)
def test_a_local_form_is_read_by_the_region(user: str, region: str, phone: str) -> None:
    assert phone_of(user, region) == phone


def test_a_local_form_without_a_region_is_no_number() -> None:
    assert phone_of("0555123456", None) is None


def test_an_international_number_wins_over_the_local_reading() -> None:
    assert phone_of("8613912345678", "RU") == "+8613912345678"


def test_digits_without_a_trunk_prefix_are_never_read_as_local() -> None:
    assert phone_of("555123456", "KG") is None


def test_a_possible_number_outside_every_known_range_is_kept() -> None:
    assert phone_of("996111111111", None) == "+996111111111"


@pytest.mark.parametrize(
    "user",
    ["", "0", "+", "abc", "996 555", "+996555123456", "9" * 40, "٩٩٦٥٥٥١٢٣٤٥٦", "99655512345６", "12", "²³", "\x00"],
)
def test_what_is_no_number_is_none(user: str) -> None:
    assert phone_of(user, "KG") is None


def test_an_unknown_region_is_no_error() -> None:
    assert phone_of("0555123456", "ZZ") is None


@given(st.text(max_size=50) | st.from_regex(r"[0-9]{0,45}", fullmatch=True), st.none() | st.text(max_size=3))
def test_hostile_input_never_raises_and_gives_e164_or_none(user: str, region: str | None) -> None:
    phone = phone_of(user, region)
    assert phone is None or (phone[0] == "+" and phone[1:].isdigit() and len(phone) <= 18)


@given(st.text(max_size=30))
def test_country_and_time_zone_never_raise(phone: str) -> None:
    country, _zone = country_and_time_zone(phone)
    assert country is None or len(country) == 2


@pytest.mark.parametrize(
    ("phone", "country", "zone"),
    [
        ("+996555123456", "KG", "Asia/Bishkek"),
        ("+79161234567", "RU", "Europe/Moscow"),
        ("+73832123456", "RU", "Asia/Novosibirsk"),
        ("+77011234567", "KZ", "Asia/Almaty"),
        ("+12125550123", "US", "America/New_York"),
        ("+13105550123", "US", "America/Los_Angeles"),
        ("+14165550123", "CA", "America/Toronto"),
        ("+18762101234", "JM", "America/Jamaica"),
        ("+551198765432", "BR", "America/Sao_Paulo"),
        ("+61412345678", "AU", "Australia/Sydney"),
        ("+34612345678", "ES", "Europe/Madrid"),
        ("+380501234567", "UA", "Europe/Kyiv"),
        ("+97688123456", "MN", "Asia/Ulaanbaatar"),
        ("+447400123456", "GB", "Europe/London"),
        ("+971501234567", "AE", "Asia/Dubai"),
        ("+541123456789", "AR", "America/Argentina/Buenos_Aires"),
        ("+9779812345678", "NP", "Asia/Kathmandu"),
        ("+959791234567", "MM", "Asia/Yangon"),
        ("+919876543210", "IN", "Asia/Kolkata"),
    ],
)
def test_a_number_tells_country_and_time_zone(phone: str, country: str, zone: str) -> None:
    assert country_and_time_zone(phone) == (country, zone)
    assert region_of(phone) == country


def test_a_number_of_several_zones_without_a_main_one_has_no_zone() -> None:
    assert country_and_time_zone("+68672001234") == ("KI", None)


def test_a_satellite_number_has_neither_country_nor_zone() -> None:
    assert country_and_time_zone("+881612345678") == (None, None)


@pytest.mark.parametrize("text", ["", "+", "nonsense", "996555123456"])
def test_what_is_no_number_has_neither_country_nor_zone(text: str) -> None:
    assert country_and_time_zone(text) == (None, None)


def test_every_time_zone_has_the_name_that_it_has_today() -> None:
    tables = [path for folder in TZPATH if (path := Path(folder) / "zone.tab").exists()]
    if not tables:
        pytest.skip("this machine has no zone.tab")
    rows = [line.split("\t") for line in tables[0].read_text().splitlines() if not line.startswith("#")]
    known = {row[2] for row in rows} | {"Etc/Unknown"}
    given = {PRESENT_NAMES.get(zone, zone) for zones in TIMEZONE_DATA.values() for zone in zones}
    assert given | set(MAIN_TIME_ZONES.values()) <= known


def test_the_main_time_zones_exist() -> None:
    known = available_timezones()
    assert not known or set(MAIN_TIME_ZONES.values()) <= known

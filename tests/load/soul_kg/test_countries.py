"""The names of countries are those of phonenumbers."""

import phonenumbers
from phonenumbers import geocoder

from load.targets.soul_kg.countries import country_names


def test_every_country_with_numbers_has_a_name() -> None:
    assert set(country_names()) == set(phonenumbers.SUPPORTED_REGIONS)
    assert all(name and name == name.strip() for name in country_names().values())


def test_the_names_are_those_of_phonenumbers() -> None:
    told = {
        code: geocoder.country_name_for_number(number, "en")
        for code in country_names()
        if (number := phonenumbers.example_number(code)) and phonenumbers.region_code_for_number(number) == code
    }
    assert len(told) > 200
    assert {code: country_names()[code] for code, name in told.items() if name and country_names()[code] != name} == {}

"""English names of countries, for the key `country` of "culturalContext"; the clean tables have their codes."""

import csv
from functools import cache
from importlib.resources import files


@cache
def country_names() -> dict[str, str]:
    """ISO 3166 alpha-2 to name, of every country that has telephone numbers of its own.

    phonenumbers has the same names, beside a hundred megabytes that nobody here needs.
    """
    text = (files("load") / "targets" / "soul_kg" / "countries.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}

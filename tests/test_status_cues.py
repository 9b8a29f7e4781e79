"""What one message does: acts, amounts of money, days."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import transform.status
from transform.status.acts import Act, CueReader
from transform.status.dates import first_day_named

START = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
CUES = sorted((Path(transform.status.__file__).parent / "cues").glob("*.toml"))


@pytest.mark.parametrize("path", CUES, ids=lambda path: path.stem)
def test_every_cue_file_names_known_acts_of_both_sides(path: Path) -> None:
    sides = tomllib.loads(path.read_text("utf-8"))
    assert set(sides) == {"client", "agent"}
    assert set(sides["client"]) | set(sides["agent"]) == set(Act)


@pytest.mark.parametrize(
    ("text", "act", "recognised"),
    [
        ("Оплатил только что", Act.PAYS, True),
        ("ещё не оплатил", Act.PAYS, False),
        ("оплатил? не помню", Act.PAYS, False),
        ("we haven't paid the deposit", Act.PAYS, False),
        ("Мы передумали", Act.REFUSES, True),
        ("Can we change the hotel?", Act.ASKS_CHANGES, True),
        ("J'ai payé", Act.PAYS, True),
        ("j'ai paye", Act.PAYS, True),
    ],
)
def test_an_act_asked_for_or_denied_did_not_happen(text: str, act: Act, recognised: bool) -> None:
    assert (act in CueReader("client").read(text).acts) is recognised


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("45 000 сом", True),
        ("$80", True),
        ("1.980 € pro Person", True),
        ("тогда 54 000", True),
        ("в 10:30", False),
        ("высота 3500 м", False),
        ("в 2026 году", False),
        ("+996 555 123 456", False),
    ],
)
def test_amounts_of_money_are_told_from_other_numbers(text: str, amounts: bool) -> None:
    reading = CueReader("agent").read(text)
    assert (reading.prices + reading.bare_sums > 0) is amounts


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3-8 August", date(2025, 8, 3)),
        ("с 12 июля", date(2025, 7, 12)),
        ("15-июлдан", date(2025, 7, 15)),
        ("June 14", date(2025, 6, 14)),
        ("14.06", date(2025, 6, 14)),
        ("1 января", date(2026, 1, 1)),
        ("31 февраля", None),
        ("40 человек", None),
    ],
)
def test_a_day_without_a_year_is_the_next_one(text: str, day: date | None) -> None:
    assert first_day_named([(START, text)]) == day


def test_the_day_named_last_counts() -> None:
    assert first_day_named([(START, "3 июня"), (START, "перенесём на 8-10 июня")]) == date(2025, 6, 8)

"""What one message does: acts, amounts of money, days."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from transform.status.acts import CLIENT_ACTS, COMPANY_ACTS, Act
from transform.status.cue_files import OURS, TRADES, read_cues
from transform.status.dates import first_day_named
from transform.status.reading import CueReader

START = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
LANGUAGES = sorted(OURS.glob("??.toml"))
CLIENT = CueReader("client", read_cues(OURS, TRADES))
COMPANY = CueReader("agent", read_cues(OURS, TRADES))


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_every_language_knows_a_phrase_for_every_act(path: Path) -> None:
    tables = tomllib.loads(path.read_text("utf-8"))
    assert set(tables) == {"grammar", "client", "agent"}
    assert set(tables["client"]) == CLIENT_ACTS
    assert set(tables["agent"]) == COMPANY_ACTS


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
    assert (act in CLIENT.read(text).acts) is recognised


@pytest.mark.parametrize(
    ("reader", "text", "act"),
    [
        (CLIENT, "Is Tash Rabat on the way?", Act.BARGAINS),
        (COMPANY, "Mit Mietwagen oder mit Fahrer", Act.ASKS_PAYMENT),
        (COMPANY, "первые 10 минут разминка", Act.SERVES),
        (CLIENT, "We loved your portfolio", Act.IS_THANKFUL),
        (CLIENT, "забыл спросить про обувь", Act.IS_THANKFUL),
        (CLIENT, "Another company offered us 900", Act.REFUSES),
    ],
)
def test_a_word_that_means_something_elsewhere_does_not_count(reader: CueReader, text: str, act: Act) -> None:
    assert act not in reader.read(text).acts


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
    reading = COMPANY.read(text)
    assert (bool(reading.prices or reading.bare_sums)) is amounts


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

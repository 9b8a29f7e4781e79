"""The rules on conversations written for these tests (tests/status/DATA.md says how): they keep what they reached."""

import json
from pathlib import Path

import pytest

from transform.status import RuleStatusDetector
from transform.status.evaluate import Evaluation, evaluate
from transform.status.labelled import read_conversations

FOLDER = Path(__file__).parent
WRITTEN, FRESH, NATURAL = (FOLDER / f"{name}.jsonl" for name in ("written", "fresh", "natural"))


def measured(path: Path, detector: RuleStatusDetector, domains: frozenset[str] | None = None) -> Evaluation:
    labelled = read_conversations(path)
    if domains:
        of = {one["id"]: one["domain"] for one in map(json.loads, path.read_text("utf-8").splitlines())}
        labelled = [one for one in labelled if of[one.id] in domains]
    return evaluate(labelled, detector)


@pytest.mark.parametrize(
    ("path", "least"), [(WRITTEN, 0.95), (FRESH, 0.85), (NATURAL, 0.9)], ids=["written", "fresh", "natural"]
)
@pytest.mark.parametrize("trades", [True, False], ids=["all cues", "general cues alone"])
def test_statuses_are_told_in_every_trade_also_by_the_general_cues_alone(
    path: Path, least: float, trades: bool
) -> None:
    assert measured(path, RuleStatusDetector(trades=trades)).macro_f1 >= least


def test_trades_without_a_file_of_their_own_are_understood() -> None:
    found = measured(WRITTEN, RuleStatusDetector(), frozenset({"car-repair", "catering"}))
    assert found.conversations >= 15
    assert found.accuracy >= 0.9


def test_all_statuses_and_languages_occur() -> None:
    lines = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]
    languages = ("ru", "ky", "en", "ar", "fr", "de", "es", "pl", "tr", "kk", "uz", "uk", "it")
    assert {line["lang"] for line in lines} == set(languages)
    assert len({line["status"] for line in lines}) == 8
    assert len({line["domain"] for line in lines}) == 6

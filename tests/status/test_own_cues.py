"""Cue files: those of ours, and what a company adds or breaks."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schemas.errors import ExitCode, UserError
from schemas.words import MessageType, Status
from transform.status import ChatMessage, RuleStatusDetector
from transform.status.cue_files import OURS, TRADES, read_cues

START = datetime(2026, 3, 2, tzinfo=UTC)


def own(folder: Path, content: str | bytes, name: str = "office.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def status(detector: RuleStatusDetector, *lines: str) -> Status:
    messages = [
        ChatMessage(START + timedelta(minutes=n), line[0] == "a", MessageType.TEXT, line[3:])
        for n, line in enumerate(lines)
    ]
    return detector.decide(messages, START + timedelta(days=1)).status


CHAT = ("c: Здравствуйте, нужна аренда зала на 20 человек", "a: Добрый день! 9 000 сом", "c: фиксируем!", "a: Зал ваш.")


def test_a_companys_own_phrases_count_beside_ours(tmp_path: Path) -> None:
    folder = own(tmp_path / "cues", '[client]\naccepts = ["фиксируем"]\n[agent]\nconfirms = ["зал ваш"]\n')
    assert status(RuleStatusDetector(), *CHAT) is Status.PROPOSAL_SENT
    assert status(RuleStatusDetector(folder), *CHAT) is Status.SOLD


def test_the_detectors_name_tells_its_cues(tmp_path: Path) -> None:
    ours = RuleStatusDetector()
    assert RuleStatusDetector(tmp_path / "missing").name == ours.name
    first = RuleStatusDetector(own(tmp_path / "cues", '[client]\npays = ["скинул"]\n')).name
    second = RuleStatusDetector(own(tmp_path / "cues", '[client]\npays = ["скинула"]\n')).name
    assert len({ours.name, first, second, RuleStatusDetector(trades=False).name}) == 4


def test_a_phrase_may_hold_a_number_any_word_the_rest_of_a_word_and_a_sign(tmp_path: Path) -> None:
    folder = own(tmp_path / "cues", '[client]\nrefuses = ["thema # ist * abgehak*", "🛑"]\n')
    detector = RuleStatusDetector(folder)
    assert status(detector, "c: Hallo, Thema 5 ist, naja, abgehakt") is Status.CLOSED
    assert status(detector, "c: Hallo, Thema ist abgehakt") is Status.NEW_LEAD
    assert status(detector, "c: hello 🛑") is Status.CLOSED


@pytest.mark.parametrize(
    ("content", "said", "fix"),
    [
        (b"\xff\xfe[client]", "is not UTF-8 text", "save it as UTF-8"),
        ("[client]\npays = [", "is not TOML", "docs/status.md"),
        ("[client]\npays = 1\n[client]\n", "is not TOML at line 3", "docs/status.md"),
        ("[customer]\npays = []", "has customer where a table must be", "tables are agent client grammar"),
        ("client = 3", "has client where a table must be", "tables are agent client grammar"),
        ('[client]\npayz = ["x"]', "has an unknown list [client] payz", "lists of [client] are accepts asks_changes"),
        ('[client]\nconfirms = ["x"]', "has an unknown list [client] confirms", "lists of [client] are"),
        ('[client]\npays = "оплатил"', "has no list of phrases at [client] pays", 'pays = ["a phrase"]'),
        ('[client]\npays = ["ok", 3]', "has something at [client] pays, place 2, that is no phrase", "a phrase is"),
        ('[client]\npays = ["!?"]', "has something at [client] pays, place 1, that is no phrase", "a phrase is"),
        ('[client]\npays = ["a*"]', "has something at [client] pays, place 1, that is no phrase", "2 letters"),
        ('[client]\npays = ["#"]', "has something at [client] pays, place 1, that is no phrase", "a phrase is"),
        ('[client]\npays = ["# * x"]', "has something at [client] pays, place 1, that is no phrase", "a phrase is"),
        ('[client]\npays = ["* x"]', "has something at [client] pays, place 1, that is no phrase", "a phrase is"),
        (
            '[client]\nbargains = [\n  "price",\n  "% off",\n]',
            "has a phrase at [client] bargains, place 2 (line 4), with a sign that is not read",
            "# for a number",
        ),
        ('[client]\npays = ["sent $"]', "has a phrase at [client] pays, place 1 (line 2), with a sign", "leave other"),
        ('[client]\npays = ["2 sent"]', "has a phrase at [client] pays, place 1 (line 2), with a sign", "# for a"),
        ('[client]\npays = ["sent. all"]', "has a phrase at [client] pays, place 1 (line 2), with a sign", "leave"),
        ('[client]\npays = ["ok \\u0025"]', "has a phrase at [client] pays, place 1, with a sign", "leave other"),
        ('[client]\npays = ["🇰🇬 sent"]', "has a phrase at [client] pays", "leave other"),
        (f'[client]\npays = ["{"x" * 101}"]', "has something at [client] pays, place 1", "at most 100 letters"),
        ("#" * (1 << 20) + "\n", "is larger than 1 MB", "split it"),
        ("x = " + "[" * 5000, "is nested too deeply", "lists of phrases only"),
        ("[client]\npays = [" + '"ab",' * 20_001 + "]", "has more than 20,000 phrases", "leave the rarer ones out"),
        ('["\\u001b[31m"]\npays = []', "has ?[31m where a table must be", "tables are agent"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_place_and_the_fix(
    tmp_path: Path, content: str | bytes, said: str, fix: str
) -> None:
    with pytest.raises(UserError) as raised:
        RuleStatusDetector(own(tmp_path / "cues", content))
    assert raised.value.message.startswith(f"The cue file office.toml {said}")
    assert fix in (raised.value.hint or "")
    assert raised.value.exit_code is ExitCode.CONFIGURATION


@pytest.mark.parametrize(
    "phrase", ["it's paid!", "well-paid, all (yes)", "«paid»", "👍🏽 paid", "paid…", "می‌خواهم", "राशि"]
)
def test_what_stands_between_words_in_texts_too_may_stand_in_a_phrase(tmp_path: Path, phrase: str) -> None:
    folder = own(tmp_path / "cues", f'[client]\npays = ["{phrase}"]')
    assert len(read_cues(folder).tables["client"]) == 1


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "cues" / "office.toml").mkdir(parents=True)
    with pytest.raises(UserError, match=r"office\.toml cannot be read"):
        RuleStatusDetector(tmp_path / "cues")


@pytest.mark.parametrize("path", [*OURS.glob("*.toml"), *TRADES.glob("*.toml")], ids=lambda path: path.stem)
def test_no_phrase_of_ours_stands_twice_in_a_list(tmp_path: Path, path: Path) -> None:
    cues = read_cues(own(tmp_path / "cues", path.read_bytes()))
    for found in cues.tables.values():
        assert len(found) == len(set(found))

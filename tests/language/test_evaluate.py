"""Measuring the detector on labelled texts."""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

import pytest

from schemas.errors import ExitCode, UserError
from transform.language import peers
from transform.language.evaluate import Guess, Labelled, evaluate, length_of, read_labelled


class Table:
    """Answers from a table."""

    name = "table"

    def __init__(self, **guesses: Guess) -> None:
        self.guesses = guesses

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        return [self.guesses.get(text, Guess(None, None)) for text in texts]


def test_what_is_counted() -> None:
    labelled = [
        Labelled(n, text, code)
        for n, text, code in [(1, "a", "ru"), (2, "b", "ru"), (3, "c", "ky"), (5, "d", "other"), (6, "!", "ky")]
    ]
    table = Table(a=Guess("ru", 0.9), b=Guess("ky", 0.4, named=False), c=Guess("ky", 0.8), d=Guess("other", 0.7))
    found = evaluate(labelled, table)
    assert (found.texts, found.accuracy, found.accuracy_of_ours) == (5, 0.6, 0.5)
    assert (found.rejected, found.accuracy_when_named, found.others_rejected) == (0.2, 0.75, 1.0)
    assert found.per_class["ru"] | {"per_length": None} == {
        "texts": 2,
        "precision": 1.0,
        "recall": 0.5,
        "f1": 0.6667,
        "per_length": None,
    }
    assert found.macro_f1 == round((0.6667 + 0.5 + 1.0) / 3, 4)
    assert found.confusion == {"ky": {"ky": 1, "none": 1}, "other": {"other": 1}, "ru": {"ru": 1, "ky": 1}}
    assert found.wrong == [
        {"line": 2, "expected": "ru", "found": "ky", "confidence": 0.4},
        {"line": 6, "expected": "ky", "found": None, "confidence": None},
    ]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("ок", "1-2"),
        ("эки сөз", "1-2"),
        ("үч 3 сөз бар", "3-5"),
        ("a b c d e f", "6-12"),
        ("а " * 13, "13+"),
        ("你好", "1-2"),
        ("去旅游多少钱", "3-5"),
    ],
)
def test_length_in_words(text: str, length: str) -> None:
    assert length_of(text) == length


def test_a_file_has_a_text_a_tab_and_a_code(tmp_path: Path) -> None:
    file = tmp_path / "labelled.tsv"
    file.write_text(
        "text\tlanguage code\nСалам\tKY\tnote\n\n你好\tzh-CN\r\nHoi\tnl\nHallo\tother:nl\nOlá\tpt_BR\n", "utf-8"
    )
    assert [(item.line, item.text, item.code) for item in read_labelled(file)] == [
        (2, "Салам", "ky"),
        (4, "你好", "zh"),
        (5, "Hoi", "other"),
        (6, "Hallo", "other"),
        (7, "Olá", "other"),
    ]


@pytest.mark.parametrize(
    "content", ["ru\tСекрет\nно без\n", "text\tcode\nСекрет без кода\n", "a\tru\nСекрет\tрусский\n", "", "\n"]
)
def test_a_line_that_is_none_is_named_without_its_text(tmp_path: Path, content: str) -> None:
    file = tmp_path / "labelled.tsv"
    file.write_text(content, "utf-8")
    with pytest.raises(UserError) as error:
        read_labelled(file)
    assert error.value.exit_code == ExitCode.USAGE
    assert "Секрет" not in f"{error.value.message}{error.value.hint}"


def test_a_missing_model_of_a_peer_is_a_sentence_that_names_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "files", lambda _name: None)
    with pytest.raises(UserError) as error:
        peers.lid_176_path()
    assert (error.value.exit_code, error.value.hint) == (ExitCode.CONFIGURATION, "make setup")

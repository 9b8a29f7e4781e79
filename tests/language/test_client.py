"""Telling the language that a client prefers."""

import pytest

from transform.language import (
    LEAST_CONFIDENCE,
    NO_LETTERS,
    UNSURE,
    ClientLanguage,
    Detection,
    LanguageDetector,
    client_language,
    open_detector,
)
from transform.language.client import LANGUAGES_OF_COUNTRY, SWITCHED_AFTER


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return open_detector()


def vote(**scores: float) -> Detection:
    ranked = tuple(sorted(scores.items(), key=lambda score: -score[1]))
    language, best = ranked[0]
    return Detection(language if best >= LEAST_CONFIDENCE else UNSURE, best, ranked)


RU, KY, EN = vote(ru=0.95, uk=0.05), vote(ky=0.9, kk=0.1), vote(en=0.97, de=0.03)


def told(
    *detections: Detection, country: str | None = None, expected: dict[str, float] | None = None
) -> ClientLanguage:
    """The language of a client whose messages are all different."""
    said = [(f"text {n}", detection) for n, detection in enumerate(detections)]
    return client_language(said, country=country, expected=expected)


def test_a_client_without_letters_has_no_language() -> None:
    assert told() == told(NO_LETTERS, NO_LETTERS, country="KG") == ClientLanguage(None, None)


def test_messages_without_letters_do_not_vote() -> None:
    assert told(NO_LETTERS, KY, KY, NO_LETTERS, KY) == told(KY, KY, KY)


def test_the_same_text_again_is_no_further_vote() -> None:
    said = [("Ок", RU), ("Канча турат", KY), ("ок ", RU), ("ОК", RU), ("Качан барабыз", KY), ("Мейли", KY)]
    assert client_language(said).language == "ky"
    assert client_language(said).shares == (("ky", 0.75), ("ru", 0.25))


def test_one_odd_message_does_not_outvote_the_others() -> None:
    assert told(*[vote(ky=0.8, ru=0.2)] * 4, vote(ru=1.0)).language == "ky"
    assert told(vote(ky=0.7, ru=0.3), vote(ky=0.6, ru=0.4), vote(ru=0.99), vote(ru=0.99)).language == "ru"


def test_unsure_messages_add_up_to_a_language() -> None:
    unsure = vote(ky=0.45, ru=0.3, kk=0.25)
    assert unsure.language == UNSURE
    assert told(unsure).language == UNSURE
    assert told(*[unsure] * 6).language == "ky"


def test_a_client_between_two_languages_is_unsure() -> None:
    between = told(RU, KY, vote(ru=0.34, ky=0.33, kk=0.33))
    assert between.language == UNSURE
    assert between.confidence is not None
    assert between.confidence < LEAST_CONFIDENCE


def test_the_order_of_messages_does_not_matter_before_a_client_has_switched() -> None:
    votes = [RU, KY, EN, vote(ky=0.6, ru=0.4)]
    assert told(*votes) == told(*reversed(votes))


def test_a_client_who_switched_for_good_gets_the_new_language() -> None:
    before = [RU] * 20
    assert told(*before, *[KY] * (SWITCHED_AFTER - 1)).language == "ru"
    after = told(*before, *[KY] * SWITCHED_AFTER)
    assert (after.language, after.switched) == ("ky", True)
    assert after.shares == (("ru", 0.8), ("ky", 0.2))


def test_unsure_and_empty_messages_neither_make_nor_end_a_run() -> None:
    unsure = vote(ky=0.4, ru=0.35, kk=0.25)
    tail = [KY, NO_LETTERS, KY, unsure, KY, KY]
    assert told(*[RU] * 20, *tail).language == "ru"
    assert told(*[RU] * 20, *tail, KY).language == "ky"


def test_a_client_who_came_back_has_not_switched() -> None:
    last = told(*[RU] * 20, *[KY] * SWITCHED_AFTER, RU)
    assert (last.language, last.switched) == ("ru", False)


def test_few_messages_lean_on_the_phones_country_and_say_so() -> None:
    between = vote(ky=0.45, tr=0.45, ru=0.1)
    assert told(between).language == UNSURE
    assert told(between, country="KG").language == "ky"
    assert told(between, country="TR").language == "tr"
    one, two, three = (told(*[KY] * n, country="KG").confidence for n in (1, 2, 3))
    assert (one, two) == (0.6, 0.75)
    assert three is not None
    assert three > 0.95


def test_a_clear_message_is_believed_against_the_country() -> None:
    german = vote(de=0.99, en=0.01)
    assert told(german, country="KG").language == "de"


def test_enough_messages_are_told_without_the_country() -> None:
    between = vote(ky=0.45, tr=0.45, ru=0.1)
    votes = [between, between, between]
    assert told(*votes, country="TR") == told(*votes, country="KG")


def test_what_the_company_expects_counts_once_for_a_client() -> None:
    between = vote(ky=0.5, kk=0.5)
    few, many = (told(*[between] * n, expected={"ky": 3}).confidence for n in (3, 30))
    assert few == many == pytest.approx(0.75, abs=0.001)
    assert told(*[vote(kk=0.7, ky=0.3)] * 5, expected={"ky": 3}).language == "kk"


def test_countries_are_named_once() -> None:
    assert LANGUAGES_OF_COUNTRY["KG"] == ("ky", "ru")
    assert all(len(country) == 2 and country.isupper() for country in LANGUAGES_OF_COUNTRY)


def test_a_clients_language_is_that_of_most_of_his_messages(detector: LanguageDetector) -> None:
    texts = ["Саламатсызбы", "Эки кишибиз, балдар жок", "👍", "Баасы канча болот?", "Ок", "Окей, спасибо", "Рахмат"]
    assert client_language(zip(texts, detector.detect(texts), strict=True)).language == "ky"

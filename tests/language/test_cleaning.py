"""What of a text tells its language."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transform.language import clean, without_names


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Пишите\nна info@example.org или @anna_b 🙂 https://example.com/ru?x=1 №5", "пишите на или"),
        ("Тур 5000сом, 2-3 күн!!!", "тур сом күн"),
        ("<Media omitted>", ""),
        ("IMG-20260101-WA0001.jpg (file attached)", ""),
        ("image omitted", ""),
        ("‎audio omitted", ""),
        ("сайт tours.kg/ru и www.example.com", "сайт и"),
        ("Привееееет", "привеет"),
        ("don’t stop", "don't stop"),
        ("‘yes’ she said", "yes she said"),
        ("قیمــت‌ها مُهِمّ", "قیمت\u200cها مهم"),
        ("ＡＢＣ　안녕", "abc 안녕"),
        ("e\u0301te\u0301", "été"),
        ("1º, x² ™ ½", "x"),
        ("🇰🇬 1️⃣ ❤️", ""),
        ("नमस्ते", "नमस्ते"),
    ],
)
def test_words_are_left(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_the_apostrophes_of_uzbek_are_one_letter() -> None:
    assert {clean(f"bo{mark}ladi tog{mark}") for mark in "\u02bb\u02bc\u2018\u2019'`´"} == {"bo'ladi tog'"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("бiз", "біз"), ("cаламатсызбы", "саламатсызбы"), ("бγгүн", "бүгүн"), ("сəлем", "сәлем"), ("көлɵ", "көлө")],
)
def test_lookalikes_from_another_layout_are_what_they_look_like(typed: str, meant: str) -> None:
    assert clean(typed) == meant


def test_a_foreign_word_with_an_ending_stays_as_it_is() -> None:
    assert clean("iPhoneду wifi бар") == "iphoneду wifi бар"


@given(st.text())
def test_cleaning_again_changes_nothing_and_leaves_one_line(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == " ".join(once.split())
    assert not any(character.isdigit() and character.isascii() for character in once)


@pytest.mark.parametrize("piece", ["a", "@", "a@", "1a.", "http://", "www.", "a.com/", "'", "<", "aа", "ооо", "𝓐"])
def test_no_text_takes_long(piece: str) -> None:
    started = time.perf_counter()
    clean(piece * 100_000)
    assert time.perf_counter() - started < 0.5


def test_names_are_taken_out_as_whole_words_whatever_their_case() -> None:
    names = ["Айгүл Тур", "Anna-Maria"]
    assert clean(without_names("айгүл, туристтер анна Maria келди", names)) == "туристтер анна келди"
    assert without_names("Айгүлгө айт", names) == "Айгүлгө айт"


def test_names_of_signs_or_of_a_letter_or_two_are_left_in() -> None:
    assert without_names("я и Ян * вместе", ["Я", "Ян", "*", "👍"]) == "я и Ян * вместе"

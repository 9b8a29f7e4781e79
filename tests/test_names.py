"""Names: what is one, and which one a client gives of himself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transform.names import LONGEST_NAME, introduced_name, split_name, usable_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Айбек Асанов", "Айбек Асанов"),
        ("  Anna \t  Maria\n", "Anna Maria"),
        ("\u202aSarah\u202c\u200b", "Sarah"),
        ("محمد", "محمد"),
        ("李明", "李明"),
        ("Anna 🌸", "Anna 🌸"),
        ("O\u2019Brien", "O\u2019Brien"),
        ("Max2000", "Max2000"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("Тур 12345", "Тур 12345"),
    ],
)
def test_a_name_is_trimmed_and_freed_of_what_cannot_be_seen(written: str, name: str) -> None:
    assert usable_name(written) == name


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "   ",
        "\u200b\u202a\u202c",
        "+996 555 12-34-56",
        "~+7 916 123 45 67",
        "\u202a+996\u00a0555\u00a0123456\u202c",
        "(996) 555.12.34.56",
        "+7 916 ••• •• 67",
        "996555123456",
        "996555123456@s.whatsapp.net",
        "Тел. +996 555 123456",
        "🌸🌸",
        "👨‍👩‍👧",
        ".",
        "🇰🇬",
        "\ud800",
    ],
)
def test_a_phone_number_or_a_sign_is_no_name(written: str | None) -> None:
    assert usable_name(written) is None


def test_a_very_long_name_is_cut() -> None:
    assert usable_name("a" * 5000) == "a" * LONGEST_NAME


@given(st.text(max_size=200))
def test_cleaning_a_name_twice_changes_nothing(text: str) -> None:
    once = usable_name(text)
    assert usable_name(once) == once
    if once is not None:
        once.encode()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Айбек", ("Айбек", None)),
        ("Айбек Асанов", ("Айбек", "Асанов")),
        ("Maria del Carmen Ruiz", ("Maria", "del Carmen Ruiz")),
        ("", ("", None)),
    ],
)
def test_a_name_splits_into_its_first_word_and_the_rest(name: str, parts: tuple[str, str | None]) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Здравствуйте! Меня зовут Айбек, хотим на Сон-Куль", "Айбек"),
        ("меня зовут  Анна-Мария Петрова", "Анна-Мария Петрова"),
        ("МЕНЯ ЗОВУТ ДИНАРА", "ДИНАРА"),
        ("Меня зовут: Нурлан Мы вчетвером", "Нурлан"),
        ("Добрый день, меня Светлана зовут", "Светлана"),
        ("Моё имя — Тимур", "Тимур"),
        ("Добрый день! Это Айбек из Оша", "Айбек"),
        ("это Темиркул из Нарына, писал вам вчера", "Темиркул"),
        ("Я Марина, хотела узнать про тур", "Марина"),
        ("Здравствуйте, это Гульмира", "Гульмира"),
        ("Hi, my name is John Smith and I want a tour", "John Smith"),
        ("My name’s O’Brien", "O'Brien"),
        ("Hello! I'm Sarah from London", "Sarah"),
        ("I am Lukas Weber, we met at the fair", "Lukas Weber"),
        ("This is Emma. Do you have a tour in July?", "Emma"),
        ("Саламатсызбы, менин атым Бактыгүл", "Бактыгүл"),
        ("Атым Нурдөөлөт болот", "Нурдөөлөт"),
        ("Мени Чолпон дешет", "Чолпон"),
        ("السلام عليكم، اسمي أحمد وأريد حجز رحلة", "أحمد"),
        ("انا اسمي محمد العلي", "محمد العلي"),
        ("اسمي خالد من الرياض", "خالد"),
        ("Guten Tag, ich heiße Jürgen Müller.", "Jürgen Müller"),
        ("Bonjour, je m'appelle Chloé", "Chloé"),
        ("Hola, me llamo Lucía", "Lucía"),
        ("Dzień dobry, mam na imię Kasia", "Kasia"),
    ],
)
def test_a_clear_introduction_gives_the_name_as_written(text: str, name: str) -> None:
    assert introduced_name([text]) == name


@pytest.mark.parametrize(
    "text",
    [
        "меня зовут на встречу",
        "МЕНЯ ЗОВУТ НА ВСТРЕЧУ",
        "меня зовут в Москву",
        "Меня зовут",
        "Как меня зовут?",
        "мою жену зовут Анна",
        "это мой номер",
        "Это Бишкек?",
        "Это Айбек?",
        "Это Айбек из Оша?",
        "Это Тур из Бишкека",
        "Это Марина посоветовала вас",
        "Это Анна, моя жена",
        "Я Менеджер компании",
        "я из Бишкека",
        "Я Узбек из Оша",
        "I'm interested",
        "I'm Interested in a tour",
        "I'm from Berlin",
        "I'm German, we are two",
        "I am Looking for a tour",
        "This is Great!",
        "Is this Anna?",
        "this is Anna's number",
        "What is your name?",
        "my name is on the list",
        "My name is On the list",
        "ich bin Student",
        "je suis Français",
        "атым жок",
        "санатым Бар",
        "اسمي موجود في القائمة",
        "هل اسمي على القائمة",
        "ما اسمك",
        "",
        "?",
    ],
)
def test_what_is_no_introduction_gives_no_name(text: str) -> None:
    assert introduced_name([text]) is None


def test_the_first_introduction_counts() -> None:
    assert introduced_name(["Привет", "Меня зовут Айбек", "Меня зовут Нурлан"]) == "Айбек"


def test_a_clear_phrase_beats_an_earlier_vague_one() -> None:
    assert introduced_name(["Это Марина из агентства", "Меня зовут Айбек"]) == "Айбек"


def test_an_introduction_deep_inside_a_long_text_is_not_read() -> None:
    assert introduced_name(["ля " * 500 + "меня зовут Айбек"]) is None


@given(st.lists(st.text(max_size=120), max_size=5))
def test_hostile_texts_never_raise(texts: list[str]) -> None:
    name = introduced_name(texts)
    assert name is None or 1 <= len(name.split()) <= 3

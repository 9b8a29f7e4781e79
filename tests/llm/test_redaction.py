"""What must not leave the machine does not; what a status is read from does."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transform.llm.names import NameMask
from transform.llm.redaction import redact

NOBODY = NameMask([])
ANNA = NameMask(["Анна Петрова", "Azamat"])


@pytest.mark.parametrize(
    "secret",
    [
        "+996555123456",
        "996 555 12 34 56",
        "0555123456",
        "0555-12-34-56",
        "0 (555) 12-34-56",
        "8 (800) 555-35-35",
        "+7 916 123-45-67",
        "+44 20 7946 0958",
        "٠٥٥٥١٢٣٤٥٦",
        "+۹۹۶۵۵۵۱۲۳۴۵۶",
        "０５５５１２３４５６",
        "0555\u200b123\u200b456",
        "555 123 456",
        "66-44-55",
        "0555 * 123 * 456",
        "0555•123•456",
        "0555 😀 123 😀 456",
        "0555|123|456",
        "0555:12:34:56",
        "0555\n123\n456",
        "5️⃣5️⃣5️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣",
        "O555 123 456",
        "+996 555 123 456 сом",
        "0555 123 456 rs",
        "555 123 456 c",
        "(555) 123 456 c",
        "C01X00T47",
        "PE – 1234567",
        "AC.1234567",
        "№ 1234567",
        "0x71C7656EC7ab88b098defB751B7401B5f6d8976F",
        "01KG123ABC",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "5555555555554444",
        "2200 7001 2345 6789",
        "AN1234567",
        "ID 1234567",
        "№ AN1234567",
        "45 06 123456",
        "20101199001234",
        "KZ86 125K ZT50 0410 0100",
        "DE89370400440532013000",
        "kg12 1234 5678 9012 3456",
        "anna.petrova+tour@mail.example.ru",
        "почта@пример.рф",
        "https://pay.example.com/i/8f3a?token=abc",
        "www.example.kg/pay?x=1",
        "example.com/u/anna",
        "name [at] mail.example.ru",
        "name(at)mail.example.ru",
        "name @ mail.example.ru",
        "name@mail",
        "example.technology/path?token=abc",
        "пример.рф/пакет",
        "t.me/anna_p",
        "@anna_petrova",
        "tel:+996555123456",
        "wa.me/996555123456",
        "Анна",
        "Анне",
        "АННОЙ",
        "Петровой",
        "Anna",
        "Petrova's",
        "Azamat",
        "Азаматка",
        "Азамату",
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "пишите {}, жду", "call {} now", "({})", "мой номер:{}.", "12 августа {} 4 чел"]
)
def test_a_secret_is_replaced(secret: str, around: str) -> None:
    redacted = redact(around.format(secret), ANNA)
    assert secret not in redacted
    plain = re.sub(r"[^\w@]", "", secret)
    assert plain not in re.sub(r"[^\w@]", "", redacted)
    digits = [run for run in re.findall(r"\d+", redacted) if len(run) > 3]
    assert digits == []
    assert "[" in redacted


@pytest.mark.parametrize(
    "text",
    [
        "15000 сом",
        "120 000 тенге",
        "1 200 000 сум за всё",
        "$450 for two, €1200 for four",
        "15000-18000 сом",
        "от 15 000 до 18 000 сом",
        "25 000 руб.",
        "12.08",
        "12.08.2026 - 15.08.2026",
        "с 12.08 по 15.08, 12-15 августа",
        "2026-08-12",
        "12/08/2026",
        "в 10:30, потом 14:00-16:00",
        "нас 5 человек, 2 детей 6 и 9 лет",
        "3 дня 2 ночи",
        "июль 2026",
        "рост 175, вес 70",
        "250 km in 4 days",
        "цена 4500",
        "предоплата 30%",
        "скидка 10 % если 5+ человек",
        "маршрут 1500 км",
        "да, я подумаю и напишу завтра",
        "кв. 25, дом 12",
        "оплатила картой 15 000 сом",
        "перевёл на карту 5000",
        "номер на двоих 4500 сом, люкс 6500",
        "номер 1500-2000 в сутки",
        "звоните с 10-00 до 18-00",
        "позвоню 15.08.2026",
        "15000-18000 без питания",
        "от 15 000 - 18 000",
        "Тогда +4 номера, это +22 000",
        "итого: 3*4500 + 2*2500 = 18500",
        "09:00-18:00, сб 10:00-16:00",
        "120 000 000 сум",
        "(120 000 000 сум)",
        "рейс TK346 в 07:35",
        "диван 2000×900×850",
        "и/или да/нет",
        "300 $ + 200 €",
        "١٥٠ دولار",
    ],
)
def test_what_a_status_is_read_from_stays(text: str) -> None:
    expected = text.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))
    assert redact(text, ANNA) == expected


@pytest.mark.parametrize(
    "unit", ["a", "-", "a-", "a.", "1,", "1 ", "0-", "$1-", "a@ ", "(at)", "карта a ", "№", "AB12 "]
)
def test_a_long_text_takes_no_longer_than_its_length(unit: str) -> None:
    def seconds(length: int) -> float:
        begin = time.process_time()
        redact(unit * (length // len(unit)), ANNA)
        return time.process_time() - begin

    # eight times the text, 64 times the time where a pattern begins anew at each letter
    assert seconds(80_000) < 24 * max(seconds(10_000), 0.02)


def test_names_are_found_in_every_case_and_script() -> None:
    names = NameMask(["Айгүл Жумабаева", "John O'Neil", "Юлия", "ИП"])
    text = "Айгулге айт, Жумабаевой и Juliya, Юле от Джона? John's friend O'Neil, ип"
    redacted = redact(text, names)
    assert redacted.count("[NAME]") >= 6
    for name in ("Айгул", "Жумабаев", "Juliya", "John", "Neil", "ип"):
        assert name not in redacted
    assert "friend" in redacted


def test_words_of_the_trade_in_an_address_book_are_no_names() -> None:
    assert redact("Сколько стоит тур в Алматы?", NameMask(["Азамат Тур клиент"])) == "Сколько стоит тур в Алматы?"


def test_counts_and_months_in_an_address_book_are_no_names_unless_they_sound_like_one() -> None:
    names = NameMask(["Юля новый тур 5 чел октябрь"])
    assert redact("нас 5 чел, новый тур в октябре, для Юли", names) == "нас 5 чел, новый тур в октябре, для [NAME]"


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("李明", "我是李明,你好", "我是[NAME],你好"),
        ("김민준", "김민준입니다", "[NAME]입니다"),
        ("محمد", "محمد ومحمد", "[NAME] [NAME]"),
        ("علي", "مرحبا لعلي", "مرحبا [NAME]"),
    ],
)
def test_names_are_found_in_scripts_that_join_words(name: str, text: str, masked: str) -> None:
    assert redact(text, NameMask([name])) == masked


@given(st.text(max_size=200))
def test_any_text_can_be_redacted_again_without_a_difference(text: str) -> None:
    once = redact(text, ANNA)
    assert redact(once, ANNA) == once


@given(
    st.text(alphabet="абвгд efgh,.!?\n", max_size=40),
    st.integers(10**8, 10**15 - 1),
    st.sampled_from(["", "+"]),
    st.text(alphabet="абвгд efgh,.!?\n", max_size=40),
)
def test_no_long_number_survives_wherever_it_stands(before: str, number: int, plus: str, after: str) -> None:
    redacted = redact(f"{before} {plus}{number} {after}", NOBODY)
    assert str(number) not in redacted


@given(st.text(alphabet="0123456789 ().-+\u200b\u00a0", min_size=12, max_size=40))
def test_a_placeholder_of_ours_cannot_be_forged_into_something(text: str) -> None:
    redacted = redact("\ue0000\ue001" + text, NOBODY)
    assert "\ue000" not in redacted
    assert "\ue001" not in redacted

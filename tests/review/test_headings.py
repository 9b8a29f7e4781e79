"""The review file's first row in every language: distinct words, read back in any, whatever is in force."""

from collections.abc import Iterator

import pytest

from schemas.translation import LANGUAGES, SOURCE, language, use_language
from transform.review.cells import read_skip
from transform.review.headings import COLUMNS, NO, YES, columns_of, heading, headings_beside, in_every_language
from transform.status.reasons import (
    CLIENT_LAST,
    COMPANY_LAST,
    EVENTS,
    FIRST_CONTACT,
    FIRST_DAY,
    NO_MESSAGE,
    reason_told,
)


@pytest.fixture(autouse=True)
def _language_as_before() -> Iterator[None]:
    before = language()
    yield
    use_language(before)


@pytest.mark.parametrize("told", LANGUAGES)
def test_headings_are_distinct_and_read_back(told: str) -> None:
    use_language(told)
    headings = headings_beside([])

    assert len({name.casefold() for name in headings}) == len(COLUMNS)
    use_language(SOURCE)
    assert columns_of([name.upper() for name in headings]) == list(COLUMNS)


def test_no_word_is_one_column_here_and_another_there() -> None:
    named: dict[str, set[str]] = {}
    for told in LANGUAGES:
        use_language(told)
        for column in COLUMNS:
            named.setdefault(heading(column).casefold(), set()).add(column)

    assert all(len(columns) == 1 for columns in named.values())


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["Телефон", "status", "имя"], ["phone", "status", "name"]),
        (["phone", "Статус", "мои заметки"], ["phone", "status", "мои заметки"]),
        # a column of one's own beside ours
        ([*COLUMNS, "Имя"], [*COLUMNS, "Имя"]),
        # the English word stands twice then
        (["телефон", "имя", "статус", "name"], ["phone", "name", "status", "name"]),
    ],
)
def test_rows_in_two_languages(headings: list[str], columns: list[str]) -> None:
    assert columns_of(headings) == columns


def test_headings_give_way_to_a_column_of_ones_own() -> None:
    use_language("ru")

    assert headings_beside(["имя"]) == list(COLUMNS)
    assert headings_beside(["заметки"]) == list(map(heading, COLUMNS))


def test_yes_and_no_of_every_language_are_read() -> None:
    assert all(read_skip(word) for word in in_every_language(YES))
    assert not any(read_skip(word) for word in in_every_language(NO))


@pytest.mark.parametrize("told", [told for told in LANGUAGES if told != SOURCE])
def test_every_sentence_of_a_reason_is_told(told: str) -> None:
    use_language(told)
    sentences = [sentence for both in EVENTS.values() for sentence in both]
    sentences = [one.format(day="3 Mar 2026") for one in [*sentences, FIRST_DAY]]
    sentences += [NO_MESSAGE, FIRST_CONTACT, COMPANY_LAST, CLIENT_LAST]
    sentences += ["The client has been silent for 2 days.", "The client has been waiting for an answer for 1200 days."]
    told_again = reason_told(" ".join(sentences))

    assert not any(sentence in told_again for sentence in sentences)
    assert "Mar" not in told_again
    assert "2026" in told_again


def test_a_reason_of_a_persons_own_stays_as_it_is() -> None:
    use_language("ru")

    assert reason_told("He is my cousin. He pays always.") == "He is my cousin. He pays always."


def test_a_clients_status_is_one_and_not_whatsapps_several() -> None:
    use_language("ru")

    assert heading("status") == "статус"
    assert headings_beside([])[COLUMNS.index("status")] == "статус"

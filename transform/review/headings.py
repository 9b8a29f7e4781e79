"""The first row of the review file, in every language that is here: written in the reader's, read back in any."""

import gettext
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from schemas.translation import DOMAIN, LANGUAGES, LOCALE, N_, SOURCE, language

COLUMNS = (N_("phone"), N_("name"), N_("language"), N_("status"), N_("reason"), N_("confidence"), N_("skip"))
YES, NO = N_("yes"), N_("no")
# "status" alone is also WhatsApp's: several of them, in a count of messages
_MESSAGES = {"status": N_("Status")}


def heading(column: str) -> str:
    """What a column is called in the language in force."""
    return _told(language(), column)


def headings_beside(own: Iterable[str]) -> list[str]:
    """The headings of COLUMNS in the reader's language; in another where one of a person's `own` columns is called so.

    English at the latest: a column of one's own that is called as ours in English is refused when the file is read.
    """
    taken = {name.strip().casefold() for name in own}
    free = (told for told in (language(), SOURCE) if taken.isdisjoint(_columns(told)))
    chosen = next(free, SOURCE)
    return [_told(chosen, column) for column in COLUMNS]


def columns_of(headings: Sequence[str]) -> list[str]:
    """The name of each column: one of COLUMNS in whichever language it is written, else a person's own as it stands.

    Most of the row says which language it is in. A word of another one names the column that is not there otherwise;
    beside it, it is a person's own, but for the English word, which then stands twice.
    """
    words = [name.strip().casefold() for name in headings]
    main = max(_in_order(), key=lambda told: sum(word in _columns(told) for word in words))
    named = {_columns(main)[word] for word in words if word in _columns(main)}
    return [_column(word, main, named) or name.strip() for name, word in zip(headings, words, strict=True)]


def _column(word: str, main: str, named: set[str]) -> str | None:
    if word in _columns(main):
        return _columns(main)[word]
    for told in _in_order():
        column = _columns(told).get(word)
        if column and (column not in named or told == SOURCE):
            return column
    return None


@cache
def in_every_language(word: str) -> frozenset[str]:
    """A word of ours, in lower case, as each language has it."""
    return frozenset(_told(told, word).casefold() for told in LANGUAGES)


@cache
def _columns(told: str) -> Mapping[str, str]:
    return {_told(told, column).casefold(): column for column in COLUMNS}


def _in_order() -> tuple[str, ...]:
    # where two have as many words in the row, English first
    return (SOURCE, *(told for told in LANGUAGES if told != SOURCE))


def _told(told: str, word: str) -> str:
    catalogue = gettext.translation(DOMAIN, LOCALE, [told], fallback=told == SOURCE)
    return catalogue.gettext(_MESSAGES[word]).lower() if word in _MESSAGES else catalogue.gettext(word)

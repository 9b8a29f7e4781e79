"""Sentences that were stored in English (warnings of a run, an import's outcome), told in the reader's language."""

import re
import string
from functools import cache
from typing import NamedTuple

from babel.messages.mofile import read_mo

from schemas.translation import DOMAIN, LOCALE, SOURCE, _, language, ngettext, number

# a message of fewer letters than this beside its values would fit anything
_LEAST_LETTERS = 6
# no sentence of ours; patterns with many values take minutes over what is far longer
_LONGEST = 1000
_NUMBER = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")


class _Message(NamedTuple):
    letters: int
    pattern: re.Pattern[str]
    one: str
    many: str | None


def retold(stored: str) -> str:
    """What `_` and `ngettext` would have said here of a sentence that they said in English; itself when none fits.

    Of several messages that fit the one with most words of its own counts. Values that are sentences are told again
    too; a full stop may have been cut off.
    """
    if language() == SOURCE or len(stored) > _LONGEST:
        return stored
    for message in _messages(language()):
        if found := message.pattern.fullmatch(stored):
            return _filled(message, found.groupdict())
        if found := message.pattern.fullmatch(stored + "."):
            return _filled(message, found.groupdict()).removesuffix(".")
    return stored


def _filled(message: _Message, stored: dict[str, str]) -> str:
    values = {name: _value(value) for name, value in stored.items()}
    if message.many is None:
        return _(message.one, **values)
    values.pop("count", None)
    return ngettext(message.one, message.many, _whole_number(stored.get("count")) or 0, **values)


def _value(stored: str) -> str:
    if "," in stored and (whole := _whole_number(stored)) is not None:
        return number(whole)
    # a single word may be somebody's name for something
    return retold(stored) if " " in stored else stored


def _whole_number(stored: str | None) -> int | None:
    return int(stored.replace(",", "")) if stored and _NUMBER.fullmatch(stored) else None


@cache
def _messages(told_in: str) -> list[_Message]:
    """Every message of the program, those with most words of their own first."""
    with (LOCALE / told_in / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        catalogue = read_mo(file)
    found = []
    for message in catalogue:
        forms = message.id if isinstance(message.id, list | tuple) else (message.id,)
        for form in filter(None, forms):
            try:
                letters, pattern = _pattern(form)
            except ValueError:
                continue  # braces that are no placeholders
            if letters >= _LEAST_LETTERS:
                found.append(_Message(letters, pattern, forms[0], forms[1] if len(forms) > 1 else None))
    return sorted(found, key=lambda message: -message.letters)


def _pattern(form: str) -> tuple[int, re.Pattern[str]]:
    letters, parts, seen = 0, [], set()
    for text, name, _spec, _conversion in string.Formatter().parse(form):
        parts.append(re.escape(text))
        letters += sum(letter.isalpha() for letter in text)
        if name:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
            seen.add(name)
    return letters, re.compile("".join(parts), re.DOTALL)

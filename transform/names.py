"""Names of people: what counts as one, its first word, and names that clients give of themselves.

A phone number is never a name. An introduction is taken only where it is clear: a client without a name is
better than one with a wrong name.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST_NAME = 100
# introductions stand at the beginning; what follows in a long text is somebody else's or a brochure
_READ_CHARACTERS = 400
_UNSEEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co"}
# an address, or a number with the word "phone" beside it, that stands where a name should
_NO_NAME = re.compile(
    r"\S*\d{5,}\S*@\S+|(?:tel|тел|телефон|phone|mob|моб|number|номер|whatsapp|wa|ватсап)?[\s.:№#]*[+(]?\d[\d\s().+-]{4,}",
    re.IGNORECASE,
)
_NAME_WORD = r"[^\W\d_]+(?:['-][^\W\d_]+)*"
_NAME = rf"({_NAME_WORD}(?:[ \t]+{_NAME_WORD}){{0,2}})"
_BEFORE_NAME = r"[\s:,.«\"“(–—-]{1,4}"
_LOOKS_KYRGYZ = re.compile(r".{2,}(?:бек|жан|хан|нур|султан|гул|гүл|гуль)")
# "Это Анна, моя жена" and "this is Anna, my wife" speak of another person
_ANOTHER_PERSON = re.compile(r"\s*[,(–—-]\s*(?:моя|мой|наша|наш|my|our|meine?|ma|mon|mi|moja|mój)\b", re.IGNORECASE)
_JOINS = re.compile(r"\s*(?:$|[,.!;:)(\n–—]|(?:и|из|от|and|from|here|und|aus|et|de|y|i|z)\b)", re.IGNORECASE)


def usable_name(name: str | None) -> str | None:
    """The name as a person would type it, or None when it is none.

    Control, direction and zero-width characters go, white space becomes single spaces, and the result has at
    most 100 characters. Phone numbers, WhatsApp addresses and names without a letter (emoji alone) are None.
    """
    if not name:
        return None
    seen = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", name)
        if character.isspace() or unicodedata.category(character) not in _UNSEEN_CATEGORIES
    )
    cleaned = " ".join(seen.split())[:LONGEST_NAME].rstrip()
    if not any(character.isalpha() for character in cleaned) or _NO_NAME.fullmatch(cleaned):
        return None
    return cleaned


def split_name(name: str) -> tuple[str, str | None]:
    """First word and the rest (None when there is no rest) of a name."""
    words = name.split(maxsplit=1)
    if not words:
        return "", None
    return words[0], words[1].rstrip() if len(words) > 1 else None


def introduced_name(texts: Iterable[str]) -> str | None:
    """The name by which the writer of `texts` introduces himself, 1 to 3 words as written, else None.

    `texts` are a client's own first messages, oldest first. The first clear introduction counts; a strong
    phrase ("меня зовут …") in any of them beats a weak one ("это … из …").
    """
    rules = _rules()
    openings = [unicodedata.normalize("NFC", text[:_READ_CHARACTERS]).replace("’", "'") for text in texts]
    for find in (_strong, _uncased, _weak):
        for text in openings:
            for name in find(rules, text):
                return name
    return None


@dataclass(frozen=True)
class _Rules:
    strong: re.Pattern[str]
    uncased: re.Pattern[str]
    weak: re.Pattern[str]
    weak_from: re.Pattern[str]
    stop: frozenset[str]
    given: frozenset[str]


@cache
def _rules() -> _Rules:
    here = Path(__file__)
    data = tomllib.loads(here.with_name("introductions.toml").read_text("utf-8"))
    given = here.with_name("given_names.txt").read_text("utf-8").splitlines()
    return _Rules(
        strong=_any_of(data["strong"], _NAME),
        uncased=_any_of(data["strong_uncased"], r"([^\n.,!?؟،؛:()\d]+)"),
        weak=_any_of(data["weak"], _NAME),
        weak_from=re.compile(rf"\s+(?:{'|'.join(word for part in data['weak_from'].values() for word in part)})\s"),
        stop=frozenset(word.casefold() for word in data["words"]["stop"]),
        given=frozenset(word for line in given if not line.startswith("#") for word in line.split()),
    )


def _any_of(phrases_by_language: dict[str, list[str]], name: str) -> re.Pattern[str]:
    alternatives = []
    for phrase in sorted({p for phrases in phrases_by_language.values() for p in phrases}, key=len, reverse=True):
        before, _, after = phrase.partition("{name}")
        pattern = r"\s+".join(map(re.escape, before.split())) + _BEFORE_NAME + name
        alternatives.append(pattern + (r"\s+" + re.escape(after.strip()) + r"\b" if after else ""))
    return re.compile(rf"(?<![\w'])(?:{'|'.join(alternatives)})", re.IGNORECASE)


def _found(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int]]:
    """Each candidate with the place where it begins."""
    for match in pattern.finditer(text):
        group = match.lastindex
        if group is not None:
            yield match[group], match.start(group)


def _name_at_start(rules: _Rules, candidate: str) -> str:
    """The part of the candidate that looks like a name: capitalised words, no stop words; may be empty."""
    end = 0
    for match in re.finditer(r"\S+", candidate):
        word = match[0]
        if not word[0].isupper() or len(word) < 2 or word.casefold() in rules.stop:
            break
        end = match.end()
    return candidate[:end]


def _strong(rules: _Rules, text: str) -> Iterator[str]:
    for candidate, _ in _found(rules.strong, text):
        if name := _name_at_start(rules, candidate):
            yield " ".join(name.split())


def _uncased(rules: _Rules, text: str) -> Iterator[str]:
    for candidate, _ in _found(rules.uncased, text):
        words: list[str] = []
        alone = True
        for word in candidate.split():
            if word in rules.stop or not word.isalpha() or len(word) < 2:
                alone = word == "من"  # "my name is … from …" ends a name too
                break
            words.append(word)
        if words:
            yield " ".join(words if alone and len(words) <= 3 else words[:1])


def _weak(rules: _Rules, text: str) -> Iterator[str]:
    for candidate, start in _found(rules.weak, text):
        name = _name_at_start(rules, candidate)
        if not name:
            continue
        rest = text[start + len(name) :]
        clause = re.match(r"[^,.!;\n]*", rest)
        asked = clause is not None and "?" in clause[0]
        if asked or not _JOINS.match(rest) or _ANOTHER_PERSON.match(rest):
            continue
        if _is_given_name(rules, name.split()[0]) or rules.weak_from.match(rest):
            yield " ".join(name.split())


def _is_given_name(rules: _Rules, word: str) -> bool:
    word = word.casefold()
    return word in rules.given or _LOOKS_KYRGYZ.fullmatch(word) is not None

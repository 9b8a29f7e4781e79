"""What a message does: asks a price, sends an offer, pays, refuses …, by the cues in `cues/*.toml`.

A cue file has a table for each side, in it a list of phrases for each act. In a phrase `*` stands for the rest
of a word and `#` for a number. All languages are looked for at once, because people mix them. Letters are
compared without accents and without ө ү ң, as people type them.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_CUES = Path(__file__).with_name("cues")
_READ_CHARACTERS = 2000


class Act(StrEnum):
    """What one side does with a message."""

    # the client
    ASKS_PRICE = "asks_price"
    GIVES_DETAILS = "gives_details"
    SHOWS_INTEREST = "shows_interest"
    THINKS = "thinks"
    BARGAINS = "bargains"
    ASKS_CHANGES = "asks_changes"
    ACCEPTS = "accepts"
    PAYS = "pays"
    REFUSES = "refuses"
    TAKES_BACK = "takes_back"
    IS_SERVED = "is_served"
    IS_THANKFUL = "is_thankful"
    INQUIRES_AGAIN = "inquires_again"
    HAS_OFFER = "has_offer"
    SPEAKS_OF_PAYMENT = "speaks_of_payment"
    # the company
    ASKS_PAYMENT = "asks_payment"
    CONFIRMS = "confirms"
    SERVES = "serves"


# "did you pay?", "not booked yet": asked or denied, these did not happen
_VOID_IN_QUESTION = frozenset(
    {Act.PAYS, Act.ACCEPTS, Act.CONFIRMS, Act.REFUSES, Act.IS_THANKFUL, Act.SHOWS_INTEREST, Act.THINKS}
)
_VOID_WHEN_DENIED = frozenset({Act.PAYS, Act.ACCEPTS, Act.CONFIRMS, Act.IS_SERVED, Act.ASKS_PAYMENT})
_DENIALS = frozenset(
    ["не", "нет", "ни", "без", "not", "no", "never", "nicht", "kein", "keine", "pas", "ne", "nie",
     "sin", "emas", "жок", "degil", "لم", "لن", "ما", "لا", "non"]
)  # fmt: skip

_CLAUSE = re.compile(r"[^.!?؟;\n]+(?:[.](?=\d)[^.!?؟;\n]*)*[.!?؟;\n]?")
_TOKEN = re.compile(r"\d+(?:[ .,\u00a0]\d{3})*(?!\d)|\d+|[^\W\d_]+(?:'[^\W\d_]+)*")
_MONEY = (
    r"сом\w{0,3}|руб\w{0,3}|р(?!\w)|₽|\$|usd|долл\w*|бакс\w*|евро|€|eur\w?|тенге|тг|₸|теңге|lira|tl|₺|zł|zl|pln|złot\w*"
    r"|so'm|сўм|сум\w*|som|soms|£|gbp|pounds?|aed|sar|ريال|درهم|دولار|يورو|тыс\w*|грн|₴"
)
_NUMBER = r"\d{1,3}(?:[ .,\u00a0]\d{3})+|\d+"
_PRICE = re.compile(rf"(?:{_NUMBER})\s?(?:{_MONEY})(?!\w)|(?:[$€£₽])\s?\d+", re.IGNORECASE)
# a round sum of four and more digits, no year, no phone number, no time
_BARE_SUM = re.compile(
    r"(?<![\d+:/.-])(?<!\d[ .\u00a0])(?:[1-9]\d{0,2}[ .\u00a0]\d{3}|(?!20[0-3]\d)[1-9]\d{2,5}0)"
    r"(?![\d:/]| \d{3}|\s?(?:[mмkк][mм]?|kg|кг|метр\w*)(?!\w))"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was recognised in one text."""

    acts: frozenset[Act]
    prices: int
    bare_sums: int
    asks: bool
    words: int


@dataclass(frozen=True, slots=True)
class _Cue:
    first: str
    rest: tuple[tuple[str, bool], ...]  # text and whether it is the beginning of a word
    act: Act


def fold(text: str) -> str:
    """Lower case without accents and with the letters that people type for ө ү ң ё and for Arabic variants."""
    return text.lower().translate(_folding())


@cache
def _folding() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(0xC0, 0x250):
        plain = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))
        if plain != chr(code):
            table[code] = plain
    table.update((ord(typed), plain) for typed, plain in zip("өүңёłıأإآىة", "оунеliااايه", strict=True))
    table.update((ord(mark), "'") for mark in "’ʻʼ‘`´")
    table[ord("ß")] = "ss"
    return table


class CueReader:
    """Recognises the acts of one side's texts. Reading the cue files takes some milliseconds: make it once."""

    def __init__(self, side: str, folder: Path = _CUES) -> None:
        self._whole: dict[str, list[_Cue]] = {}
        self._beginning: dict[str, list[_Cue]] = {}
        for words, act in _read_cues(side, folder):
            first, open_end = words[0]
            cue = _Cue(first, words[1:], act)
            if open_end:
                self._beginning.setdefault(first[:3], []).append(cue)
            else:
                self._whole.setdefault(first, []).append(cue)

    def read(self, text: str) -> Reading:
        """The acts of one text."""
        folded = fold(text[:_READ_CHARACTERS])
        acts: set[Act] = set()
        asks = False
        words = 0
        for match in _CLAUSE.finditer(folded):
            clause = match[0]
            question = clause[-1] in "?؟"
            asks |= question
            tokens = _TOKEN.findall(clause)
            words += len(tokens)
            for place, act in self._found(tokens):
                if question and act in _VOID_IN_QUESTION:
                    continue
                if act in _VOID_WHEN_DENIED and _denied(tokens, place):
                    continue
                acts.add(act)
        if not any(map(str.isdigit, folded)):
            return Reading(frozenset(acts), 0, 0, asks, words)
        return Reading(frozenset(acts), len(_PRICE.findall(folded)), len(_BARE_SUM.findall(folded)), asks, words)

    def _found(self, tokens: list[str]) -> Iterator[tuple[int, Act]]:
        for place, token in enumerate(tokens):
            for cue in self._whole.get("#" if token[0].isdigit() else token, ()):
                if not cue.rest or _follows(cue.rest, tokens, place + 1):
                    yield place, cue.act
            for cue in self._beginning.get(token[:3], ()):
                if token.startswith(cue.first) and (not cue.rest or _follows(cue.rest, tokens, place + 1)):
                    yield place, cue.act


def _follows(words: tuple[tuple[str, bool], ...], tokens: list[str], place: int) -> bool:
    if len(tokens) - place < len(words):
        return False
    for (expected, open_end), token in zip(words, tokens[place:], strict=False):
        if expected == "#":
            if not token[0].isdigit():
                return False
        elif not (token.startswith(expected) if open_end else token == expected):
            return False
    return True


def _denied(tokens: list[str], place: int) -> bool:
    return any(token in _DENIALS or token.endswith("n't") for token in tokens[max(0, place - 2) : place])


def _read_cues(side: str, folder: Path) -> Iterator[tuple[tuple[tuple[str, bool], ...], Act]]:
    for path in sorted(folder.glob("*.toml")):
        for act, phrases in tomllib.loads(path.read_text("utf-8"))[side].items():
            for phrase in phrases:
                yield _words_of(phrase), Act(act)


def _words_of(phrase: str) -> tuple[tuple[str, bool], ...]:
    found = re.finditer(r"#|([^\W\d_]+(?:'[^\W\d_]+)*)(\*?)", fold(phrase))
    words = tuple((match[1] or "#", bool(match[2])) for match in found)
    if not words or (words[0][1] and len(words[0][0]) < 3):
        raise ValueError(f"a cue must begin with a word, or with three letters of one: {phrase!r}")
    return words


def cues_sha256(folder: Path = _CUES) -> str:
    """Hex sha256 over all cue files, for run.json."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.toml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

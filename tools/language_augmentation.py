"""How people type: pieces of sentences, without special letters, in another script.

Each function takes a cleaned text (transform.language.cleaning.clean) and a random generator, and gives a cleaned text.
"""

import random
import unicodedata
from collections.abc import Mapping

_WITHOUT_SPACES = {"zh", "ja", "other:th"}
_LONGEST_PIECE = 10
_LONGEST_PIECE_OF_SIGNS = 20

_PLAIN_KYRGYZ = str.maketrans("өүң", "оун")
_PLAIN_KAZAKH = str.maketrans("әғқңөұүһі", "агкноуухи")
_PLAIN_LATIN = str.maketrans("łßøđðþæœı", "lsoddtaoi")
_MARKED_LATIN = frozenset(["fr", "es", "pl", "de", "tr", "it"])

# One of these spellings is drawn for a whole text: nobody mixes them within one.
_RUSSIAN_LATIN: Mapping[str, tuple[str, ...]] = {
    "ж": ("zh", "zh", "j"), "х": ("h", "h", "kh", "x"), "ц": ("c", "ts", "ts"), "ч": ("ch",), "ш": ("sh",),
    "щ": ("sch", "shch", "sh"), "ы": ("y", "y", "i"), "й": ("y", "i", "j"), "ю": ("yu", "yu", "ju", "u"),
    "я": ("ya", "ya", "ja", "ia"), "э": ("e",), "ё": ("e", "yo", "io"), "ь": ("", "", "'"), "ъ": ("",),
}  # fmt: skip
_KYRGYZ_LATIN: Mapping[str, tuple[str, ...]] = {
    **_RUSSIAN_LATIN,
    "ж": ("j", "j", "zh"), "ы": ("y", "y", "i"), "й": ("y", "i"), "ө": ("o", "o", "ö"), "ү": ("u", "u", "ü"),
    "ң": ("n", "n", "ng"), "х": ("h", "kh"),
}  # fmt: skip
_SAME_LATIN = dict(zip("абвгдезиклмнопрстуф", "abvgdeziklmnoprstuf", strict=True))
_UZBEK_CYRILLIC = {
    "o'": "ў", "g'": "ғ", "sh": "ш", "ch": "ч", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е", "ts": "ц",
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "ҳ", "i": "и", "j": "ж", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "x": "х",
    "y": "й", "z": "з", "'": "ъ",
}  # fmt: skip


def piece(text: str, language: str, dice: random.Random) -> str:
    """One to ten words in a row out of a text; short ones more often, for so are chat messages."""
    words = text.split()
    if language in _WITHOUT_SPACES:
        signs = "".join(words)
        length = min(len(signs), dice.randint(2, _LONGEST_PIECE_OF_SIGNS))
        start = dice.randint(0, len(signs) - length)
        return signs[start : start + length]
    length = min(len(words), dice.randint(1, _LONGEST_PIECE))
    start = dice.randint(0, len(words) - length)
    return " ".join(words[start : start + length])


def as_typed(text: str, language: str, dice: random.Random) -> str:
    """The text as some people type it: with plain letters, in Latin letters, without apostrophes."""
    chance = dice.random()
    if language in {"ky", "ru"} and chance < 0.12:
        return in_latin(text, language, dice)
    if language == "ky" and chance < 0.47:
        return without_special_letters(text)
    if language == "ru":
        return text.replace("ё", "е") if chance < 0.56 else text
    if language == "kk":
        return text.translate(_PLAIN_KAZAKH) if chance < 0.2 else text
    if language == "uz" and chance < 0.5:
        return _in_cyrillic(text) if chance < 0.3 else text.replace("'", "")
    has_marks = language in _MARKED_LATIN or language.startswith("other:")
    return without_marks(text) if has_marks and chance < 0.25 else text


def without_special_letters(text: str) -> str:
    """Kyrgyz typed on a keyboard that has no ө ү ң."""
    return text.translate(_PLAIN_KYRGYZ)


def in_latin(text: str, language: str, dice: random.Random) -> str:
    """Russian or Kyrgyz in one of the spellings that people use in Latin letters."""
    return _respelled(text, _KYRGYZ_LATIN if language == "ky" else _RUSSIAN_LATIN, dice)


def without_marks(text: str) -> str:
    """A Latin text without the marks on its letters; other scripts stay as they are."""
    if not any("a" <= character <= "z" for character in text):
        return text
    bare = unicodedata.normalize("NFD", text.translate(_PLAIN_LATIN))
    return unicodedata.normalize("NFC", "".join(c for c in bare if not unicodedata.combining(c)))


def _respelled(text: str, spellings: Mapping[str, tuple[str, ...]], dice: random.Random) -> str:
    drawn: dict[str, str | int | None] = {letter: dice.choice(ways) for letter, ways in spellings.items()}
    return " ".join(text.translate(str.maketrans(drawn | _SAME_LATIN)).split())


def _in_cyrillic(text: str) -> str:
    written, rest = [], text
    while rest:
        for size in (2, 1):
            if rest[:size] in _UZBEK_CYRILLIC:
                written.append(_UZBEK_CYRILLIC[rest[:size]])
                rest = rest[size:]
                break
        else:
            written.append(rest[0])
            rest = rest[1:]
    return "".join(written)

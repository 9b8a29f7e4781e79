"""The part of a text that tells its language; training and predicting look at nothing else.

A chat message carries much that no language owns: links, addresses, numbers, emoji, placeholders of media, names.
What is left is lower-case words with single spaces between them.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

CLEANING_VERSION = 1
# More of a text than this adds nothing and would let one message cost as much as a thousand.
_READ_CHARACTERS = 1000
# Every repetition is bounded, so that no text takes long.
_NOISE = re.compile(
    r"(?:https?://|www\.)[!-~]{1,500}"
    r"|[\w.+-]{1,64}@[\w.-]{1,100}"
    r"|@\w{1,64}"
    r"|\b[\w-]{1,63}\.(?:com|net|org|info|app|ru|kg|kz|uz|me|io|de|fr|pl|tr|uk)\b(?:/[!-~]{0,500})?"
    r"|[\w-]{1,80}\.(?:jpe?g|png|webp|gif|mp[34]|opus|ogg|m4a|3gp|mov|pdf|docx?|xlsx?|pptx?|vcf|zip)\b"
    # what WhatsApp's own export writes where a picture or a file was
    r"|<[^<>\n]{1,60}>"
    r"|\(file attached\)|\b(?:image|video|audio|sticker|document|gif|contact card) omitted\b",
    re.IGNORECASE,
)
_MAY_BE_NOISE = re.compile(r"[.@<]|omitted|attached", re.IGNORECASE)
_APOSTROPHES = frozenset("'`\u00b4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201b\u2032\uff07")
# a sign after a letter is an apostrophe; at a word's end only after the o and g that Uzbek writes so
_QUOTES = re.compile(r"(?<![^\W_])'+|''+|(?<![og])'(?![^\W_])")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
# signs that people who type leave out: Arabic and Hebrew vowels, the stroke that stretches Arabic words
_LEFT_OUT = re.compile(
    "[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06ed\u00aa\u00ba\u00ad]"
)
# Letters that look like Cyrillic ones and come from another layout; in a Cyrillic word they are what they look like.
_LOOKALIKES = str.maketrans("aceopxyki\u0259\u0275\u03b8\u03b3", "асеорхукі\u04d9\u04e9\u04e9\u04af")
_LIKE = r"a-z\u0259\u0275\u03b8\u03b3"
_MIXED_WORD = re.compile(rf"(?=[{_LIKE}]*[\u0430-\u052f])[{_LIKE}\u0430-\u052f]+")
_FOREIGN_LETTER = re.compile(rf"[\u0430-\u052f][{_LIKE}]|[{_LIKE}][\u0430-\u052f]")
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
_JOINERS = "\u200c"  # Persian writes it inside words


class _Letters(dict[int, str | None]):
    """For str.translate: letters stay, apostrophes become one, all else becomes a space."""

    def __missing__(self, code: int) -> str | None:
        sign = _sign(chr(code))
        if code < 0x3000:  # beyond are thousands of ideographs, each too rare to remember
            self[code] = sign
        return sign


def _sign(character: str) -> str | None:
    category = unicodedata.category(character)
    if character in _APOSTROPHES:
        return "'"
    if character in _JOINERS:
        return character
    if _LEFT_OUT.match(character) or category == "Cf":
        return None
    is_mark = category in {"Mn", "Mc"} and ord(character) not in _VARIATION_SELECTORS and ord(character) < 0xE0000
    return character if category[0] == "L" or is_mark else " "


_LETTERS = _Letters()


def _in_one_script(word: re.Match[str]) -> str:
    mostly_cyrillic = sum("\u0430" <= letter <= "\u052f" for letter in word[0]) * 2 >= len(word[0])
    return word[0].translate(_LOOKALIKES) if mostly_cyrillic else word[0]


def clean(text: str) -> str:
    """Lower-case words with single spaces between them; empty when a text has no letters."""
    text = text[:_READ_CHARACTERS]
    if _MAY_BE_NOISE.search(text):
        text = _NOISE.sub(" ", text)
    text = text.translate(_LETTERS)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    if _FOREIGN_LETTER.search(text):
        text = _MIXED_WORD.sub(_in_one_script, text)
    if "'" in text:
        text = _QUOTES.sub(" ", text)
    return " ".join(_DRAWN_OUT.sub(r"\1\1", text).split())


def without_names(text: str, names: Iterable[str]) -> str:
    """The text without the words of these names: what somebody is called says nothing about what he speaks."""
    pattern = _names_pattern(frozenset(names))
    return pattern.sub(" ", text) if pattern else text


@lru_cache(maxsize=64)
def _names_pattern(names: frozenset[str]) -> re.Pattern[str] | None:
    words = {word for name in names for word in re.findall(r"[^\W\d_]{3,}", name)}
    if not words:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, words))) + r")(?!\w)", re.IGNORECASE)

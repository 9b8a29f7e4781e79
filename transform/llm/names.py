"""Names of people, found in texts in any case ending and in Cyrillic or Latin letters alike."""

import re
from collections.abc import Iterable
from functools import cache

MASK = "[NAME]"
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
# letters as passports write them, near enough to compare by; both sides of a comparison go through this
_LATIN = str.maketrans(
    dict(
        zip("абвгдеёзийклмнопрстуфыэөүіғқұәңһў", "abvgdeeziiklmnoprstufyeouigkuanhu", strict=True),
        ж="zh", х="h", ц="ts", ч="ch", ш="sh", щ="sh", ъ="", ь="", ю="iu", я="ia",
    )
)  # fmt: skip
_SAME_SOUND = (
    ("yo", "io"), ("yu", "iu"), ("ya", "ia"), ("ju", "iu"), ("ja", "ia"), ("kh", "h"), ("tch", "ch"), ("sch", "sh"),
    ("ph", "f"), ("ck", "k"), ("dzh", "j"), ("x", "ks"), ("w", "v"), ("q", "k"), ("y", "i"), ("c", "k"), ("kh", "h"),
)  # fmt: skip
_VOWELS = "aeiou"
_LONGEST_ENDING = 3
_SHORTEST = 3
_SHORT_ENDINGS = ("a", "e", "i", "u", "o", "oi", "ei", "iu", "ia", "am", "ami", "ah")
# words that stand in address books beside names, and say what a client wants. None that sounds like a name: июля, Юля
_NO_NAMES_WRITTEN = (
    "тур туры tour tours travel hotel отель клиент клиенты clients гид guide new новый такси taxi agent мебель школа"
    " курс клиника доктор whatsapp бишкек ош чел человек людей дней pax январь января февраль февраля сентябрь"
    " сентября октябрь октября ноябрь ноября декабрь декабря january february september october november december"
)
# whose words have no spaces between; names stand inside of what is one word to a program
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
# Arabic writes "and", "to", "with" and the like as one word with the name
_ARABIC_BEFORE = "وفبلك"


class NameMask:
    """Replaces the words of some names. Words of fewer than three letters are only found as they are."""

    def __init__(self, names: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._stems: dict[str, set[str]] = {}
        names = list(names)
        unspaced = sorted(
            {part for name in names for part in _UNSPACED.findall(name)}, key=lambda part: (-len(part), part)
        )
        self._unspaced = re.compile("|".join(map(re.escape, unspaced))) if unspaced else None
        for name in names:
            for word in _WORD.findall(name):
                self._learn(sound_of(word))

    def _learn(self, sound: str) -> None:
        if not sound or sound in _no_names():
            return
        self._exact.add(sound)
        if len(sound) >= _SHORTEST:
            stem = sound.rstrip(_VOWELS)
            if len(stem) < _SHORTEST:
                # Анна, Ия: too short a stem for any ending
                self._exact.update(stem + ending for ending in _SHORT_ENDINGS)
                stem = sound
            self._stems.setdefault(stem[:_SHORTEST], set()).add(stem)

    def mask(self, text: str) -> str:
        """The text with `[NAME]` for each word that is one of the names, in whichever case."""
        if not self._exact:
            return text
        if self._unspaced:
            text = self._unspaced.sub(MASK, text)
        return _WORD.sub(lambda found: MASK if self._is_name(found[0]) else found[0], text)

    def _is_name(self, word: str) -> bool:
        return any(self._sounds_like_one(sound_of(part)) for part in {word, *re.split("['’ʼ-]", word)})

    def _sounds_like_one(self, sound: str) -> bool:
        if sound in self._exact:
            return True
        if sound[:1] in _ARABIC_BEFORE and sound[1:] in self._exact:
            return True
        stems = self._stems.get(sound[:_SHORTEST], ())
        return any(sound.startswith(stem) and len(sound) - len(stem) <= _LONGEST_ENDING for stem in stems)


def sound_of(word: str) -> str:
    """A word in the letters that are compared: lower case, Latin, without doubled letters."""
    sound = word.casefold().translate(_LATIN)
    for written, plain in _SAME_SOUND:
        sound = sound.replace(written, plain)
    sound = re.sub(r"[^\w]", "", sound)
    return re.sub(r"(.)\1", r"\1", sound)


@cache
def _no_names() -> frozenset[str]:
    return frozenset(map(sound_of, _NO_NAMES_WRITTEN.split()))

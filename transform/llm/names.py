"""Names of people, found in texts in any case ending and in Cyrillic or Latin letters alike."""

import re
from collections.abc import Iterable

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
# words of trades that stand in address books beside names, and say what a client wants
_NO_NAMES = frozenset(
    ["tur", "turi", "tour", "tours", "travel", "hotel", "otel", "klient", "klienti", "klients", "gid", "guide", "nev",
     "novii", "taksi", "agent", "mebel", "shkola", "kurs", "klinika", "doktor", "vhatsapp", "bishkek", "osh"]
)  # fmt: skip


class NameMask:
    """Replaces the words of some names. Words of fewer than three letters are only found as they are."""

    def __init__(self, names: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._stems: dict[str, set[str]] = {}
        for name in names:
            for word in _WORD.findall(name):
                self._learn(sound_of(word))

    def _learn(self, sound: str) -> None:
        if not sound or sound in _NO_NAMES:
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
        return _WORD.sub(lambda found: MASK if self._is_name(found[0]) else found[0], text)

    def _is_name(self, word: str) -> bool:
        return any(self._sounds_like_one(sound_of(part)) for part in {word, *re.split("['’ʼ-]", word)})

    def _sounds_like_one(self, sound: str) -> bool:
        if sound in self._exact:
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

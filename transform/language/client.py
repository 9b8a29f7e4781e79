"""Which language a client prefers, told from his own messages."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from transform.language.contract import CLASSES, LEAST_CONFIDENCE, UNSURE, Detection

# the floor that keeps one odd message from outvoting all others when probabilities are multiplied
_FLOOR = 0.01
# Fewer messages with letters than this say little: the phone's country is heard too, and the confidence stays below
# what three messages would give.
ENOUGH_MESSAGES = 3
MOST_CONFIDENCE_OF_FEW = {1: 0.6, 2: 0.75}
_COUNTRY_WEIGHT = 4.0
# A client has changed his language for good when this many messages in a row, his last, are in another one. Where every
# fifth message of a client is in a language that is not his own, five in a row happen once in 3,000 clients.
SWITCHED_AFTER = 5

_LANGUAGES_OF_COUNTRIES: Mapping[str, str] = {
    "ky ru": "KG",
    "kk ru": "KZ",
    "uz ru": "UZ",
    "ru": "RU BY TJ TM AM",
    "uk ru": "UA",
    "en": "US GB IE AU NZ ZA SG NG KE GH PH",
    "en fr": "CA",
    "de": "DE AT LI",
    "de fr it": "CH",
    "fr": "FR BE LU MC SN CI CM",
    "es": "ES MX AR CO CL PE VE EC GT CU BO DO HN PY SV NI CR PA UY PR",
    "it": "IT SM VA",
    "pl": "PL",
    "tr": "TR",
    "zh": "CN TW MO",
    "zh en": "HK",
    "hi en": "IN",
    "ur en": "PK",
    "he": "IL",
    "ko": "KR",
    "ja": "JP",
    "fa": "IR AF",
    "ar": "AE SA EG JO KW QA BH OM LB SY IQ YE PS LY SD MR",
    "ar fr": "MA DZ TN",
}
LANGUAGES_OF_COUNTRY: Mapping[str, tuple[str, ...]] = {
    country: tuple(languages.split())
    for languages, countries in _LANGUAGES_OF_COUNTRIES.items()
    for country in countries.split()
}


@dataclass(frozen=True, slots=True)
class ClientLanguage:
    """A client's language: a code of LANGUAGES, `other`, `und` when none stands out, None when he wrote no letters.

    `shares` says which part of his distinct messages named each language, most first.
    """

    language: str | None
    confidence: float | None
    shares: tuple[tuple[str, float], ...] = ()
    switched: bool = False


NOTHING_WRITTEN = ClientLanguage(None, None)


def client_language(
    said: Iterable[tuple[str, Detection]],
    *,
    expected: Mapping[str, float] | None = None,
    country: str | None = None,
) -> ClientLanguage:
    """The language of a client from his own messages, each with its detection, in order of time.

    Every distinct text has one vote, at the place where it was said last: the sum of log(p + 0.01). `expected` weighs
    the languages as for single messages, once; `country` (ISO 3166 alpha-2, of the phone) counts when there are fewer
    than three messages with letters. The last five messages in another language than that of the whole decide.
    """
    votes = [detection for detection in _last_of_each(said) if detection.language is not None]
    if not votes:
        return NOTHING_WRITTEN
    weights = dict(expected or {})
    if len(votes) < ENOUGH_MESSAGES:
        for language in LANGUAGES_OF_COUNTRY.get(country or "", ()):
            weights[language] = weights.get(language, 1.0) * _COUNTRY_WEIGHT
    best, confidence = _outcome(votes, weights)
    since = _last_run(votes)
    newest, newest_confidence = _outcome(since, weights)
    switched = newest != best
    if switched:
        best, confidence = newest, newest_confidence
    confidence = round(min(confidence, MOST_CONFIDENCE_OF_FEW.get(len(votes), 1.0)), 4)
    named = Counter(vote.language for vote in votes if vote.language not in {None, UNSURE})
    shares = tuple((language, round(count / len(votes), 4)) for language, count in sorted(named.items(), key=_by_count))
    return ClientLanguage(best if confidence >= LEAST_CONFIDENCE else UNSURE, confidence, shares, switched)


def _last_of_each(said: Iterable[tuple[str, Detection]]) -> list[Detection]:
    """Detections of distinct texts in order of time; one said several times stands where it was said last."""
    distinct: dict[str, Detection] = {}
    for text, detection in said:
        key = text.strip().casefold()
        distinct.pop(key, None)
        distinct[key] = detection
    return list(distinct.values())


def _outcome(votes: Sequence[Detection], weights: Mapping[str, float]) -> tuple[str, float]:
    """The best class and its probability."""
    scores = [dict(vote.scores) for vote in votes]
    sums = {
        label: math.fsum(math.log(vote.get(label, 0.0) + _FLOOR) for vote in scores) + math.log(weights.get(label, 1.0))
        for label in CLASSES
    }
    best = max(CLASSES, key=lambda label: sums[label])
    return best, 1 / math.fsum(math.exp(value - sums[best]) for value in sums.values())


def _last_run(votes: Sequence[Detection]) -> Sequence[Detection]:
    """The messages since the last one in another language than the newest; all of them when they are too few.

    Unsure messages end no run and do not count.
    """
    named = [n for n, vote in enumerate(votes) if vote.language != UNSURE]
    run = 0
    while run < len(named) and votes[named[-1 - run]].language == votes[named[-1]].language:
        run += 1
    if run < SWITCHED_AFTER or run == len(named):
        return votes
    return votes[named[-1 - run] + 1 :]


def _by_count(item: tuple[str | None, int]) -> tuple[int, str]:
    return -item[1], item[0] or ""

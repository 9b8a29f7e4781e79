"""What a message does: asks a price, sends an offer, pays, refuses …, by the cues.

All languages are looked for at once, because people mix them. A text is cut into words once; what is known of a
word (which cues begin with it, whether it denies, whether it is money) is looked up once and remembered.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from transform.status.acts import Act
from transform.status.amounts import bare_sums
from transform.status.cue_files import EMOJI, Cues, Word
from transform.status.vocabulary import Known, Phrases, Vocabulary

_READ_CHARACTERS = 2000
_REMEMBERED_TEXTS = 20_000
_REMEMBERED_LENGTH = 200

# "did you pay?", "not booked yet", "if we cancel", "paid for the flights": asked, denied, supposed or of another
# thing, these did not happen here
_VOID_IN_QUESTION = frozenset(
    {
        Act.PAYS,
        Act.SENDS,
        Act.ACCEPTS,
        Act.CONFIRMS,
        Act.REFUSES,
        Act.DECLINES,
        Act.IS_THANKFUL,
        Act.SHOWS_INTEREST,
        Act.THINKS,
    }
)
_VOID_WHEN_DENIED = frozenset({Act.PAYS, Act.SENDS, Act.ACCEPTS, Act.CONFIRMS, Act.IS_SERVED, Act.ASKS_PAYMENT})
_VOID_WHEN_JUST_DENIED = frozenset({Act.REFUSES, Act.BARGAINS})
_VOID_IN_CONDITION = frozenset({Act.PAYS, Act.SENDS, Act.ACCEPTS, Act.REFUSES, Act.CONFIRMS})
_VOID_OF_OTHER_THINGS = frozenset({Act.PAYS, Act.ACCEPTS, Act.REFUSES})
_CAN_BE_VOID = _VOID_IN_QUESTION | _VOID_WHEN_DENIED | _VOID_WHEN_JUST_DENIED | _VOID_IN_CONDITION

_LETTER = r"[^\W\d_]"
_TOKEN = re.compile(
    rf"{_LETTER}(?:{_LETTER}|['’ʻʼ‘`´\u0300-\u036f\u0640\u064b-\u0652])*"
    r"|\d{1,3}(?:[ .,\u00a0]\d{3})+(?!\d)|\d+(?:[.,:/]\d{1,2}(?!\d))*"
    rf"|[,،.!?؟;\n$€£₽₸₺₴₹{EMOJI}]"
)
_QUESTIONS = frozenset("?؟")


class Reading(NamedTuple):
    """What was recognised in one text.

    `prices` are amounts with a currency, `bare_sums` large round numbers without, `numbers` what else is counted
    but not said of what, `figures` all numbers and times as typed. `asks`: it holds a question; `denies`: a no.
    """

    acts: frozenset[Act] = frozenset()
    prices: tuple[float, ...] = ()
    bare_sums: tuple[float, ...] = ()
    numbers: tuple[float, ...] = ()
    figures: tuple[str, ...] = ()
    asks: bool = False
    denies: bool = False
    words: int = 0


NOTHING = Reading()


class CueReader:
    """Recognises the acts of one side's texts; `side` is `client` or `agent`."""

    def __init__(self, side: str, cues: Cues) -> None:
        self._vocabulary = Vocabulary(cues, side)
        self._readings: dict[str, Reading] = {}

    def read(self, text: str) -> Reading:
        """The acts of one text."""
        reading = self._readings.get(text)
        if reading is None:
            reading = self._read(text)
            if len(text) <= _REMEMBERED_LENGTH:
                if len(self._readings) >= _REMEMBERED_TEXTS:
                    self._readings.clear()
                self._readings[text] = reading
        return reading

    def forget_texts(self) -> None:
        """Forget the texts that were read; what is known of words stays."""
        self._readings.clear()

    def _read(self, text: str) -> Reading:
        text = text[:_READ_CHARACTERS].lower().replace("у.е", "уе")
        typed = _TOKEN.findall(text)
        tokens = list(map(self._vocabulary.__getitem__, typed))
        acts: set[Act] = set()
        numbers: list[int] = []
        counted: set[int] = set()
        denies = False
        count = len(tokens)
        for place, token in enumerate(tokens):
            if not token.marked:
                continue
            denies |= token.denies
            if token.number:
                numbers.append(place)
                continue
            phrases = token.phrases
            # most words that begin a phrase do not go on as one: found out here, without a call
            if phrases and (
                phrases.alone
                or phrases.loose
                or (place + 1 < count and ((then := tokens[place + 1]).comma or then.text in (phrases.by_next or ())))
            ):
                for act, end in _said(phrases, tokens, place):
                    if act not in acts and (act not in _CAN_BE_VOID or not _void(act, tokens, place, end)):
                        acts.add(act)
            if token.after_number and place and tokens[place - 1].number:
                for act, _ in _said(token.after_number, tokens, place):
                    acts.add(act)
                    counted.add(place - 1)
        asks = "?" in text or "؟" in text
        words = text.count(" ") + text.count("\n") + 1
        if not numbers:
            return Reading(frozenset(acts), asks=asks, denies=denies, words=words)
        prices, lone = _amounts(tokens, [place for place in numbers if place not in counted])
        bare = () if prices else bare_sums(text)
        figures = tuple(typed[place] for place in numbers)
        return Reading(frozenset(acts), prices, bare, lone, figures, asks, denies, words)


def _amounts(tokens: Sequence[Known], uncounted: Sequence[int]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The numbers that are money, and of the `uncounted` those that are not."""
    prices: list[float] = []
    lone: list[float] = []
    spoken_for = -1  # a currency after a number is not also one before the next
    for place, token in enumerate(tokens):
        if token.value is None:
            continue
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after is not None and (after.money or after.thousands):
            prices.append(token.value * (1000 if after.thousands else 1))
            spoken_for = place + 1
        elif place - 1 > spoken_for and tokens[place - 1].money:
            prices.append(token.value)
        elif place in uncounted:
            lone.append(token.value)
    return tuple(prices), tuple(lone)


def _said(phrases: Phrases, tokens: Sequence[Known], place: int) -> list[tuple[Act, int]]:
    """The phrases that begin with the word at this place and go on as they should, with the place of their end."""
    said = [(act, place) for act in phrases.alone]
    if phrases.by_next is None and not phrases.loose:
        return said
    after = place + 1
    while after < len(tokens) and tokens[after].comma:
        after += 1
    if after < len(tokens) and not tokens[after].end:
        if phrases.by_next is not None:
            for rest, act in phrases.by_next.get(tokens[after].text, ()):
                if (end := _follows(rest, tokens, after)) is not None:
                    said.append((act, end))
        for rest, act in phrases.loose:
            if (end := _follows(rest, tokens, place)) is not None:
                said.append((act, end))
    return said


def _follows(rest: Sequence[Word], tokens: Sequence[Known], place: int) -> int | None:
    """Where the last of these words is, if they come after this place in their order; commas do not count."""
    for word in rest:
        place += 1
        while place < len(tokens) and tokens[place].comma:
            place += 1
        if place >= len(tokens) or tokens[place].end:
            return None
        text = tokens[place].text
        if word.text != "*" and not (text.startswith(word.text) if word.open_end else text == word.text):
            return None
    return place


def _void(act: Act, tokens: Sequence[Known], place: int, end: int) -> bool:
    """Whether an act, said from `place` to `end`, is only asked for, denied, supposed or done to another thing."""
    if act in _VOID_IN_QUESTION:
        mark = next((token for token in tokens[place:] if token.end), None)
        if mark is not None and mark.text in _QUESTIONS:
            return True
    before: list[Known] = []  # up to the beginning of this part of the sentence, backwards
    for token in reversed(tokens[:place]):
        if token.end or token.comma:
            break
        before.append(token)
    if act in _VOID_WHEN_DENIED and any(token.denies for token in before[:2]):
        return True
    if act in _VOID_WHEN_JUST_DENIED and before and before[0].denies and not tokens[place].denies:
        return True
    if act in _VOID_IN_CONDITION and any(token.supposes for token in before):
        return True
    near = tokens[max(0, place - 2) : end + 4]
    return act in _VOID_OF_OTHER_THINGS and any(token.elsewhere for token in near)

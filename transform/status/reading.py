"""What a message does: asks a price, sends an offer, pays, refuses …, by the cues.

All languages are looked for at once, because people mix them. A text is cut into words once; what is known of a
word (which cues begin with it, whether it denies, whether it is money) is looked up once and remembered.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from transform.status.acts import Act, fold
from transform.status.amounts import bare_sums, value_of
from transform.status.cue_files import EMOJI, Cue, Cues, Word

_READ_CHARACTERS = 2000
_REMEMBERED_WORDS = 100_000
_REMEMBERED_TEXTS = 20_000
_REMEMBERED_LENGTH = 200

# "did you pay?", "not booked yet", "if we cancel", "paid for the flights": asked, denied, supposed or of another
# thing, these did not happen here
_VOID_IN_QUESTION = frozenset(
    {
        Act.PAYS, Act.SENDS, Act.ACCEPTS, Act.CONFIRMS, Act.REFUSES, Act.DECLINES, Act.IS_THANKFUL, Act.SHOWS_INTEREST,
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
_SIGNS = frozenset("$€£₽₸₺₴₹")
_ENDS = frozenset(".!;\n?؟")
_QUESTIONS = frozenset("?؟")
_COMMAS = frozenset(",،")


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


class _Phrases(NamedTuple):
    """What the phrases say that begin with a word: by nothing more, by the next word, and the other ones."""

    alone: tuple[Act, ...] = ()
    by_next: dict[str, list[tuple[tuple[Word, ...], Act]]] | None = None
    loose: tuple[tuple[tuple[Word, ...], Act], ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a word, number or mark."""

    text: str
    phrases: _Phrases | None = None
    after_number: _Phrases | None = None
    value: float | None = None
    number: bool = False
    end: bool = False
    comma: bool = False
    denies: bool = False
    supposes: bool = False
    elsewhere: bool = False
    money: bool = False
    thousands: bool = False
    marked: bool = False


class _Index:
    """Phrases by their first word."""

    def __init__(self) -> None:
        self._whole: dict[str, list[tuple[tuple[Word, ...], Act]]] = {}
        self._beginning: dict[str, list[tuple[str, tuple[Word, ...], Act]]] = {}

    def add(self, words: tuple[Word, ...], act: Act) -> None:
        first, rest = words[0], words[1:]
        if first.open_end:
            self._beginning.setdefault(first.text[:1], []).append((first.text, rest, act))
        else:
            self._whole.setdefault(first.text, []).append((rest, act))

    def find(self, text: str) -> _Phrases | None:
        """What is left of each phrase that begins with this word."""
        open_ended = self._beginning.get(text[:1], ())
        found = [
            *self._whole.get(text, ()),
            *((rest, act) for first, rest, act in open_ended if text.startswith(first)),
        ]
        if not found:
            return None
        by_next: dict[str, list[tuple[tuple[Word, ...], Act]]] = {}
        loose: list[tuple[tuple[Word, ...], Act]] = []
        for rest, act in found:
            if rest and not rest[0].open_end and rest[0].text != "*":
                by_next.setdefault(rest[0].text, []).append((rest[1:], act))
            elif rest:
                loose.append((rest, act))
        return _Phrases(tuple(act for rest, act in found if not rest), by_next or None, tuple(loose))


class _Vocabulary(dict[str, _Known]):
    """Words as typed, in lower case, with what is known of them; forgotten when they become too many."""

    def __init__(self, cues: Cues, side: str) -> None:
        super().__init__()
        self._alone = _Index()
        self._after_number = _Index()
        for cue in cues.tables[side]:
            words = cue.words
            if words[0].text == "#":
                self._after_number.add(words[1:], Act(cue.name))
            else:
                self._alone.add(words, Act(cue.name))
        self._grammar = {
            name: _matcher([cue for cue in cues.tables["grammar"] if cue.name == name])
            for name in ("denials", "conditions", "elsewhere", "money", "thousands")
        }

    def __missing__(self, token: str) -> _Known:
        if len(self) > _REMEMBERED_WORDS:
            self.clear()
        known = self[token] = self._know(token)
        return known

    def _know(self, token: str) -> _Known:
        if token[0].isdigit():
            return _Known("#", value=value_of(token), number=True, marked=True)
        if token in _ENDS or token in _COMMAS:
            return _Known(token, end=token in _ENDS, comma=token in _COMMAS)
        if token in _SIGNS:
            return _Known(token, money=True)
        text = fold(token).strip("'")
        phrases, after_number = self._alone.find(text), self._after_number.find(text)
        is_in = {name: match(text) for name, match in self._grammar.items()}
        return _Known(
            text,
            phrases,
            after_number,
            denies=is_in["denials"] or text.endswith("n't"),
            supposes=is_in["conditions"],
            elsewhere=is_in["elsewhere"],
            money=is_in["money"],
            thousands=is_in["thousands"],
            marked=bool(phrases or after_number) or is_in["denials"],
        )


class CueReader:
    """Recognises the acts of one side's texts; `side` is `client` or `agent`."""

    def __init__(self, side: str, cues: Cues) -> None:
        self._vocabulary = _Vocabulary(cues, side)
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
        for place, token in enumerate(tokens):
            if not token.marked:
                continue
            denies |= token.denies
            if token.number:
                numbers.append(place)
                continue
            if token.phrases:
                for act, end in _said(token.phrases, tokens, place):
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


def _amounts(tokens: Sequence[_Known], uncounted: Sequence[int]) -> tuple[tuple[float, ...], tuple[float, ...]]:
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


def _said(phrases: _Phrases, tokens: Sequence[_Known], place: int) -> list[tuple[Act, int]]:
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


def _follows(rest: Sequence[Word], tokens: Sequence[_Known], place: int) -> int | None:
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


def _void(act: Act, tokens: Sequence[_Known], place: int, end: int) -> bool:
    """Whether an act, said from `place` to `end`, is only asked for, denied, supposed or done to another thing."""
    if act in _VOID_IN_QUESTION:
        mark = next((token for token in tokens[place:] if token.end), None)
        if mark is not None and mark.text in _QUESTIONS:
            return True
    before: list[_Known] = []  # up to the beginning of this part of the sentence, backwards
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


def _matcher(cues: Sequence[Cue]) -> Callable[[str], bool]:
    words = [cue.words[0] for cue in cues if len(cue.words) == 1]
    whole = frozenset(word.text for word in words if not word.open_end)
    beginnings = tuple(word.text for word in words if word.open_end)
    return lambda text: text in whole or text.startswith(beginnings)

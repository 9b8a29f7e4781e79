"""What is known of each word: which cues begin with it, whether it denies, whether it is money.

Looked up once for a word and remembered, so that a text costs one look a word.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from transform.status.acts import Act, fold
from transform.status.amounts import value_of
from transform.status.cue_files import Cue, Cues, Word

_REMEMBERED_WORDS = 100_000
_SIGNS = frozenset("$€£₽₸₺₴₹")
_ENDS = frozenset(".!;\n?؟")
_COMMAS = frozenset(",،")


class Phrases(NamedTuple):
    """What the phrases say that begin with a word: by nothing more, by the next word, and the other ones."""

    alone: tuple[Act, ...] = ()
    by_next: dict[str, list[tuple[tuple[Word, ...], Act]]] | None = None
    loose: tuple[tuple[tuple[Word, ...], Act], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a word, number or mark."""

    text: str
    phrases: Phrases | None = None
    after_number: Phrases | None = None
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

    def find(self, text: str) -> Phrases | None:
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
        return Phrases(tuple(act for rest, act in found if not rest), by_next or None, tuple(loose))


class Vocabulary(dict[str, Known]):
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

    def __missing__(self, token: str) -> Known:
        if len(self) > _REMEMBERED_WORDS:
            self.clear()
        known = self[token] = self._know(token)
        return known

    def _know(self, token: str) -> Known:
        if token[0].isdigit():
            return Known("#", value=value_of(token), number=True, marked=True)
        if token in _ENDS or token in _COMMAS:
            return Known(token, end=token in _ENDS, comma=token in _COMMAS)
        if token in _SIGNS:
            return Known(token, money=True)
        text = fold(token).strip("'")
        phrases, after_number = self._alone.find(text), self._after_number.find(text)
        is_in = {name: match(text) for name, match in self._grammar.items()}
        return Known(
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


def _matcher(cues: Sequence[Cue]) -> Callable[[str], bool]:
    words = [cue.words[0] for cue in cues if len(cue.words) == 1]
    whole = frozenset(word.text for word in words if not word.open_end)
    beginnings = tuple(word.text for word in words if word.open_end)
    return lambda text: text in whole or text.startswith(beginnings)

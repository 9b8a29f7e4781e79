"""Probabilities of a language from two models and the script.

The script decides what is possible, our model what is likely; where it is unsure, py3langid is heard too.
"""

from collections.abc import Sequence

import numpy as np

from transform.language.contract import CLASSES, OTHER
from transform.language.model import OwnModel, Probabilities, SecondOpinion, column_of, own_model, second_opinion
from transform.language.scripts import ROMANISED, SCRIPTS

# Chosen on dev.tsv with each source left out of the training in turn; MODEL_CARD.md has the figures.
MIXTURE_VERSION = 1
# Short texts are often taken for a neighbour (Catalan, Tatar) that hardly any client writes.
_OTHER_WEIGHT = 0.25
_OTHER_WEIGHT_OF_SECOND = 0.06
# what a model may be wrong by, whatever it says
_DOUBT = 0.001
_UNSURE_BELOW = 0.95
_SHARE_OF_SECOND = 0.65


_POSSIBLE = {
    script: np.isin(np.array(CLASSES), languages).astype(np.float64)
    for script, languages in {**SCRIPTS, OTHER: (OTHER,)}.items()
}
_WEIGHTS = np.where(np.array(CLASSES) == OTHER, _OTHER_WEIGHT, 1.0)
_WEIGHTS_OF_SECOND = np.where(np.array(CLASSES) == OTHER, _OTHER_WEIGHT_OF_SECOND, 1.0)
_ROMANISED = [column_of(language) for language in ROMANISED]


class Mixture:
    """Both models with the rules of scripts. py3langid's is loaded when the first text needs it."""

    def __init__(self, own: OwnModel | None = None) -> None:
        self._own = own or own_model()
        self.name = f"{self._own.name}, {SecondOpinion.name}, mixture {MIXTURE_VERSION}"

    def probabilities(self, texts: Sequence[str], scripts: Sequence[str]) -> Probabilities:
        """One row a cleaned text that has letters; `scripts` is the script of each."""
        possible = np.array([_POSSIBLE[script] for script in scripts]).reshape(len(texts), len(CLASSES))
        # nothing to ask where a script leaves one language
        found = possible.copy()
        asked = np.flatnonzero(possible.sum(axis=1) > 1).tolist()
        found[asked] = _shares(self._own.probabilities([texts[n] for n in asked]) * _WEIGHTS, possible[asked])
        unsure = np.flatnonzero(found.max(axis=1) < _UNSURE_BELOW).tolist()
        if unsure:
            theirs = second_opinion(self._own.others).probabilities([texts[n] for n in unsure]) * _WEIGHTS_OF_SECOND
            latin = np.array([scripts[n] == "latin" for n in unsure])
            found[unsure] = _mixed(found[unsure], theirs, possible[unsure], latin)
        return found


def _shares(weights: Probabilities, possible: Probabilities) -> Probabilities:
    """The weights of what is possible, as shares of 1."""
    weights = (weights + 1e-9) * possible
    shares: Probabilities = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _mixed(ours: Probabilities, theirs: Probabilities, possible: Probabilities, latin: Probabilities) -> Probabilities:
    """The weighted geometric mean; of what the second does not know it takes our word."""
    unheard = np.zeros(ours.shape, bool)
    unheard[:, _ROMANISED] = latin[:, None]
    share_unheard = np.where(unheard, ours, 0).sum(axis=1, keepdims=True)
    theirs = np.where(unheard, ours, _shares(theirs, possible * ~unheard) * (1 - share_unheard))
    logarithms = (1 - _SHARE_OF_SECOND) * np.log(ours + _DOUBT) + _SHARE_OF_SECOND * np.log(theirs + _DOUBT)
    return _shares(np.exp(logarithms), possible)

"""Cross-entropy over classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmlops.core.dataset import Labels
from qmlops.core.observable import Observable, PauliSum
from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.errors import Mistake


@dataclass(frozen=True)
class Classify:
    """Softmax cross-entropy of `sharpness` times the expectation values.

    One observable a class; with two classes one alone is enough: +1 means the first class.
    """

    sharpness: float = option(8.0, "factor on the expectation values before the softmax", above=0, most=1000)

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, observables: tuple[Observable, ...], classes: int) -> list[Mistake]:
        if not classes:
            return [Mistake("objective", "classify needs labelled data.", "choose data, or objective=energy")]
        if classes < 2:
            return [Mistake("data", "all labels are the same.", "classify needs at least two classes")]
        count = len(observables)
        if (count, classes) == (1, 2) and not _takes_both_signs(observables[0]):
            why = f"{observables[0]} alone cannot tell two classes apart: its sign is the class."
            return [Mistake("readout", why, "use a sum of Pauli strings without a constant, or one observable a class")]
        if count == classes or (count, classes) == (1, 2):
            return []
        why = f"{count} observables do not fit {classes} classes."
        return [Mistake("readout", why, "use readout=one_per_class, or as many sums as classes")]

    def scores(self, values: Array) -> Array:
        both = np.concatenate([values, -values], axis=1) if values.shape[1] == 1 else values
        return self.sharpness * both

    def loss(self, values: Array, labels: Labels) -> tuple[float, Array]:
        chances = self.chances(values)
        rows = np.arange(len(labels))
        loss = -float(np.mean(np.log(np.maximum(chances[rows, labels], 1e-300))))
        slope = chances
        slope[rows, labels] -= 1
        slope *= self.sharpness / len(labels)
        return loss, slope[:, :1] - slope[:, 1:] if values.shape[1] == 1 else slope

    def chances(self, values: Array) -> Array:
        """The probability of each class [points × classes]: the softmax of its score."""
        scores = self.scores(values)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances: Array = weights / weights.sum(axis=1, keepdims=True)
        return chances


def _takes_both_signs(observable: Observable) -> bool:
    """Traceless sums have eigenvalues of both signs; projectors have not."""
    return isinstance(observable, PauliSum) and all(pauli for _, pauli in observable.terms)

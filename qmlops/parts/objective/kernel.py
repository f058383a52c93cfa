"""A support vector machine on fidelities: k(x, y) = |<x|y>|^2.

Schuld 2021, arXiv:2101.11020. Fitted once, convex, without weights in the circuit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmlops.core.dataset import Labels
from qmlops.core.observable import Observable
from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.errors import Mistake


@dataclass(frozen=True)
class Kernel:
    """scikit-learn's SVC on the Gram matrix; one machine a class, one alone for two."""

    cost: float = option(1.0, "C: the price of a training error", above=0, most=1e9)

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, observables: tuple[Observable, ...], classes: int) -> list[Mistake]:
        if classes >= 2:
            return []
        return [Mistake("objective", "kernel needs data with at least two classes.", "choose data")]

    def fit(self, gram: Array, labels: Labels) -> tuple[Array, Array]:
        from sklearn.svm import SVC

        classes = int(labels.max()) + 1
        duals, intercepts = [], []
        for wanted in [1] if classes == 2 else range(classes):
            machine = SVC(kernel="precomputed", C=self.cost).fit(gram, labels == wanted)
            dual = np.zeros(len(labels))
            dual[machine.support_] = machine.dual_coef_[0]
            duals.append(dual)
            intercepts.append(machine.intercept_[0])
        return np.column_stack(duals), np.array(intercepts)

    def decide(self, gram: Array, dual: Array, intercept: Array) -> Array:
        scores: Array = gram @ dual + intercept
        return np.concatenate([-scores, scores], axis=1) if scores.shape[1] == 1 else scores

"""What is minimised: from expectation values and labels to a loss and its derivative."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from qmlops.core.dataset import Labels
from qmlops.core.observable import Observable
from qmlops.core.work import Array
from qmlops.errors import Mistake

KINDS = {
    "classify": "qmlops.parts.objective.classify:Classify",
    "energy": "qmlops.parts.objective.energy:Energy",
    "kernel": "qmlops.parts.objective.kernel:Kernel",
}


class Objective(Protocol):
    """What every objective can say before anything runs."""

    def mistakes(self, observables: tuple[Observable, ...], classes: int) -> list[Mistake]:
        """What does not fit: `classes` is 0 where there is no data. Keys are whole paths."""
        ...


@runtime_checkable
class Differentiable(Protocol):
    """An objective that is a mean over points."""

    def loss(self, values: Array, labels: Labels) -> tuple[float, Array]:
        """The mean loss of values [points × observables], and its derivative in them."""
        ...


@runtime_checkable
class Classifies(Protocol):
    """An objective that predicts a class."""

    def scores(self, values: Array) -> Array:
        """One score a class [points × classes]; the largest wins."""
        ...


@runtime_checkable
class FitsGram(Protocol):
    """An objective that is fitted to a matrix of similarities instead of being stepped."""

    def fit(self, gram: Array, labels: Labels) -> tuple[Array, Array]:
        """Dual coefficients [points × machines] and intercepts [machines] from a Gram matrix."""
        ...

    def decide(self, gram: Array, dual: Array, intercept: Array) -> Array:
        """Scores [rows × classes] from similarities to the support points."""
        ...

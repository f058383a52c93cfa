"""How weights move: ask for points, tell what was found there.

A State is explicit and plain, so that a checkpoint holds all of it; nothing hides in the part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from qmlops.core.work import Array

KINDS = {
    "gradient_descent": "qmlops.parts.optimizer.gradient_descent:GradientDescent",
    "natural_gradient": "qmlops.parts.optimizer.natural_gradient:NaturalGradient",
    "adam": "qmlops.parts.optimizer.adam:Adam",
    "spsa": "qmlops.parts.optimizer.spsa:Spsa",
    "l_bfgs_b": "qmlops.parts.optimizer.l_bfgs_b:LBfgsB",
    "cobyla": "qmlops.parts.optimizer.cobyla:Cobyla",
}


@dataclass(frozen=True, eq=False)
class Request:
    """Points at which the loss is wanted."""

    points: Array
    """[points × weights]"""
    gradient: bool
    metric: bool = False
    """Whether the metric tensor of the states is wanted too."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What was found at the points of a Request."""

    losses: Array
    """[points]"""
    gradients: Array | None
    """[points × weights]"""
    metrics: Array | None = None
    """Fubini-Study metric tensors, the mean over the data [points × weights × weights]."""


@dataclass(frozen=True, eq=False)
class State:
    """Where a search stands."""

    weights: Array
    """The best answer so far, or the current one where the method has no better."""
    step: int = 0
    done: bool = False
    memory: Mapping[str, Array] = field(default_factory=dict)
    """What the method remembers, as arrays."""
    live: Any = None
    """A running search that `memory` can make again; never saved."""

    def moved(self, weights: Array, **memory: Array) -> State:
        return replace(self, weights=weights, step=self.step + 1, memory=memory)


class Optimizer(Protocol):
    """One method of minimisation.

    One that can be done before its last step says so by `ends_early: ClassVar[bool] = True`.
    """

    def init(self, weights: Array, seed: int) -> State: ...
    def ask(self, state: State) -> Request:
        """The next points; equal states ask equal points."""
        ...

    def tell(self, state: State, answer: Answer) -> State: ...

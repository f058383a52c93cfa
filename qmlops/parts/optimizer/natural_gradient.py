"""The quantum natural gradient (Stokes, Izaac, Killoran and Carleo 2020, doi:10.22331/q-2020-05-25-269)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.parts.optimizer import Answer, Request, State


@dataclass(frozen=True)
class NaturalGradient:
    """weights -= rate * (metric + ridge)^-1 gradient: steepest descent among states, not angles.

    The metric is the Fubini-Study tensor, the mean over the data. A step costs gates times angles
    passes over the state, and needs a backend that holds states.
    """

    rate: float = option(0.1, "step size", above=0, most=1000)
    ridge: float = option(1e-3, "added to the metric's diagonal; weights that no state feels stay put", above=0)

    def __post_init__(self) -> None:
        validate(self)

    def init(self, weights: Array, seed: int) -> State:
        return State(weights)

    def ask(self, state: State) -> Request:
        return Request(state.weights[None, :], gradient=True, metric=True)

    def tell(self, state: State, answer: Answer) -> State:
        assert answer.gradients is not None and answer.metrics is not None
        ridged = answer.metrics[0] + self.ridge * np.eye(len(state.weights))
        return state.moved(state.weights - self.rate * np.linalg.solve(ridged, answer.gradients[0]))

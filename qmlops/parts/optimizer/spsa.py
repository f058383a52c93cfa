"""SPSA: two evaluations a step, no gradient (Spall 1998, doi:10.1109/7.705889)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.seed import stream
from qmlops.core.work import Array
from qmlops.parts.optimizer import Answer, Request, State


@dataclass(frozen=True)
class Spsa:
    """Steps along a random direction, of size rate / (step + stability)^0.602."""

    rate: float = option(0.3, "numerator of the step size", above=0, most=1000)
    distance: float = option(0.1, "first distance of the two evaluations; it shrinks as step^-0.101", above=0, most=10)
    stability: float = option(10.0, "added to the step number, so that the first steps are not too long", least=0)

    def __post_init__(self) -> None:
        validate(self)

    def init(self, weights: Array, seed: int) -> State:
        return State(weights, memory={"seed": np.array([seed], dtype=np.float64)})

    def ask(self, state: State) -> Request:
        move = self._distance(state) * self._signs(state)
        return Request(np.stack([state.weights + move, state.weights - move]), gradient=False)

    def tell(self, state: State, answer: Answer) -> State:
        slope = (answer.losses[0] - answer.losses[1]) / (2 * self._distance(state))
        rate = self.rate / (state.step + 1 + self.stability) ** 0.602
        return state.moved(state.weights - rate * slope * self._signs(state), **state.memory)

    def _distance(self, state: State) -> float:
        return float(self.distance / (state.step + 1) ** 0.101)

    def _signs(self, state: State) -> Array:
        random = stream(int(state.memory["seed"][0]), "spsa", state.step)
        return np.asarray(2 * random.integers(0, 2, len(state.weights)) - 1, dtype=np.float64)

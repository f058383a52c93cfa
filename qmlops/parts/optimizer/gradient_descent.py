"""Gradient descent, with momentum on request."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.parts.optimizer import Answer, Request, State


@dataclass(frozen=True)
class GradientDescent:
    """weights -= rate * velocity, where velocity = momentum * velocity + gradient."""

    rate: float = option(0.1, "step size", above=0, most=1000)
    momentum: float = option(0.0, "share of the last step that is kept", least=0, below=1)

    def __post_init__(self) -> None:
        validate(self)

    def init(self, weights: Array, seed: int) -> State:
        return State(weights, memory={"velocity": np.zeros_like(weights)})

    def ask(self, state: State) -> Request:
        return Request(state.weights[None, :], gradient=True)

    def tell(self, state: State, answer: Answer) -> State:
        assert answer.gradients is not None
        velocity = self.momentum * state.memory["velocity"] + answer.gradients[0]
        return state.moved(state.weights - self.rate * velocity, velocity=velocity)

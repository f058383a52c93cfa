"""Adam (Kingma and Ba 2015, arXiv:1412.6980)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array
from qmlops.parts.optimizer import Answer, Request, State


@dataclass(frozen=True)
class Adam:
    """Gradient descent with a step size of its own for each weight."""

    rate: float = option(0.1, "step size", above=0, most=1000)
    beta1: float = option(0.9, "decay of the mean of the gradients", least=0, below=1)
    beta2: float = option(0.999, "decay of the mean of their squares", least=0, below=1)
    epsilon: float = option(1e-8, "added to the root of the second mean", above=0)

    def __post_init__(self) -> None:
        validate(self)

    def init(self, weights: Array, seed: int) -> State:
        return State(weights, memory={"mean": np.zeros_like(weights), "square": np.zeros_like(weights)})

    def ask(self, state: State) -> Request:
        return Request(state.weights[None, :], gradient=True)

    def tell(self, state: State, answer: Answer) -> State:
        assert answer.gradients is not None
        gradient = answer.gradients[0]
        mean = self.beta1 * state.memory["mean"] + (1 - self.beta1) * gradient
        square = self.beta2 * state.memory["square"] + (1 - self.beta2) * gradient**2
        count = state.step + 1
        unbiased_mean = mean / (1 - self.beta1**count)
        unbiased_square = square / (1 - self.beta2**count)
        move = self.rate * unbiased_mean / (np.sqrt(unbiased_square) + self.epsilon)
        return state.moved(state.weights - move, mean=mean, square=square)

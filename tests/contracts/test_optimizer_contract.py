"""Every kind of optimizer keeps the contract that plugins' optimizers are held to, and ours reach further."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qmlops.parts.optimizer import Answer, State
from qmlops.parts.optimizer.gradient_descent import GradientDescent
from qmlops.testing.contracts import optimizer as contract


@pytest.mark.parametrize("promise", contract.CONTRACT, ids=lambda promise: promise.__name__)
def test_the_contract(part: Any, optimizer_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("optimizer", optimizer_kind))


@pytest.mark.parametrize(
    ("kind", "reached"),
    [
        ("l_bfgs_b", 1e-12),
        ("cobyla", 1e-9),
        ("gradient_descent", 1e-12),
        ("adam", 1e-6),
        ("natural_gradient", 1e-12),
    ],
)
def test_these_reach_the_minimum_of_a_quadratic(part: Any, kind: str, reached: float) -> None:
    optimizer = part("optimizer", kind)
    state = contract.advance(optimizer, optimizer.init(contract.START, 7), 400)
    assert contract.quadratic(state.weights[None, :])[0] < reached


def test_scipy_ends_by_itself_and_keeps_its_best_point(part: Any) -> None:
    for kind, most in (("l_bfgs_b", 60), ("cobyla", 400)):
        optimizer = part("optimizer", kind)
        state = contract.advance(optimizer, optimizer.init(contract.START, 0), 1000)
        assert state.done
        assert state.step < most
        loss = contract.quadratic(state.weights[None, :])[0]
        assert loss == state.memory["losses"].min() == state.memory["best"][0]


class Meddling(GradientDescent):
    def tell(self, state: State, answer: Answer) -> State:
        after = super().tell(state, answer)
        state.weights[:] += 1
        return after


def test_an_optimizer_that_writes_into_the_old_state_is_noticed() -> None:
    with pytest.raises(AssertionError):
        contract.leaves_the_old_state_alone(Meddling())


def test_an_optimizer_that_never_arrives_is_noticed() -> None:
    # At a curvature of 4, steps of half the gradient jump from one side of the valley to the other.
    with pytest.raises(AssertionError):
        contract.comes_near_the_minimum_of_a_quadratic(GradientDescent(rate=0.5))

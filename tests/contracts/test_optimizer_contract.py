"""What every optimizer promises: equal states ask equal points, a saved state goes on bit for bit, it minimises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmlops.parts.optimizer import Answer, State
from qmlops.train.checkpoint import load, save

CENTRE, STEEPNESS = np.array([0.4, -1.2, 2.0]), np.array([1.0, 2.0, 0.5])
START = np.array([1.5, 0.3, 0.1])


def quadratic(points: Any) -> Any:
    return np.sum(STEEPNESS * (points - CENTRE) ** 2, axis=1)


def advance(optimizer: Any, state: State, steps: int) -> State:
    for _ in range(steps):
        if state.done:
            break
        request = optimizer.ask(state)
        gradients = 2 * STEEPNESS * (request.points - CENTRE) if request.gradient else None
        metrics = np.tile(np.diag(STEEPNESS), (len(request.points), 1, 1)) if request.metric else None
        answer = Answer(quadratic(request.points), gradients, metrics)
        state = optimizer.tell(state, answer)
    return state


def test_a_fresh_state_stands_at_the_start(part: Any, optimizer_kind: str) -> None:
    state = part("optimizer", optimizer_kind).init(START, 7)
    np.testing.assert_array_equal(state.weights, START)
    assert (state.step, state.done) == (0, False)
    assert all(isinstance(value, np.ndarray) for value in state.memory.values())


def test_equal_states_ask_equal_points(part: Any, optimizer_kind: str) -> None:
    optimizer = part("optimizer", optimizer_kind)
    state = advance(optimizer, optimizer.init(START, 7), 5)
    first, again = optimizer.ask(state), optimizer.ask(state)
    assert first.points.tobytes() == again.points.tobytes()
    assert first.points.shape[1] == len(START)
    assert (first.gradient, first.metric) == (again.gradient, again.metric)


def test_asking_and_telling_leave_the_old_state_alone(part: Any, optimizer_kind: str) -> None:
    optimizer = part("optimizer", optimizer_kind)
    state = advance(optimizer, optimizer.init(START, 7), 3)
    weights, memory = state.weights.copy(), {name: value.copy() for name, value in state.memory.items()}
    after = advance(optimizer, state, 1)
    np.testing.assert_array_equal(state.weights, weights)
    assert all(state.memory[name].tobytes() == value.tobytes() for name, value in memory.items())
    assert (state.step, after.step) == (3, 4)


@pytest.mark.parametrize("saved_at", [0, 1, 7])
def test_a_saved_state_goes_on_bit_for_bit(part: Any, optimizer_kind: str, saved_at: int, tmp_path: Path) -> None:
    optimizer = part("optimizer", optimizer_kind)
    state = advance(optimizer, optimizer.init(START, 7), saved_at)
    save(tmp_path, state)
    loaded = load(tmp_path)
    assert loaded is not None and loaded.live is None
    went_on, resumed = advance(optimizer, state, 8), advance(optimizer, loaded, 8)
    assert resumed.weights.tobytes() == went_on.weights.tobytes()
    assert (resumed.step, resumed.done) == (went_on.step, went_on.done)
    assert resumed.memory.keys() == went_on.memory.keys()
    assert all(resumed.memory[name].tobytes() == went_on.memory[name].tobytes() for name in resumed.memory)


def test_a_state_that_is_told_twice_gives_the_same_twice(part: Any, optimizer_kind: str) -> None:
    optimizer = part("optimizer", optimizer_kind)
    state = advance(optimizer, optimizer.init(START, 7), 4)
    first, again = advance(optimizer, state, 3), advance(optimizer, state, 3)
    assert first.weights.tobytes() == again.weights.tobytes()


def test_it_finds_the_minimum_of_a_quadratic(part: Any, optimizer_kind: str) -> None:
    optimizer = part("optimizer", optimizer_kind)
    state = advance(optimizer, optimizer.init(START, 7), 400)
    reached = {"l_bfgs_b": 1e-12, "cobyla": 1e-9, "gradient_descent": 1e-12, "adam": 1e-6, "natural_gradient": 1e-12}
    assert quadratic(state.weights[None, :])[0] < reached.get(optimizer_kind, 1e-2)


def test_the_seed_is_all_that_is_random(part: Any, optimizer_kind: str) -> None:
    optimizer = part("optimizer", optimizer_kind)
    first, again = (advance(optimizer, optimizer.init(START, 7), 6) for _ in range(2))
    assert first.weights.tobytes() == again.weights.tobytes()


def test_scipy_ends_by_itself_and_keeps_its_best_point(part: Any) -> None:
    for kind, most in (("l_bfgs_b", 60), ("cobyla", 400)):
        optimizer = part("optimizer", kind)
        state = advance(optimizer, optimizer.init(START, 0), 1000)
        assert state.done
        assert state.step < most
        assert quadratic(state.weights[None, :])[0] == state.memory["losses"].min() == state.memory["best"][0]

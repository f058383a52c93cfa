"""What every optimizer promises: equal states ask equal points, a saved state goes on bit for bit, it minimises."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from qmlops.core.work import Array
from qmlops.parts.optimizer import Answer, Optimizer, State
from qmlops.train.checkpoint import load, save

CENTRE, STEEPNESS = np.array([0.4, -1.2, 2.0]), np.array([1.0, 2.0, 0.5])
START = np.array([1.5, 0.3, 0.1])
_NEAR = 1e-2


def quadratic(points: Array) -> Array:
    """A bowl over three weights, 0 at CENTRE; 7.1 at START."""
    losses: Array = np.sum(STEEPNESS * (points - CENTRE) ** 2, axis=1)
    return losses


def advance(optimizer: Optimizer, state: State, steps: int) -> State:
    """The state after so many steps on the bowl, or after fewer where the optimizer ends by itself."""
    for _ in range(steps):
        if state.done:
            break
        request = optimizer.ask(state)
        gradients = 2 * STEEPNESS * (request.points - CENTRE) if request.gradient else None
        metrics = np.tile(np.diag(STEEPNESS), (len(request.points), 1, 1)) if request.metric else None
        state = optimizer.tell(state, Answer(quadratic(request.points), gradients, metrics))
    return state


def starts_where_it_is_told(optimizer: Optimizer) -> None:
    state = optimizer.init(START, 7)
    np.testing.assert_array_equal(state.weights, START)
    assert (state.step, state.done) == (0, False)
    assert all(isinstance(value, np.ndarray) for value in state.memory.values())


def asks_equal_points_of_equal_states(optimizer: Optimizer) -> None:
    state = advance(optimizer, optimizer.init(START, 7), 5)
    first, again = optimizer.ask(state), optimizer.ask(state)
    assert first.points.tobytes() == again.points.tobytes()
    assert first.points.shape[1] == len(START)
    assert (first.gradient, first.metric) == (again.gradient, again.metric)


def leaves_the_old_state_alone(optimizer: Optimizer) -> None:
    state = advance(optimizer, optimizer.init(START, 7), 3)
    weights, memory = state.weights.copy(), {name: value.copy() for name, value in state.memory.items()}
    after = advance(optimizer, state, 1)
    np.testing.assert_array_equal(state.weights, weights)
    assert all(state.memory[name].tobytes() == value.tobytes() for name, value in memory.items())
    assert (state.step, after.step) == (3, 4)


def goes_on_from_a_saved_state_bit_for_bit(optimizer: Optimizer) -> None:
    for saved_at in (0, 1, 7):
        state = advance(optimizer, optimizer.init(START, 7), saved_at)
        with TemporaryDirectory() as folder:
            save(Path(folder), state)
            loaded = load(Path(folder))
        assert loaded is not None and loaded.live is None
        went_on, resumed = advance(optimizer, state, 8), advance(optimizer, loaded, 8)
        assert resumed.weights.tobytes() == went_on.weights.tobytes()
        assert (resumed.step, resumed.done) == (went_on.step, went_on.done)
        assert resumed.memory.keys() == went_on.memory.keys()
        assert all(resumed.memory[name].tobytes() == went_on.memory[name].tobytes() for name in resumed.memory)


def gives_the_same_twice_of_a_state_that_is_told_twice(optimizer: Optimizer) -> None:
    state = advance(optimizer, optimizer.init(START, 7), 4)
    first, again = advance(optimizer, state, 3), advance(optimizer, state, 3)
    assert first.weights.tobytes() == again.weights.tobytes()


def draws_from_its_seed_alone(optimizer: Optimizer) -> None:
    first, again = (advance(optimizer, optimizer.init(START, 7), 6) for _ in range(2))
    assert first.weights.tobytes() == again.weights.tobytes()


def comes_near_the_minimum_of_a_quadratic(optimizer: Optimizer) -> None:
    state = advance(optimizer, optimizer.init(START, 7), 400)
    assert quadratic(state.weights[None, :])[0] < _NEAR


CONTRACT = (
    starts_where_it_is_told,
    asks_equal_points_of_equal_states,
    leaves_the_old_state_alone,
    goes_on_from_a_saved_state_bit_for_bit,
    gives_the_same_twice_of_a_state_that_is_told_twice,
    draws_from_its_seed_alone,
    comes_near_the_minimum_of_a_quadratic,
)
"""Every promise; each takes an optimizer with its defaults."""

"""What every choice of gradient promises: the derivative of exact values, and of drawn ones or a refusal by its key."""

from __future__ import annotations

from functools import cache

import numpy as np

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.errors import ConfigError
from qmlops.execute.run import differentiate, execute
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.gradient import Gradient

POINTS = np.array([[0.2, 0.5, -0.8], [1.3, -1.0, 2.2]])
COTANGENT = np.array([[1.0, -0.5], [0.3, 2.0]])
_SHOTS = 20_000
_STEP = 1e-5


@cache
def program() -> Program:
    """Weights that are shared, scaled, multiplied and controlled, after an input; two observables."""
    import cirq
    import sympy

    a, b, x = sympy.symbols("a b x")
    first, second = cirq.LineQubit.range(2)
    controlled = cirq.ControlledGate(cirq.XPowGate(exponent=2 * a / sympy.pi, global_shift=-0.5))
    turns = [cirq.ry(x)(first), cirq.ry(a)(first), controlled(first, second)]
    circuit = cirq.Circuit(turns, cirq.rz(a * b)(second), cirq.ry(b + 0.3)(second))
    return Program(circuit, 2, ("x",), ("a", "b"), (PauliSum.parse("Z0 X1"), PauliSum.parse("Z1")))


def by_differences() -> Array:
    """The derivative of COTANGENT times the exact values, in each weight [points × weights]."""

    def loss(points: Array) -> Array:
        (result,) = execute(Qsim(precision="double").open(), [Work(program(), points)], "differences")
        found: Array = np.sum(COTANGENT * result.values, axis=1)
        return found

    moves = _STEP * np.eye(POINTS.shape[1])[1:]
    return np.stack([(loss(POINTS + move) - loss(POINTS - move)) / (2 * _STEP) for move in moves], axis=1)


def differentiates_every_use_of_a_weight(gradient: Gradient, slack: float = 1e-6) -> None:
    """`slack` is how far a rule may be off that is right on average only."""
    session = Qsim(precision="double").open()
    (found,) = differentiate(session, gradient, [Work(program(), POINTS, seed=4)], "contract")
    np.testing.assert_allclose(found.pullback(COTANGENT), by_differences(), atol=slack)
    assert found.values.shape == (len(POINTS), 2)
    assert found.circuits >= len(POINTS)
    assert found.shots == 0


def draws_from_its_seed_alone_or_refuses_shots_by_its_key(gradient: Gradient, slack: float = 1e-6) -> None:
    work = Work(program(), POINTS, shots=_SHOTS, seed=4)
    try:
        (found,) = differentiate(Qsim().open(), gradient, [work], "contract")
    except ConfigError as refusal:
        assert [item.path for item in refusal.mistakes] == ["gradient"]
        return
    assert found.shots == found.circuits * _SHOTS
    (again,) = differentiate(Qsim().open(), gradient, [work], "contract")
    assert found.pullback(COTANGENT).tobytes() == again.pullback(COTANGENT).tobytes()


CONTRACT = (differentiates_every_use_of_a_weight, draws_from_its_seed_alone_or_refuses_shots_by_its_key)
"""Every promise; each takes a gradient, and a `slack` where it is right on average only."""

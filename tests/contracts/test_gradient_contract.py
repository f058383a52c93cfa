"""What every choice of gradient promises: the derivative of exact values, or a refusal that names itself."""

from __future__ import annotations

from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import ConfigError
from qmlops.execute.run import differentiate
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.gradient.parameter_shift import ParameterShift, terms
from qmlops.parts.noise.depolarising import Depolarising

A, B, X = sympy.symbols("a b x")
FIRST, SECOND = cirq.LineQubit.range(2)
PROGRAM = Program(
    cirq.Circuit(
        cirq.ry(X)(FIRST),
        cirq.ry(A)(FIRST),
        cirq.ControlledGate(cirq.XPowGate(exponent=2 * A / sympy.pi, global_shift=-0.5))(FIRST, SECOND),
        cirq.rz(A * B)(SECOND),
        cirq.ry(B + 0.3)(SECOND),
    ),
    2,
    ("x",),
    ("a", "b"),
    (PauliSum.parse("Z0 X1"), PauliSum.parse("Z1")),
)
POINTS = np.array([[0.2, 0.5, -0.8], [1.3, -1.0, 2.2]])
COTANGENT = np.array([[1.0, -0.5], [0.3, 2.0]])
STATISTICAL = {"spsa": {"directions": 10_000, "distance": 1e-3}}
"""Kinds that are right on average only, with what makes their average good."""


def by_differences() -> Any:
    def loss(points: Any) -> Any:
        return np.sum(COTANGENT * Qsim(precision="double").open().run(Work(PROGRAM, points)).values, axis=1)  # type: ignore[attr-defined]

    moves = 1e-5 * np.eye(3)[1:]
    return np.stack([(loss(POINTS + move) - loss(POINTS - move)) / 2e-5 for move in moves], axis=1)


def test_it_differentiates_shared_scaled_multiplied_and_controlled_weights(part: Any, gradient_kind: str) -> None:
    gradient = part("gradient", gradient_kind, **STATISTICAL.get(gradient_kind, {}))
    found = differentiate(Qsim(precision="double").open(), gradient, [Work(PROGRAM, POINTS, seed=4)], "t")[0]
    close = 0.15 if gradient_kind in STATISTICAL else 1e-6
    np.testing.assert_allclose(found.pullback(COTANGENT), by_differences(), atol=close)
    assert found.values.shape == (2, 2)
    assert found.circuits >= len(POINTS)
    assert found.shots == 0


def test_it_works_with_shots_or_refuses_by_its_key(part: Any, gradient_kind: str) -> None:
    gradient = part("gradient", gradient_kind)
    work = Work(PROGRAM, POINTS, shots=20_000, seed=4)
    if gradient_kind == "adjoint":
        with pytest.raises(ConfigError) as refusal:
            differentiate(Qsim().open(), gradient, [work], "t")
        assert [item.path for item in refusal.value.mistakes] == ["gradient"]
        return
    (found,) = differentiate(Qsim().open(), gradient, [work], "t")
    assert found.shots == found.circuits * 20_000
    (again,) = differentiate(Qsim().open(), gradient, [work], "t")
    assert found.pullback(COTANGENT).tobytes() == again.pullback(COTANGENT).tobytes()


def test_auto_shifts_exactly_where_the_session_cannot_differentiate(part: Any) -> None:
    auto, exact = part("gradient", "auto"), Work(PROGRAM, POINTS)
    noisy = Work(PROGRAM, POINTS, noise=Depolarising())
    assert auto.rule(Qsim().open(), exact) is None
    assert isinstance(auto.rule(Density().open(), exact), ParameterShift)
    assert isinstance(auto.rule(Qsim().open(), Work(PROGRAM, POINTS, shots=10)), ParameterShift)
    assert isinstance(auto.rule(Qsim().open(), noisy), ParameterShift)


def test_parameter_shift_differentiates_noisy_values() -> None:
    noise = Depolarising(0.05, 0.1)
    session = Density().open()
    found = differentiate(session, ParameterShift(), [Work(PROGRAM, POINTS, noise=noise)], "t")[0].pullback(COTANGENT)

    def loss(points: Any) -> Any:
        return np.sum(COTANGENT * session.run(Work(PROGRAM, points, noise=noise)).values, axis=1)  # type: ignore[attr-defined]

    for column in (0, 1):
        move = 1e-5 * np.eye(3)[1 + column]
        np.testing.assert_allclose(found[:, column], (loss(POINTS + move) - loss(POINTS - move)) / 2e-5, atol=1e-6)


@pytest.mark.parametrize("frequencies", [(1.0,), (0.5,), (0.5, 1.0), (1.0, 2.0), (1.0, 2.0, 3.0)])
def test_shifts_differentiate_every_wave_of_their_frequencies(frequencies: tuple[float, ...]) -> None:
    for wave in frequencies:
        for phase in (0.0, 0.4, 1.7):
            slope = sum(factor * np.sin(np.pi * wave * by + phase) for by, factor in terms(frequencies))
            assert slope == pytest.approx(np.pi * wave * np.cos(phase))
    assert sum(factor for _, factor in terms(frequencies)) == pytest.approx(0)


def test_rotations_cost_two_shifts_and_controlled_ones_four() -> None:
    (work,) = ParameterShift().construct(Work(PROGRAM, POINTS))
    assert len(work.points) == len(POINTS) * (1 + 2 + 4 + 2 + 2)

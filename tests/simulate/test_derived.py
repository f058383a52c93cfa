"""Jacobian, Gram matrix and metric tensor against closed forms and differences."""

from __future__ import annotations

import cirq
import numpy as np
import sympy

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.simulate import prepare
from qmlops.simulate.derived import gram, jacobian, metric
from qmlops.simulate.plain import PlainEngine
from tests.simulate.programs import points_of, random_program, ring


def test_the_jacobian_holds_the_pullback_of_every_observable() -> None:
    program = random_program(21, width=4)
    points = points_of(program, 3)
    engine = prepare(program, "double")
    whole = jacobian(engine, points)
    for row in range(3):
        values, pullback = engine.vjp(points[[row]])
        for column in range(values.shape[1]):
            np.testing.assert_allclose(whole[row, column], pullback(np.eye(values.shape[1])[[column]])[0], atol=1e-12)


def test_the_gram_matrix_of_single_rotations_is_a_cosine_squared() -> None:
    circuit = cirq.Circuit(cirq.ry(sympy.Symbol("x")).on(cirq.LineQubit(0)))
    engine = prepare(Program(circuit, 1, ("x",), (), (PauliSum.parse("Z0"),)), "double")
    angles = np.linspace(-3, 3, 7)[:, None]
    np.testing.assert_allclose(gram(engine, angles), np.cos((angles - angles.T) / 2) ** 2, atol=1e-12)
    np.testing.assert_allclose(gram(engine, angles, angles[:2]), gram(engine, angles)[:, :2], atol=1e-12)


def test_the_metric_of_a_qubit_on_the_sphere_is_known() -> None:
    qubit = cirq.LineQubit(0)
    circuit = cirq.Circuit(cirq.ry(sympy.Symbol("a")).on(qubit), cirq.rz(sympy.Symbol("b")).on(qubit))
    program = Program(circuit, 1, (), ("a", "b"), (PauliSum.parse("Z0"),))
    points = np.array([[0.4, 1.0], [2.0, -0.3]])
    expected = [np.diag([1, np.sin(a) ** 2]) / 4 for a, _ in points]
    np.testing.assert_allclose(metric(PlainEngine(program), points), expected, atol=1e-12)


def test_the_metric_is_the_curvature_of_the_fidelity() -> None:
    program = ring(3, layers=2)
    points = points_of(program, 1)
    step = np.zeros_like(points)
    step[:, 3:] = 1e-3 * np.random.default_rng(1).normal(size=points.shape[1] - 3)
    engine = prepare(program, "double")
    lost = 1 - gram(engine, points - step / 2, points + step / 2)[0, 0]
    tensor = metric(PlainEngine(program), points)[0]
    np.testing.assert_allclose(step[0, 3:] @ tensor @ step[0, 3:], lost, rtol=1e-4)

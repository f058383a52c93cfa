"""The effective dimension is that of its formula where the Fisher information is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.errors import RequestError
from qmlops.parts.objective.classify import Classify
from qmlops.simulate import prepare
from qmlops.train.dimension import dimension_of, fisher, resolution
from qmlops.train.quantum_monitor import QuantumMonitor


def test_equal_and_full_informations_count_every_weight() -> None:
    for scale, weights in ((3.0, 5), (200.0, 2)):
        found = dimension_of(np.full((7, weights), 0.3), scale)
        assert found == pytest.approx(weights * math.log1p(scale) / math.log(scale))


def test_a_weight_that_nothing_depends_on_does_not_count() -> None:
    spectra = np.tile([0.0, 4.0, 0.0], (5, 1))
    assert dimension_of(spectra, 50.0) == pytest.approx(math.log1p(3 * 50.0) / math.log(50.0))
    assert dimension_of(np.zeros((4, 3)), 50.0) == 0.0


def test_the_information_of_one_turn_is_its_closed_form() -> None:
    a, x = sympy.symbols("a x")
    circuit = cirq.Circuit(cirq.ry(a + x)(cirq.LineQubit(0)))
    program = Program(circuit, 1, ("x",), ("a",), (PauliSum.parse("Z0"),))
    inputs = np.array([[0.0], [0.4], [1.1]])
    found = fisher(prepare(program, "double"), Classify(2.0), inputs, np.array([0.7]))
    angles = inputs[:, 0] + 0.7
    chances = 1 / (1 + np.exp(-4 * np.cos(angles)))
    expected = np.mean((4 * np.sin(angles)) ** 2 * chances * (1 - chances))
    np.testing.assert_allclose(found, [[expected]], rtol=1e-9)


def test_the_information_of_three_classes_is_the_mean_of_squared_slopes(spec_of: Callable[..., Any]) -> None:
    from qmlops.pipeline.prepare import prepare as ready

    task = ready(spec_of("+experiment=vqc", "circuit.layers=1"))
    engine, objective = prepare(task.program, "double"), task.spec.objective
    inputs, weights = task.inputs[:3], np.random.default_rng(1).uniform(0, 6, len(task.program.weights))

    def logs(at: Any) -> Any:
        points = np.concatenate([inputs, np.tile(at, (3, 1))], axis=1)
        return np.log(objective.chances(engine.values(points)))

    step = 1e-5
    slopes = np.stack([(logs(weights + e) - logs(weights - e)) / (2 * step) for e in step * np.eye(len(weights))])
    expected = np.einsum("wrc,vrc,rc->wv", slopes, slopes, np.exp(logs(weights))) / 3
    np.testing.assert_allclose(fisher(engine, objective, inputs, weights), expected, atol=1e-6)


def test_a_models_dimension_lies_between_none_and_its_weights(run_of: Callable[..., Any]) -> None:
    model = run_of("+experiment=vqc_moons", "data.rows=40", "circuit.layers=1", "qubits=2", "steps=1").model
    features = np.random.default_rng(0).normal(size=(40, 2))
    found = QuantumMonitor().effective_dimension(model, features, samples=20)
    assert found == QuantumMonitor().effective_dimension(model, features, samples=20)
    assert found.interval[0] <= found.value <= found.interval[1] and 0 < found.normed <= 1.2
    with pytest.raises(RequestError, match="too few"):
        QuantumMonitor().effective_dimension(model, features[:10])


def test_the_resolution_is_that_of_the_paper() -> None:
    assert resolution(100, 0.5) == pytest.approx(0.5 * 100 / (2 * math.pi * math.log(100)))
    with pytest.raises(RequestError):
        resolution(1, 1.0)

"""On many random programs: the engine beside Cirq in double, qsim in single, and the parameter-shift rule.

`QMLOPS_PROGRAMS=500` is the long form, which `nox -s programs` runs.
"""

from __future__ import annotations

import os
from typing import Any

import cirq
import numpy as np
import pytest
import qsimcirq

from qmlops.core.observable import Observable, PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.gradient.parameter_shift import ParameterShift
from qmlops.simulate.lanes import LaneEngine
from tests.simulate.programs import points_of, random_program

PROGRAMS = int(os.environ.get("QMLOPS_PROGRAMS", "20"))
DOUBLE = 1e-12
SINGLE = 1e-6
"""In units of an observable's norm, as float32 has relative errors."""


def norm(observable: Observable) -> float:
    """A bound on the absolute value of its expectation, at least 1."""
    return max(1.0, sum(abs(c) for c, _ in observable.terms)) if isinstance(observable, PauliSum) else 1.0


def operator(observable: Observable, program: Program) -> Any:
    """The observable as Cirq has it, on the program's qubits."""
    qubits = program.qubits
    if isinstance(observable, PauliSum):
        terms = [cirq.PauliString({qubits[w]: p for w, p in word}, coefficient=c) for c, word in observable.terms]
        return cirq.PauliSum.from_pauli_strings(terms)
    product = cirq.PauliSum.from_pauli_strings([cirq.PauliString()])
    for wire, bit in observable.bits:
        product *= (1 + (1 - 2 * bit) * cirq.Z(qubits[wire])) / 2
    return product


def expected(program: Program, points: Any, simulator: Any) -> Any:
    """Expectation values [points × observables] from a simulator of somebody else's."""
    circuit = cirq.Circuit(cirq.I.on_each(*program.qubits), program.circuit)
    wanted = [operator(observable, program) for observable in program.observables]
    resolvers = [dict(zip(program.symbols, map(float, point), strict=True)) for point in points]
    found = [
        simulator.simulate_expectation_values(circuit, wanted, resolver, qubit_order=program.qubits)
        for resolver in resolvers
    ]
    return np.real(np.array(found))


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_double_equals_cirq_and_single_equals_qsim(seed: int) -> None:
    program = random_program(seed)
    points = points_of(program, 3, seed)
    norms = np.array([norm(observable) for observable in program.observables])
    exact = expected(program, points, cirq.Simulator(dtype=np.complex128))
    assert np.abs(LaneEngine(program, "double").values(points) - exact).max() < DOUBLE
    single = LaneEngine(program, "single").values(points)
    by_qsim = expected(program, points, qsimcirq.QSimSimulator())
    assert (np.abs(single - exact) / norms).max() < SINGLE / 2
    # Of 500 programs qsim has one whose value is further than that from the exact one by itself.
    right = np.abs(by_qsim - exact) / norms < SINGLE
    assert right.mean() > 0.8
    assert (np.abs(single - by_qsim) / norms)[right].max() < SINGLE


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_the_gradient_equals_the_parameter_shift_rules(seed: int) -> None:
    program = random_program(seed)
    points = points_of(program, 2, seed)
    values, pullback = LaneEngine(program, "double").vjp(points)
    cotangent = np.random.default_rng(seed).normal(size=values.shape)
    work, rule, session = Work(program, points), ParameterShift(), Qsim(precision="double").open()
    works = rule.construct(work)
    shifted = session.result(session.submit(works, "shifted"), works)
    again, by_shift = rule.combine(work, shifted)
    assert np.abs(again - values).max() < DOUBLE
    assert np.abs(by_shift(cotangent) - pullback(cotangent)).max() < 100 * DOUBLE

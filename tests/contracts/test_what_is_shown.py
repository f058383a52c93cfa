"""What local backends show beside values: counts that make them, and density matrices with the noise inside."""

from __future__ import annotations

from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.core.backend import HoldsDensities
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.lower.basis import bases
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.parts.noise.readout import ReadoutError

QUBITS = cirq.LineQubit.range(3)
CIRCUIT = cirq.Circuit(
    cirq.ry(sympy.Symbol("a"))(QUBITS[0]), cirq.CNOT(QUBITS[0], QUBITS[2]), cirq.rx(sympy.Symbol("b"))(QUBITS[1])
)
PROGRAM = Program(CIRCUIT, 3, ("a",), ("b",), tuple(PauliSum.parse(text) for text in ("X0 Z1", "Y1 + 0.5 Z2", "Z0")))
POINTS = np.array([[0.4, 1.9], [2.0, -0.3]])
NOISES = pytest.mark.parametrize("noise", [None, Depolarising(0.05, 0.1), ReadoutError(0.05, 0.2)], ids=repr)


@NOISES
def test_counts_that_are_asked_for_are_all_shots_and_make_the_values(
    part: Any, sampling_backend_kind: str, noise: Any
) -> None:
    session = part("backend", sampling_backend_kind).open()
    work = Work(PROGRAM, POINTS, 200, 3, noise, keep_counts=True)
    (result,) = session.result(session.submit([work], "token"), [work])
    measured, values = bases(PROGRAM.observables), np.zeros((2, 3))
    assert len(result.counts) == len(measured) == 2
    for basis, read in zip(measured, result.counts, strict=True):
        for row, counts in enumerate(read):
            assert counts.bits.shape[1] == 3 and counts.numbers.sum() == 200
            values[row] += counts.numbers @ basis.eigenvalues(counts.bits.astype(float), 3) / 200
    np.testing.assert_allclose(values, result.values, atol=1e-12)
    quiet = Work(PROGRAM, POINTS, 200, 3, noise)
    (bare,) = session.result(session.submit([quiet], "quiet"), [quiet])
    assert bare.counts is None
    np.testing.assert_array_equal(bare.values, result.values)


@pytest.mark.parametrize("noise", [None, Depolarising(0.05, 0.1)], ids=repr)
def test_density_matrices_are_cirqs(part: Any, backend_kind: str, noise: Any) -> None:
    session = part("backend", backend_kind).open()
    if not isinstance(session, HoldsDensities):
        assert not hasattr(session, "densities")
        return
    found = session.densities(Work(PROGRAM, POINTS, None, 0, noise))
    for row, point in enumerate(POINTS):
        circuit = cirq.resolve_parameters(PROGRAM.circuit, dict(zip(PROGRAM.symbols, point, strict=True)))
        noisy = circuit if noise is None else noise.apply(circuit)
        simulator = cirq.DensityMatrixSimulator(dtype=np.complex128)
        expected = simulator.simulate(noisy, qubit_order=QUBITS).final_density_matrix
        np.testing.assert_allclose(found[row], expected, atol=1e-9)


def test_some_backend_here_shows_density_matrices(part: Any) -> None:
    assert isinstance(part("backend", "density").open(), HoldsDensities)

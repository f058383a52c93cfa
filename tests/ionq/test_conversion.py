"""What IonQ is sent is the program: equal unitaries at every point, read back by the emulator's own reader."""

from __future__ import annotations

import os
import re
from typing import Any

import cirq
import numpy as np
import pytest

from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import RequestError
from qmlops.lower.reading import measured, resolver
from qmlops.parts.backend.ionq.program import sheets
from qmlops.serving.ionq.circuit import program as of_shape
from qmlops.serving.ionq.circuit import read
from tests.doubles.works import POINTS, run, turned
from tests.ionq.conftest import MakeBackend
from tests.simulate.programs import random_program

PROGRAMS = int(os.environ.get("QMLOPS_PROGRAMS", "12"))


def unitary(entries: list[dict[str, Any]], width: int) -> Any:
    circuit = read(entries, width, native=False)
    made = of_shape(circuit.shape)
    bound = cirq.resolve_parameters(
        made.circuit, dict(zip(made.weights, np.array(circuit.rotations) / np.pi, strict=True))
    )
    return bound.unitary(qubit_order=made.qubits, qubits_that_should_be_present=made.qubits)


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs_keep_their_unitaries(backend: MakeBackend, seed: int) -> None:
    drawn = random_program(seed, width=1 + seed % 5)
    points = np.random.default_rng(seed).uniform(-np.pi, np.pi, (2, len(drawn.symbols)))
    lowered = backend().lower(drawn)
    assert lowered.symbols == drawn.symbols
    for sheet, wanted in zip(sheets(lowered), measured(drawn), strict=True):
        for point, entries in zip(points, sheet.circuits(points), strict=True):
            exact = cirq.resolve_parameters(wanted.circuit, resolver(drawn, point))
            cirq.testing.assert_allclose_up_to_global_phase(
                unitary(entries, drawn.width),
                exact.unitary(qubit_order=drawn.qubits, qubits_that_should_be_present=drawn.qubits),
                atol=1e-8,
            )


def test_exact_values_are_those_of_cirq(backend: MakeBackend) -> None:
    drawn = turned("Z0", "X0 X2", "Y1 Z2", "0.5 Z0 Z1 - 2 X1 + 0.25")
    made = backend()
    result = run(made, [Work(made.lower(drawn), POINTS)])[0]
    simulator = cirq.Simulator(dtype=np.complex128)
    for row, point in enumerate(POINTS):
        state = simulator.simulate(drawn.circuit, resolver(drawn, point), qubit_order=drawn.qubits).final_state_vector
        for column, observable in enumerate(drawn.observables):
            assert isinstance(observable, PauliSum)
            operators = cirq.PauliSum.from_pauli_strings(
                [
                    cirq.PauliString(
                        {drawn.qubits[wire]: getattr(cirq, letter) for wire, letter in pauli}, coefficient=size
                    )
                    for size, pauli in observable.terms
                ]
            )
            wanted = operators.expectation_from_state_vector(state, {q: i for i, q in enumerate(drawn.qubits)}).real
            assert result.values[row, column] == pytest.approx(wanted, abs=1e-9)
    assert not result.variances.any() and result.shots == 0


def test_a_program_without_gates_reads_zeros(backend: MakeBackend) -> None:
    program = Program(cirq.Circuit(), 2, (), (), (PauliSum.parse("Z0"), PauliSum.parse("Z1")))
    np.testing.assert_allclose(run(backend(), [Work(program, np.zeros((1, 0)))])[0].values, 1)


def test_gates_that_were_not_lowered_are_told() -> None:
    free = Program(cirq.Circuit(cirq.ISWAP(*cirq.LineQubit.range(2))), 2, (), (), (PauliSum.parse("Z0"),))
    with pytest.raises(RequestError, match="lacks"):
        sheets(free)


def test_rotations_are_short_enough_for_the_largest_job(backend: MakeBackend) -> None:
    (sheet,) = sheets(backend().lower(turned("Z0")))
    (entries,) = sheet.circuits(np.array([[1 / 3, 2 / 3]]))
    numbers = [str(entry["rotation"]) for entry in entries if "rotation" in entry]
    assert len(numbers) == 2 and all(re.fullmatch(r"-?\d+\.\d{1,12}", number) for number in numbers)

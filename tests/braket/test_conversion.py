"""What Braket is sent is the program: equal unitaries and values, read back by Braket's own simulators."""

from __future__ import annotations

import os
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

pytest.importorskip("braket.circuits")

from braket.circuits import Circuit

from qmlops.core.observable import PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.work import Result, Work
from qmlops.errors import RequestError
from qmlops.lower.gate_set import GATE_SETS
from qmlops.lower.native import native
from qmlops.lower.reading import measured, resolver
from qmlops.parts.backend.braket.local import BraketLocal
from qmlops.parts.backend.braket.program import Natively, Sheet, sheets
from qmlops.parts.backend.density import Density
from qmlops.parts.noise.depolarising import Depolarising
from tests.simulate.programs import random_program

PROGRAMS = int(os.environ.get("QMLOPS_PROGRAMS", "8"))
NATIVES = ("ionq_native", "ionq_ms", "iqm", "rigetti", "rigetti_cz", "aqt")


def unitary(sheet: Sheet, point: Any, width: int) -> Any:
    """As Braket reads it; wires that no gate touches are there too."""
    inputs = {name: values[0] for name, values in sheet.inputs(point[None, :]).items()}
    body = "\n".join(line for line in sheet.source.splitlines() if "measure" not in line)
    return (Circuit().i(range(width)) + Circuit.from_ir(body, inputs=inputs)).to_unitary()


def equal(sheet: Sheet, wanted: cirq.Circuit, program: Program, point: Any) -> None:
    exact = cirq.resolve_parameters(wanted, resolver(program, point))
    cirq.testing.assert_allclose_up_to_global_phase(
        unitary(sheet, point, program.width),
        exact.unitary(qubit_order=program.qubits, qubits_that_should_be_present=program.qubits),
        atol=1e-8,
    )


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_programs_keep_their_unitaries(seed: int) -> None:
    drawn = random_program(seed, width=1 + seed % 5)
    point = np.random.default_rng(seed).uniform(-np.pi, np.pi, len(drawn.symbols))
    for sheet, wanted in zip(sheets(BraketLocal().lower(drawn)), measured(drawn), strict=True):
        equal(sheet, wanted.circuit, drawn, point)


@pytest.mark.parametrize("name", NATIVES)
def test_native_gates_are_those_that_braket_calls_so(name: str) -> None:
    drawn = random_program(3, width=3, gates=10)
    point = np.random.default_rng(3).uniform(-np.pi, np.pi, len(drawn.symbols))
    lowered = native(drawn, GATE_SETS[name])
    for sheet, wanted in zip(sheets(lowered, natively=Natively(name)), measured(drawn), strict=True):
        assert "#pragma braket verbatim\nbox{" in sheet.source and "qubit[" not in sheet.source
        equal(sheet, wanted.circuit, drawn, point)


def test_symbols_stay_inputs_whatever_they_are_called() -> None:
    wires = cirq.LineQubit.range(2)
    bit, pi_ish, unused = sympy.symbols("bit theta[0] unused")
    circuit = cirq.Circuit(cirq.rx(bit * 2 - 0.25)(wires[0]), (cirq.ZZ ** (bit * pi_ish))(*wires))
    program = Program(circuit, 2, ("bit",), ("unused", "theta[0]"), (PauliSum.parse("Z0"),))
    (sheet,) = sheets(BraketLocal().lower(program))
    assert [line for line in sheet.source.splitlines() if line.startswith("input")] == [
        "input float p0;",
        "input float p2;",
    ]
    points = np.array([[0.1, 9.0, 0.3], [0.2, 9.0, 0.4]])
    assert sheet.inputs(points) == {"p0": [0.1, 0.2], "p2": [0.3, 0.4]}
    equal(sheet, circuit, program, points[0])
    assert unused.name not in sheet.source


def test_gates_that_were_not_lowered_are_told() -> None:
    free = Program(cirq.Circuit(cirq.CCX(*cirq.LineQubit.range(3))), 3, (), (), (PauliSum.parse("Z0"),))
    with pytest.raises(RequestError, match="lacks"):
        sheets(free)


def run(backend: BraketLocal, work: Work) -> Result:
    session = backend.open()
    return session.result(session.submit([work], "token"), [work])[0]


def test_noise_is_that_of_density_matrices() -> None:
    drawn = random_program(5, width=3, gates=6)
    backend = BraketLocal()
    points = np.random.default_rng(1).uniform(-1, 1, (2, len(drawn.symbols)))
    work = Work(backend.lower(drawn), points, noise=Depolarising(0.02, 0.05, 0.01, 0.03))
    np.testing.assert_allclose(run(backend, work).values, run(Density(), work).values, atol=1e-6)  # type: ignore[arg-type]


def test_counts_that_are_kept_have_wire_0_leftmost() -> None:
    program = Program(cirq.Circuit(cirq.X(cirq.LineQubit(1))), 3, (), (), (Projector(((1, 1),)),))
    work = Work(program, np.zeros((1, 0)), shots=7, keep_counts=True)
    found = run(BraketLocal(), work)
    assert found.counts is not None
    assert found.counts[0][0].bits.tolist() == [[0, 1, 0]] and found.counts[0][0].numbers.tolist() == [7.0]

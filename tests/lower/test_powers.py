"""Programs in powers of a few gates mean what they meant, phase included, and keep their parameters."""

from __future__ import annotations

from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.core.angles import separate
from qmlops.core.program import Program
from qmlops.errors import RequestError
from qmlops.lower.powers import NAMES, families, in_powers, uncontrolled
from tests.simulate.programs import points_of, random_program

T = sympy.Symbol("t")
UNUSUAL = (
    cirq.PhasedXPowGate(phase_exponent=0.3, exponent=T, global_shift=0.2),
    cirq.PhasedISwapPowGate(phase_exponent=0.2, exponent=T),
    cirq.ControlledGate(cirq.ry(T), 2, control_values=[0, 1]),
    cirq.ControlledGate(cirq.CZ**T, 1),
    cirq.CCX**T,
    cirq.CCZ ** (0.5 * T),
    cirq.CSWAP,
    cirq.FSimGate(0.4, 0.9),
    cirq.QuantumFourierTransformGate(3),
    cirq.MatrixGate(cirq.testing.random_unitary(8, random_state=3)),
    cirq.ControlledGate(cirq.MatrixGate(cirq.testing.random_unitary(2, random_state=4)), 1),
    cirq.GlobalPhaseGate(np.exp(0.7j)),
)


def unitary(circuit: cirq.Circuit, width: int, values: dict[str, float]) -> Any:
    whole = cirq.Circuit(cirq.I.on_each(*cirq.LineQubit.range(width)), circuit)
    return cirq.unitary(cirq.resolve_parameters(whole, values))


def assert_same(program: Program, values: dict[str, float]) -> None:
    lowered = in_powers(program)
    separate(lowered)
    for operation in lowered.circuit.all_operations():
        assert operation.gate is not None
        gate, bits = uncontrolled(operation.gate)
        assert isinstance(gate, tuple(families().values())) and set(bits) <= {0, 1}
    expected = unitary(program.circuit, program.width, values)
    np.testing.assert_allclose(unitary(lowered.circuit, program.width, values), expected, atol=1e-7)


@pytest.mark.parametrize("seed", range(40))
def test_a_random_program_keeps_its_unitary(seed: int) -> None:
    program = random_program(seed)
    assert_same(program, dict(zip(program.symbols, map(float, points_of(program, 1, seed)[0]), strict=True)))


@pytest.mark.parametrize("gate", UNUSUAL, ids=str)
@pytest.mark.parametrize("places", [(0, 1, 2), (2, 0, 1)])
def test_an_unusual_gate_keeps_its_unitary(gate: cirq.Gate, places: tuple[int, ...]) -> None:
    qubits = [cirq.LineQubit(place) for place in places[: cirq.num_qubits(gate)]]
    circuit = cirq.Circuit(cirq.H.on_each(*cirq.LineQubit.range(3)), gate.on(*qubits))
    assert_same(Program(circuit, 3, (), ("t",), ()), {"t": 0.37})


def test_the_kept_gates_are_left_alone() -> None:
    gates = [getattr(cirq, name) ** T for name in NAMES]
    circuit = cirq.Circuit(gate.on(*cirq.LineQubit.range(cirq.num_qubits(gate))) for gate in gates)
    assert in_powers(Program(circuit, 2, (), ("t",), ())).circuit == circuit


def test_what_is_no_unitary_is_refused_by_name() -> None:
    circuit = cirq.Circuit(cirq.depolarize(0.1).on(cirq.LineQubit(0)))
    with pytest.raises(RequestError, match="depolarize"):
        in_powers(Program(circuit, 1, (), (), ()))

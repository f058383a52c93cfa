"""What a run shows of its circuit is the circuit, gate by gate and angle by angle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.compile.program import compile_program
from qmlops.core.program import Program
from qmlops.train.drawing import MOST_GATES, draw

A, B = sympy.symbols("theta_0 x0")
QUBITS = cirq.LineQubit.range(3)


def program(*moments: Any) -> Program:
    return Program(cirq.Circuit(moments), 3, ("x0",), ("theta_0",), ())


def test_each_gate_has_its_moment_its_wires_and_its_angle() -> None:
    drawing = draw(
        program(
            [cirq.H(QUBITS[0]), cirq.ry(2 * A)(QUBITS[1]), cirq.rz(0.5)(QUBITS[2])],
            cirq.CNOT(QUBITS[1], QUBITS[0]),
            cirq.ControlledGate(cirq.rx(A * B + 1))(QUBITS[2], QUBITS[0]),
            cirq.ControlledGate(cirq.rx(-0.25))(QUBITS[0], QUBITS[2]),
        )
    )
    seen = drawing.drawn
    assert [tuple(gate) for gate in seen.gates] == [
        (0, "H", [0], None),
        (0, "RY", [1], None),
        (0, "RZ", [2], pytest.approx(0.5)),
        (1, "CX", [1, 0], None),
        (2, "CRX", [2, 0], None),
        (3, "CRX", [0, 2], pytest.approx(-0.25)),
    ]
    assert (seen.width, seen.moments, seen.left_out) == (3, 4, 0)
    assert (list(seen.symbols), list(seen.turning)) == (["2*theta_0", "theta_0*x0 + 1"], [1, 4])
    assert drawing.angles(np.array([0.3, 1.5])) == pytest.approx([3.0, 1.45])


def test_of_a_long_circuit_the_first_gates_are_listed_and_the_others_counted() -> None:
    rounds = MOST_GATES // 3 + 20
    drawing = draw(program(*[[cirq.ry(A)(qubit) for qubit in QUBITS] for _ in range(rounds)]))
    assert len(drawing.drawn.gates) == MOST_GATES == len(drawing.angles(np.zeros(2)))
    assert drawing.drawn.left_out == 3 * rounds - MOST_GATES
    assert drawing.drawn.moments == MOST_GATES // 3 + 1


def test_the_angles_of_an_experiment_make_its_state(spec_of: Callable[..., Any]) -> None:
    spec = spec_of("+experiment=vqc_moons", "circuit.layers=2", "qubits=2", "data.rows=40")
    whole = compile_program(spec, spec.data.load(1))
    point = np.random.default_rng(2).uniform(-3, 3, len(whole.symbols))
    drawing = draw(whole)
    made = {"RX": cirq.rx, "RY": cirq.ry, "RZ": cirq.rz}
    angles = dict(zip(drawing.drawn.turning, drawing.angles(point), strict=True))
    circuit = cirq.Circuit()
    for number, (_, name, wires, _) in enumerate(drawing.drawn.gates):
        gate = made[name](angles[number]) if number in angles else getattr(cirq, name)
        circuit.append(gate(*(cirq.LineQubit(wire) for wire in wires)))
    expected = cirq.resolve_parameters(whole.circuit, dict(zip(whole.symbols, point, strict=True)))
    states = [one.final_state_vector(qubit_order=whole.qubits) for one in (circuit, expected)]
    assert len(angles) >= 4
    cirq.testing.assert_allclose_up_to_global_phase(*states, atol=1e-6)

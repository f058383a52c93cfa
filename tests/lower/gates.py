"""Random programs over the gates that Cirq has, with and without symbols, and how two programs are compared."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import cirq
import numpy as np
import sympy

from qmlops.core.program import Program

PROGRAMS = int(os.environ.get("QMLOPS_PROGRAMS", "10"))
"""How many programs a gate set; the long form sets 300."""
SYMBOLS = tuple(f"s{index}" for index in range(6))


def random_gate(random: np.random.Generator, symbolic: bool) -> cirq.Gate:
    def angle() -> Any:
        kind = int(random.integers(4))
        if not symbolic or kind == 0:
            return float(random.choice([0.25, 0.5, 1, -0.5, random.uniform(-2, 2)]))
        symbol = sympy.Symbol(str(random.choice(SYMBOLS)))
        return [symbol, symbol / sympy.pi, 2 * symbol - sympy.Symbol("s0") / 3 + 0.3][kind - 1]

    def matrix(size: int) -> cirq.Gate:
        return cirq.MatrixGate(cirq.testing.random_unitary(size, random_state=int(random.integers(10**6))))

    makers: list[Callable[[], cirq.Gate]] = [
        lambda: cirq.H,
        lambda: cirq.H ** angle(),
        lambda: cirq.X ** angle(),
        lambda: cirq.Y ** angle(),
        lambda: cirq.Z ** angle(),
        lambda: cirq.rx(angle()),
        lambda: cirq.PhasedXPowGate(phase_exponent=float(random.uniform(-1, 1)), exponent=angle()),
        lambda: cirq.PhasedXZGate(x_exponent=angle(), z_exponent=angle(), axis_phase_exponent=angle()),
        lambda: matrix(2),
        lambda: cirq.CZ,
        lambda: cirq.CX,
        lambda: cirq.CZ ** angle(),
        lambda: cirq.CX ** angle(),
        lambda: cirq.SWAP,
        lambda: cirq.SWAP ** angle(),
        lambda: cirq.ISWAP,
        lambda: cirq.ISWAP ** angle(),
        lambda: cirq.XX ** angle(),
        lambda: cirq.YY ** angle(),
        lambda: cirq.ZZ ** angle(),
        lambda: cirq.FSimGate(angle(), angle()),
        lambda: cirq.PhasedISwapPowGate(phase_exponent=angle(), exponent=angle()),
        lambda: cirq.ControlledGate(cirq.ry(angle())),
        lambda: cirq.ControlledGate(cirq.rx(angle()), control_values=[0]),
        lambda: cirq.ControlledGate(matrix(2)),
        lambda: matrix(4),
        lambda: cirq.CCX,
        lambda: cirq.CCZ ** angle(),
        lambda: cirq.CSWAP,
        lambda: cirq.ControlledGate(cirq.ry(angle()), num_controls=2),
        lambda: cirq.ControlledGate(cirq.Y ** angle(), num_controls=3, control_values=[1, 0, 1]),
    ]
    return makers[int(random.integers(len(makers)))]()


def random_program(seed: int, width: int, gates: int, symbolic: bool = True) -> Program:
    """Gates on randomly chosen wires, each gate asymmetric in them as often as not."""
    random = np.random.default_rng([11, seed])
    qubits = cirq.LineQubit.range(width)
    operations: list[cirq.Operation] = []
    while len(operations) < gates:
        gate = random_gate(random, symbolic)
        if cirq.num_qubits(gate) <= width:
            wires = random.permutation(width)[: cirq.num_qubits(gate)]
            operations.append(gate.on(*(qubits[wire] for wire in wires)))
    return Program(cirq.Circuit(cirq.I.on_each(*qubits), operations), width, (), SYMBOLS, ())


def unitary(program: Program, values: dict[str, float]) -> Any:
    """Of a program with numbers for its symbols, wire 0 leftmost."""
    circuit = cirq.Circuit(cirq.I.on_each(*program.qubits), cirq.resolve_parameters(program.circuit, values))
    return circuit.unitary(qubit_order=program.qubits)


def point(seed: int) -> dict[str, float]:
    random = np.random.default_rng([12, seed])
    return {name: float(random.uniform(-2, 2)) for name in SYMBOLS}


def distance(first: Any, second: Any) -> float:
    """The largest entry of the difference of two unitaries, after the global phase."""
    overlap = np.trace(first.conj().T @ second)
    return float(np.abs(first * overlap / abs(overlap) - second).max())


def allowed(name: str, operation: cirq.Operation) -> bool:
    """Whether a device with this gate set has the gate: the devices' own lists, written once more."""
    gate: Any = operation.gate
    exponent = getattr(gate, "exponent", None)
    z = isinstance(gate, cirq.ZPowGate)
    phased = isinstance(gate, cirq.PhasedXZGate) and gate.z_exponent == 0
    half_phased = phased and gate.x_exponent in (0.5, 1)
    qis = isinstance(gate, cirq.XPowGate | cirq.YPowGate | cirq.ZPowGate | cirq.XXPowGate | cirq.YYPowGate) or (
        gate in (cirq.H, cirq.CNOT, cirq.SWAP) or isinstance(gate, cirq.ZZPowGate)
    )
    quarter = isinstance(gate, cirq.XPowGate) and exponent in (0.5, -0.5)
    sx = isinstance(gate, cirq.XPowGate) and exponent in (0.5, 1)
    return {
        "ionq": qis,
        "ionq_native": half_phased or isinstance(gate, cirq.ZZPowGate),
        "ionq_ms": half_phased or isinstance(gate, cirq.XXPowGate),
        "braket": qis or isinstance(gate, cirq.CZPowGate | cirq.ISwapPowGate),
        "iqm": phased or gate == cirq.CZ,
        "rigetti": z or quarter or gate == cirq.ISWAP,
        "rigetti_cz": z or quarter or gate == cirq.CZ,
        "aqt": z or phased or isinstance(gate, cirq.XXPowGate),
        "ibm": z or sx or gate == cirq.CZ,
        "ibm_cx": z or sx or gate == cirq.CNOT,
        "ibm_ecr": z or sx or (isinstance(gate, cirq.MatrixGate) and gate._name == "ecr"),
    }[name]

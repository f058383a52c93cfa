"""Random programs over every kind of gate, and the circuits that the engine is measured on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cirq
import numpy as np
import sympy

from qmlops.core.observable import Observable, PauliSum, Projector
from qmlops.core.program import Program

FREE: dict[str, tuple[int, Callable[[Any], cirq.Gate]]] = {
    "rx": (1, lambda t: cirq.rx(sympy.pi * t)),
    "ry": (1, lambda t: cirq.ry(sympy.pi * t)),
    "rz": (1, lambda t: cirq.rz(sympy.pi * t)),
    "x": (1, lambda t: cirq.X**t),
    "y": (1, lambda t: cirq.Y**t),
    "z": (1, lambda t: cirq.Z**t),
    "h": (1, lambda t: cirq.H**t),
    "phased_x": (1, lambda t: cirq.PhasedXPowGate(phase_exponent=0.3, exponent=t)),
    "cz": (2, lambda t: cirq.CZ**t),
    "cx": (2, lambda t: cirq.CX**t),
    "swap": (2, lambda t: cirq.SWAP**t),
    "iswap": (2, lambda t: cirq.ISWAP**t),
    "xx": (2, lambda t: cirq.XX**t),
    "yy": (2, lambda t: cirq.YY**t),
    "zz": (2, lambda t: cirq.ZZ**t),
    "crx": (2, lambda t: cirq.ControlledGate(cirq.rx(sympy.pi * t))),
    "cry": (2, lambda t: cirq.ControlledGate(cirq.ry(sympy.pi * t))),
    "crz": (2, lambda t: cirq.ControlledGate(cirq.rz(sympy.pi * t))),
    "phased_iswap": (2, lambda t: cirq.PhasedISwapPowGate(phase_exponent=0.2, exponent=t)),
    "ccz": (3, lambda t: cirq.CCZ**t),
    "ccx": (3, lambda t: cirq.CCX**t),
}
FIXED: tuple[cirq.Gate, ...] = (
    cirq.H, cirq.X, cirq.Y, cirq.S, cirq.T, cirq.X**0.5, cirq.ry(0.7), cirq.CZ, cirq.CX, cirq.SWAP, cirq.ISWAP,
    cirq.CZ**0.3, cirq.SQRT_ISWAP, cirq.FSimGate(0.4, 0.9), cirq.CCX, cirq.CCZ, cirq.CSWAP,
)  # fmt: skip


def random_program(seed: int, width: int | None = None, gates: int = 24) -> Program:
    """Gates of every kind on random wires; affine, shared and product angles; mixed observables."""
    rng = np.random.default_rng(seed)
    width = int(rng.integers(1, 7)) if width is None else width
    inputs, weights = tuple(f"x{k}" for k in range(3)), tuple(f"w{k}" for k in range(8))
    symbols = [sympy.Symbol(name) for name in (*inputs, *weights)]
    qubits = cirq.LineQubit.range(width)
    circuit = cirq.Circuit()
    for _ in range(gates):
        gate = _gate(rng, width, symbols)
        wires = rng.permutation(width)[: cirq.num_qubits(gate)]
        circuit.append(gate.on(*(qubits[wire] for wire in wires)), strategy=cirq.InsertStrategy.NEW)
    return Program(circuit, width, inputs, weights, tuple(_observable(rng, width) for _ in range(3)))


def _gate(rng: np.random.Generator, width: int, symbols: list[sympy.Symbol]) -> cirq.Gate:
    while True:
        if rng.random() < 0.35:
            gate = FIXED[rng.integers(len(FIXED))]
            if rng.random() < 0.2:
                size = int(rng.integers(1, 3))
                gate = cirq.MatrixGate(cirq.testing.random_unitary(2**size, random_state=int(rng.integers(2**31))))
        else:
            _, make = FREE[str(rng.choice(sorted(FREE)))]
            a, b = (symbols[k] for k in rng.integers(len(symbols), size=2))
            form = rng.integers(3)
            angle = a if form == 0 else round(float(rng.normal()), 3) * a + 0.25 - b if form == 1 else 0.5 * a * b
            gate = make(angle)
        if cirq.num_qubits(gate) <= width:
            return gate


def _observable(rng: np.random.Generator, width: int) -> Observable:
    if rng.random() < 0.25:
        wires = sorted(int(w) for w in rng.permutation(width)[: rng.integers(1, width + 1)])
        return Projector(tuple((wire, int(rng.integers(2))) for wire in wires))
    terms = []
    for _ in range(rng.integers(1, 4)):
        wires = sorted(int(w) for w in rng.permutation(width)[: rng.integers(0, width + 1)])
        letters = "ZZXY" if rng.random() < 0.5 else "Z"
        terms.append((float(rng.normal()), tuple((wire, str(rng.choice(list(letters)))) for wire in wires)))
    return PauliSum(tuple(terms))


def points_of(program: Program, rows: int, seed: int = 0, shared: bool = False) -> np.ndarray:
    """Random points, the weights equal in all rows where `shared`."""
    points = np.random.default_rng(seed).normal(size=(rows, len(program.symbols)))
    if shared:
        points[:, len(program.inputs) :] = points[0, len(program.inputs) :]
    return points


def ring(width: int, layers: int = 3) -> Program:
    """An angle encoding, then layers of RY, RZ and a ring of CZ; Z on every wire."""
    qubits = cirq.LineQubit.range(width)
    inputs = [f"x{wire}" for wire in range(width)]
    circuit = cirq.Circuit(cirq.rx(sympy.Symbol(name)).on(q) for name, q in zip(inputs, qubits, strict=True))
    weights = []
    for layer in range(layers):
        for wire, qubit in enumerate(qubits):
            for make, letter in ((cirq.ry, "y"), (cirq.rz, "z")):
                weights.append(f"{letter}{layer}_{wire}")
                circuit.append(make(sympy.Symbol(weights[-1])).on(qubit))
        circuit.append(cirq.CZ(qubits[wire], qubits[(wire + 1) % width]) for wire in range(width))
    observables = tuple(PauliSum.parse(f"Z{wire}") for wire in range(width))
    return Program(circuit, width, tuple(inputs), tuple(weights), observables)

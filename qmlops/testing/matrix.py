"""Unitaries of circuits, how far apart two of them are, and how far a compiled program is from the written one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qmlops.core.program import Program
from qmlops.core.seed import stream
from qmlops.core.work import Array
from qmlops.simulate.state import fidelity
from qmlops.testing.ensemble import points, states

if TYPE_CHECKING:
    import cirq

Matrix = NDArray[np.complex128]
WIDEST = 10
"""Most wires of which a unitary is computed."""
_POINTS = 3
_PRODUCTS = 4
"""Random product states at each point."""


def matrix(circuit: cirq.Circuit, qubits: Sequence[cirq.Qid], values: Mapping[str, float]) -> Matrix:
    """The unitary [2^width × 2^width] at values of its symbols, wire 0 leftmost."""
    import cirq

    resolved = cirq.resolve_parameters(circuit, dict(values))
    found: Matrix = resolved.unitary(qubit_order=qubits, qubits_that_should_be_present=qubits)
    return found


def infidelity(first: Matrix, second: Matrix) -> float:
    """1 - |tr U†V|² / 4^n, which global phases leave alone."""
    overlap = abs(np.vdot(first, second)) / len(first)
    return max(0.0, 1 - float(overlap) ** 2)


def unitary_infidelity(program: Program, lowered: Program, seed: int) -> float:
    """The largest over some random points of 1 - |tr U†V|² / 4^n, with the written wires where V begins with them.

    Routing says where wires end and not where they begin. That is read off V: U†V takes a state with one
    wire at 1 to another such state. Where it does not, wires are taken to begin where they end.
    """
    begin, largest = None, 0.0
    for point in _points(program, seed):
        values = dict(zip(program.symbols, point, strict=True))
        written, made = (matrix(item.circuit, lowered.qubits, values) for item in (program, lowered))
        turned = written.conj().T @ made
        begin = _beginnings(turned[:, _ones(lowered.width)].T) if begin is None else begin
        bits = np.arange(2**lowered.width)[:, None] >> np.arange(lowered.width)[::-1] & 1
        images = np.zeros_like(bits)
        images[:, begin] = bits
        rows = images @ _ones(lowered.width)
        overlap = abs(turned[rows, np.arange(len(rows))].sum()) / len(rows)
        largest = max(largest, 1 - float(overlap) ** 2)
    return largest


def state_infidelity(program: Program, lowered: Program, seed: int) -> float:
    """The largest over random points and random product states of 1 - |<product|U†V|product>|².

    Wires begin where `unitary_infidelity` finds them to, and added ones at 0. From zeros alone a circuit of
    phases would be the identity; random product states see every gate.
    """
    import cirq
    import sympy

    width, qubits = lowered.width, lowered.qubits
    names = [f"_{letter}{wire}" for letter in "yz" for wire in range(width)]
    symbols = sympy.symbols(names)
    turns = [turn(symbols.pop(0))(qubit) for turn in (cirq.ry, cirq.rz) for qubit in qubits]
    echo = cirq.Circuit(lowered.circuit, cirq.inverse(program.circuit))
    begin, largest = None, 0.0
    ones = np.concatenate([np.pi * np.eye(width), np.zeros((width, width))], axis=1)
    for number, point in enumerate(_points(program, seed)):
        # The engine takes gates with one free exponent, and some native ones have more: only the turns stay free.
        bound = cirq.resolve_parameters(echo, dict(zip(program.symbols, point.tolist(), strict=True)))
        angles = stream(seed, "products", number).uniform(0, np.pi, (_PRODUCTS, 2 * width))
        whole = Program(cirq.Circuit(turns, bound), width, (), tuple(names), ())
        begin = _beginnings(states(whole, ones)) if begin is None else begin
        angles[:, np.tile(np.array(begin) >= program.width, 2)] = 0
        right = np.stack([_product(row, begin) for row in angles])
        largest = max(largest, float(np.max(1 - fidelity(right, states(whole, angles)))))
    return max(0.0, largest)


def _product(angles: Array, begin: Sequence[int]) -> Matrix:
    """RZ RY on zeros [2^width], each pair of angles on the wire where a wire begins."""
    width = len(begin)
    order = np.argsort(begin)
    polar, phase = angles[:width][order], angles[width:][order]
    wires = np.stack([np.cos(polar / 2), np.sin(polar / 2) * np.exp(1j * phase)], axis=1)
    found: Matrix = np.ones(1, dtype=np.complex128)
    for wire in wires:
        found = np.kron(found, wire)
    return found


def _ones(width: int) -> NDArray[np.int64]:
    """The numbers of the basis states with one wire at 1, by wire."""
    return 1 << np.arange(width)[::-1]


def _beginnings(images: Matrix) -> list[int]:
    """The wire to which each wire's 1 is taken, from the states that it is taken to [width × 2^width]."""
    width = len(images)
    places = {int(one): wire for wire, one in enumerate(_ones(width))}
    largest = np.abs(images).argmax(axis=1).tolist()
    moved = sorted(set(largest)) == sorted(places)
    return [places[image] for image in largest] if moved else list(range(width))


def _points(program: Program, seed: int) -> Array:
    free = replace(program, inputs=(), weights=program.symbols, observables=())
    return points(free, np.zeros(0), _POINTS, seed, "symbols")

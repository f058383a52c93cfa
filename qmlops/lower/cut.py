"""Cirq's gates cut into pieces, parameters kept."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from qmlops.errors import RequestError
from qmlops.lower.affine import Exponent, read
from qmlops.lower.piece import (
    Controlled,
    Coupled,
    Exchanged,
    Piece,
    Rotated,
    Swapped,
    Turned,
    moved,
)
from qmlops.lower.turn import HADAMARD, carrying, inverse, of_matrix, power

if TYPE_CHECKING:
    import cirq

Closed = Callable[[Any], list[Piece]]


def pieces(operation: cirq.Operation, wire: Mapping[cirq.Qid, int]) -> list[Piece]:
    """The pieces of an operation, in time order, on the wires of its qubits.

    Raises RequestError where the operation is not unitary, or has free parameters and neither a
    closed form here nor a decomposition in Cirq.
    """
    gate = operation.gate
    wires = tuple(wire[qubit] for qubit in operation.qubits)
    return [moved(piece, wires) for piece in _of_gate(gate, operation)]


def _of_gate(gate: cirq.Gate | None, operation: cirq.Operation) -> list[Piece]:
    """The pieces of an operation on wires 0, 1, … in the order of its qubits."""
    import cirq

    closed = _closed(gate)
    if closed is not None:
        return closed(gate)
    if isinstance(gate, cirq.ControlledGate):
        controlled = _of_controlled(gate)
        if controlled is not None:
            return controlled
    if len(operation.qubits) <= 2 and cirq.has_unitary(operation):
        matrix = cirq.unitary(operation)
        return [Turned(0, of_matrix(matrix))] if len(matrix) == 2 else of_pair(matrix)
    return list(_decomposed(operation))


def of_pair(matrix: Any) -> list[Piece]:
    """The pieces of a unitary 4×4 matrix by its Cartan (KAK) decomposition."""
    import cirq

    found = cirq.kak_decomposition(matrix)
    before, later = found.single_qubit_operations_before, found.single_qubit_operations_after
    x, y, z = (-2 * float(size) / np.pi for size in found.interaction_coefficients)
    return [
        *(Turned(wire, of_matrix(local)) for wire, local in enumerate(before)),
        Exchanged((0, 1), (x, y, z)),
        *(Turned(wire, of_matrix(local)) for wire, local in enumerate(later)),
    ]


def _decomposed(operation: cirq.Operation) -> Iterator[Piece]:
    import cirq

    with warnings.catch_warnings():
        # Cirq 1.5 warns of its own calls when it decomposes a matrix.
        warnings.simplefilter("ignore", FutureWarning)
        parts = cirq.decompose_once(operation, default=None)
    if parts is None or (not parts and not cirq.has_unitary(operation)):
        what = "has free parameters and no closed form" if cirq.is_parameterized(operation) else "is no unitary gate"
        raise RequestError(f"{operation} {what}.\nWrite it as rotations and controlled gates, as in rz, ry, cx.")
    wire = {qubit: number for number, qubit in enumerate(operation.qubits)}
    for part in parts:
        if part.qubits:
            yield from pieces(part, wire)


def _of_controlled(gate: cirq.ControlledGate) -> list[Piece] | None:
    """A power of X, Y or Z under any number of controls; None for other gates."""
    import cirq

    letter = _letter(gate.sub_gate)
    patterns = list(gate.control_values.expand())
    if letter is None or len(patterns) != 1 or any(size != 2 for size in gate.control_qid_shape):
        return None
    assert isinstance(gate.sub_gate, cirq.EigenGate)
    exponent, shift = read(gate.sub_gate.exponent), gate.sub_gate.global_shift
    controls = gate.num_controls()
    flips: list[Piece] = [Turned(wire, power("X", 1)) for wire, bit in enumerate(patterns[0]) if not bit]
    core = _all_ones(controls + 1, letter, exponent)
    if shift:
        core += _all_ones(controls, "Z", exponent * shift)
    return flips + core + flips


def _all_ones(wires: int, letter: str, exponent: Exponent) -> list[Piece]:
    """The power of a letter on the last wire where all others are 1.

    Three wires or more take 2^wires - 2 CNOTs: the phase polynomial of the product of all bits, its
    parities reached in the order of a Gray code (Barenco et al. 1995, arXiv:quant-ph/9503016).
    """
    if wires == 1:
        return [Rotated(0, letter, exponent)]
    if wires == 2:
        return [Controlled((0, 1), "Z" + letter, exponent)]
    to_z = carrying(letter, "Z")
    share = exponent / 2 ** (wires - 1)
    found: list[Piece] = [Rotated(0, "Z", share)]
    for last in range(1, wires):
        parity = 0
        for step in range(2**last):
            found.append(Rotated(last, "Z", -share if parity.bit_count() % 2 else share))
            flipped = min((step + 1 & -(step + 1)).bit_length() - 1, last - 1)
            parity ^= 1 << flipped
            found.append(Controlled((flipped, last), "ZX", 1.0))
    return [Turned(wires - 1, to_z), *found, Turned(wires - 1, inverse(to_z))]


def _letter(gate: cirq.Gate) -> str | None:
    import cirq

    for letter, kind in (("X", cirq.XPowGate), ("Y", cirq.YPowGate), ("Z", cirq.ZPowGate)):
        if isinstance(gate, kind):
            return letter
    return None


def _closed(gate: cirq.Gate | None) -> Closed | None:
    """The closed form of a gate's class, or of the class that it refines."""
    table = _table()
    return next((table[base] for base in type(gate).__mro__ if base in table), None)


@cache
def _table() -> dict[type[Any], Closed]:
    import cirq

    return {
        cirq.IdentityGate: lambda gate: [],
        cirq.GlobalPhaseGate: lambda gate: [],
        cirq.XPowGate: lambda gate: [_power("X", gate.exponent)],
        cirq.YPowGate: lambda gate: [_power("Y", gate.exponent)],
        cirq.ZPowGate: lambda gate: [_power("Z", gate.exponent)],
        cirq.HPowGate: _hadamard,
        cirq.PhasedXPowGate: lambda gate: _phased_x(gate.phase_exponent, gate.exponent),
        cirq.PhasedXZGate: lambda gate: [
            *_phased_x(gate.axis_phase_exponent, gate.x_exponent),
            _power("Z", gate.z_exponent),
        ],
        cirq.CXPowGate: lambda gate: _controlled_power("X", gate),
        cirq.CZPowGate: lambda gate: _controlled_power("Z", gate),
        cirq.CCXPowGate: lambda gate: _twice_controlled("X", gate),
        cirq.CCZPowGate: lambda gate: _twice_controlled("Z", gate),
        cirq.CSwapGate: lambda gate: [
            Controlled((2, 1), "ZX", 1.0),
            *_all_ones(3, "X", 1.0),
            Controlled((2, 1), "ZX", 1.0),
        ],
        cirq.XXPowGate: lambda gate: [Coupled((0, 1), "XX", read(gate.exponent))],
        cirq.YYPowGate: lambda gate: [Coupled((0, 1), "YY", read(gate.exponent))],
        cirq.ZZPowGate: lambda gate: [Coupled((0, 1), "ZZ", read(gate.exponent))],
        cirq.SwapPowGate: _swap,
        cirq.ISwapPowGate: lambda gate: [_exchange(gate.exponent)],
        cirq.PhasedISwapPowGate: lambda gate: [
            _power("Z", gate.phase_exponent),
            _power("Z", -gate.phase_exponent, 1),
            _exchange(gate.exponent),
            _power("Z", -gate.phase_exponent),
            _power("Z", gate.phase_exponent, 1),
        ],
        cirq.FSimGate: _fsim,
    }


def _power(letter: str, exponent: Any, wire: int = 0) -> Piece:
    value = read(exponent)
    return Turned(wire, power(letter, value)) if isinstance(value, float) else Rotated(wire, letter, value)


def _hadamard(gate: cirq.HPowGate) -> list[Piece]:
    if gate.exponent == 1:
        return [Turned(0, HADAMARD)]
    return [Turned(0, power("Y", -0.25)), _power("Z", gate.exponent), Turned(0, power("Y", 0.25))]


def _phased_x(phase: Any, exponent: Any) -> list[Piece]:
    return [_power("Z", -phase), _power("X", exponent), _power("Z", phase)]


def _controlled_power(letter: str, gate: Any) -> list[Piece]:
    return [Controlled((0, 1), "Z" + letter, read(gate.exponent))]


def _twice_controlled(letter: str, gate: Any) -> list[Piece]:
    return _all_ones(3, letter, read(gate.exponent))


def _swap(gate: cirq.SwapPowGate) -> list[Piece]:
    exponent = read(gate.exponent)
    return [Swapped((0, 1))] if exponent == 1 else [Exchanged((0, 1), (exponent / 2,) * 3)]


def _exchange(exponent: Any) -> Piece:
    share = read(exponent) / -2
    return Exchanged((0, 1), (share, share, 0.0))


def _fsim(gate: cirq.FSimGate) -> list[Piece]:
    import sympy

    def half_turns(angle: Any) -> Any:
        return read(angle / sympy.pi if isinstance(angle, sympy.Basic) else angle / np.pi)

    theta, phi = half_turns(gate.theta), half_turns(gate.phi)
    return [Exchanged((0, 1), (theta, theta, 0.0)), Controlled((0, 1), "ZZ", -phi)]

"""Unitaries of circuits, and how far apart two of them are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import cirq

Matrix = NDArray[np.complex128]
WIDEST = 10
"""Most wires of which a unitary is computed."""


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

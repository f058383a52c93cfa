"""exp(-i angle/2 P) for a Pauli string P of any length, as one-qubit gates, CX and one RZ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qmlops.parts.circuit.gate import GATES

if TYPE_CHECKING:
    import cirq


def pauli_rotation(letters: str, qubits: Sequence[cirq.Qid], angle: Any) -> Iterator[cirq.Operation]:
    """The gates in order: turn each wire into the Z basis, add up parities, rotate, undo."""
    import cirq

    turns = [_turn(letter, qubit) for letter, qubit in zip(letters, qubits, strict=True)]
    ladder = [cirq.CX(qubits[index], qubits[index + 1]) for index in range(len(qubits) - 1)]
    yield from (turn for turn in turns if turn is not None)
    yield from ladder
    yield GATES["rz"].make(angle)(qubits[-1])
    yield from reversed(ladder)
    yield from (cirq.inverse(turn) for turn in turns if turn is not None)


def _turn(letter: str, qubit: cirq.Qid) -> cirq.Operation | None:
    import cirq

    if letter == "Z":
        return None
    gate = cirq.H if letter == "X" else cirq.X**0.5
    operation: cirq.Operation = gate(qubit)
    return operation

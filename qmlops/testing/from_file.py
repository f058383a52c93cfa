"""The circuit that a claim compares with, where a file has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmlops.parts.circuit import Site
from qmlops.parts.circuit.qasm import Qasm

if TYPE_CHECKING:
    import cirq


def from_file(file: str, qubits: Sequence[cirq.Qid]) -> cirq.Circuit:
    """An OpenQASM file's gates on the first qubits. Raises ConfigError with the key `file`."""
    import cirq

    site = Site(qubits=qubits, encode=lambda: iter(()), inputs=(), edges=())
    return cirq.Circuit(Qasm(file=file).build(site).operations)

"""How a row of features becomes gates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from qmlops.core.work import Array

if TYPE_CHECKING:
    import cirq

KINDS = {
    "none": "qmlops.parts.encoder.none:NoEncoder",
    "angle": "qmlops.parts.encoder.angle:Angle",
    "iqp": "qmlops.parts.encoder.iqp:Iqp",
    "amplitude": "qmlops.parts.encoder.amplitude:Amplitude",
}


class Encoder(Protocol):
    """From features to the inputs of a Program, and the gates that take them."""

    def wires(self, features: int) -> int:
        """The least number of qubits for so many features."""
        ...

    def inputs(self, features: int, qubits: int) -> tuple[str, ...]:
        """Names of the input symbols, in the order of `encode`'s columns."""
        ...

    def encode(self, features: Array, qubits: int) -> Array:
        """Input values [rows × inputs] of prepared features [rows × features]."""
        ...

    def operations(self, qubits: Sequence[cirq.Qid], features: int) -> Iterator[cirq.Operation]:
        """The gates, with the input symbols as free parameters."""
        ...

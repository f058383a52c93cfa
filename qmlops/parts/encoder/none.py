"""No encoder: the program has no inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmlops.core.work import Array

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class NoEncoder:
    """Nothing is encoded; for experiments without data."""

    def wires(self, features: int) -> int:
        return 0

    def inputs(self, features: int, qubits: int) -> tuple[str, ...]:
        return ()

    def encode(self, features: Array, qubits: int) -> Array:
        return features[:, :0]

    def operations(self, qubits: Sequence[cirq.Qid], features: int) -> Iterator[cirq.Operation]:
        return iter(())

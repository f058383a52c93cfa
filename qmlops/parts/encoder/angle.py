"""Angle encoding: one rotation a wire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qmlops.core.option import option, validate
from qmlops.core.work import Array

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Angle:
    """Wire i is rotated by feature i; on more wires than features they repeat in order."""

    rotation: Literal["rx", "ry", "rz"] = option("ry", "axis of the rotation; rz wants hadamard=true")
    scale: float = option(1.0, "factor on each feature", unit="rad")
    hadamard: bool = option(False, "put a Hadamard gate on each wire before the rotation")

    def __post_init__(self) -> None:
        validate(self)

    def wires(self, features: int) -> int:
        return features

    def inputs(self, features: int, qubits: int) -> tuple[str, ...]:
        return tuple(f"x{index}" for index in range(features))

    def encode(self, features: Array, qubits: int) -> Array:
        return features

    def operations(self, qubits: Sequence[cirq.Qid], features: int) -> Iterator[cirq.Operation]:
        import cirq
        import sympy

        gate = {"rx": cirq.rx, "ry": cirq.ry, "rz": cirq.rz}[self.rotation]
        for wire, qubit in enumerate(qubits):
            if self.hadamard:
                yield cirq.H(qubit)
            feature = sympy.Symbol(f"x{wire % features}")
            yield gate(feature if self.scale == 1 else self.scale * feature)(qubit)

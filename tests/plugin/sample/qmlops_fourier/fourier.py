"""Each feature at the frequencies 1, 2, 4, …, one wire for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qmlops.core.option import option, validate

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Fourier:
    """RY(2^k x) on wire i + k * features, for feature i and frequency k."""

    frequencies: int = option(1, "how many octaves of each feature", least=1, most=8)

    def __post_init__(self) -> None:
        validate(self)

    def wires(self, features: int) -> int:
        return features * self.frequencies

    def inputs(self, features: int, qubits: int) -> tuple[str, ...]:
        return tuple(f"x{index}" for index in range(features))

    def encode(self, features: Any, qubits: int) -> Any:
        return features

    def operations(self, qubits: Sequence[cirq.Qid], features: int) -> Iterator[cirq.Operation]:
        import cirq
        import sympy

        for octave in range(self.frequencies):
            for index in range(features):
                angle = 2**octave * sympy.Symbol(f"x{index}")
                yield cirq.ry(angle)(qubits[index + octave * features])

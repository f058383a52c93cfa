"""IQP encoding: Hadamard gates, and rotations that commute with each other.

Havlíček et al. 2019, arXiv:1804.11326, without the shifts by pi.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from qmlops.core.option import option, validate
from qmlops.core.work import Array

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Iqp:
    """`repeats` times: H on all wires, RZ(x_i) on each, exp(-i x_i x_j ZZ / 2) on pairs."""

    repeats: int = option(1, "how often the whole pattern is applied", least=1, most=100)
    pairs: Literal["full", "line", "ring"] = option("full", "which pairs of wires interact")

    def __post_init__(self) -> None:
        validate(self)

    def wires(self, features: int) -> int:
        return features

    def inputs(self, features: int, qubits: int) -> tuple[str, ...]:
        products = (f"x{i}_x{j}" for i, j in self._pairs(features))
        return (*(f"x{index}" for index in range(features)), *products)

    def encode(self, features: Array, qubits: int) -> Array:
        products = [features[:, i] * features[:, j] for i, j in self._pairs(features.shape[1])]
        return np.column_stack([features, *products])

    def operations(self, qubits: Sequence[cirq.Qid], features: int) -> Iterator[cirq.Operation]:
        import cirq
        import sympy

        for _ in range(self.repeats):
            yield from cirq.H.on_each(*qubits[:features])
            for wire in range(features):
                yield cirq.rz(sympy.Symbol(f"x{wire}"))(qubits[wire])
            for i, j in self._pairs(features):
                half_turns = sympy.Symbol(f"x{i}_x{j}") / sympy.pi
                yield cirq.ZZPowGate(exponent=half_turns, global_shift=-0.5)(qubits[i], qubits[j])

    def _pairs(self, features: int) -> list[tuple[int, int]]:
        if self.pairs == "full":
            return list(combinations(range(features), 2))
        line = [(index, index + 1) for index in range(features - 1)]
        return [*line, (0, features - 1)] if self.pairs == "ring" and features > 2 else line

"""One measured case and its numbers: the same in every environment."""

from __future__ import annotations

import random
from dataclasses import dataclass

from circuits import CIRCUITS, Circuit


@dataclass(frozen=True)
class Case:
    """A circuit, a width, a batch and a precision (32 or 64)."""

    circuit: str
    width: int
    batch: int
    bits: int = 32

    def build(self) -> Circuit:
        return CIRCUITS[self.circuit](self.width)

    def points(self) -> tuple[list[list[float]], list[float]]:
        """Inputs [batch × inputs] and weights, in radians, from a fixed seed."""
        circuit = self.build()
        random_ = random.Random(20260)
        inputs = [[random_.uniform(-3, 3) for _ in circuit.inputs] for _ in range(self.batch)]
        return inputs, [random_.uniform(-3, 3) for _ in circuit.weights]

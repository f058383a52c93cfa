"""No noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class NoNoise:
    """Every gate and every reading is perfect."""

    def apply(self, circuit: cirq.Circuit) -> cirq.Circuit:
        return circuit

    def flips(self, wire: int) -> tuple[float, float]:
        return 0.0, 0.0

    def silent(self) -> bool:
        return True

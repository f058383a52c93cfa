"""Flipped readings alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmlops.core.option import option, validate

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class ReadoutError:
    """Each wire is read wrongly with these chances, independently of the others."""

    read_1_for_0: float = option(0.01, "chance of reading 1 where the state is 0", unit="probability", least=0, most=1)
    read_0_for_1: float = option(0.02, "chance of reading 0 where the state is 1", unit="probability", least=0, most=1)

    def __post_init__(self) -> None:
        validate(self)

    def apply(self, circuit: cirq.Circuit) -> cirq.Circuit:
        return circuit

    def flips(self, wire: int) -> tuple[float, float]:
        return self.read_1_for_0, self.read_0_for_1

    def silent(self) -> bool:
        return not (self.read_1_for_0 or self.read_0_for_1)

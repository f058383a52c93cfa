"""A Pauli for each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qmlops.core.observable import Observable, PauliSum
from qmlops.core.option import option, validate


@dataclass(frozen=True)
class OnePerClass:
    """The Pauli letter on wire k, for class k."""

    pauli: Literal["X", "Y", "Z"] = option("Z", "which Pauli is measured")

    def __post_init__(self) -> None:
        validate(self)

    def wires(self, classes: int) -> int:
        return classes

    def observables(self, classes: int, qubits: int) -> tuple[Observable, ...]:
        return tuple(PauliSum(((1.0, ((wire, self.pauli),)),)) for wire in range(classes))

    def edges(self) -> tuple[tuple[int, int, float], ...]:
        return ()

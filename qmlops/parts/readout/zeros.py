"""The probability of reading zeros everywhere, which a sampled fidelity kernel needs."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.core.observable import Observable, Projector


@dataclass(frozen=True)
class Zeros:
    """The projector on |0…0>."""

    def wires(self, classes: int) -> int:
        return 1

    def observables(self, classes: int, qubits: int) -> tuple[Observable, ...]:
        return (Projector(tuple((wire, 0) for wire in range(qubits))),)

    def edges(self) -> tuple[tuple[int, int, float], ...]:
        return ()

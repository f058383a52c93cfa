"""What is measured at the end of a program."""

from __future__ import annotations

from typing import Protocol

from qmlops.core.observable import Observable

KINDS = {
    "one_per_class": "qmlops.parts.readout.one_per_class:OnePerClass",
    "pauli": "qmlops.parts.readout.pauli:PauliReadout",
    "hamiltonian": "qmlops.parts.readout.hamiltonian:Hamiltonian",
    "maxcut": "qmlops.parts.readout.maxcut:MaxCut",
    "zeros": "qmlops.parts.readout.zeros:Zeros",
}


class Readout(Protocol):
    """Observables, and the graph that they may come from."""

    def wires(self, classes: int) -> int:
        """The least number of qubits; `classes` is 0 where there is no data."""
        ...

    def observables(self, classes: int, qubits: int) -> tuple[Observable, ...]:
        """What is measured, in the order of a Result's columns."""
        ...

    def edges(self) -> tuple[tuple[int, int, float], ...]:
        """The pairs of wires and weights that `wires: readout.edges` names; mostly empty."""
        ...

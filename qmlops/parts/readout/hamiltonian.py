"""A Hamiltonian, given by its terms."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.core.observable import Observable, PauliSum
from qmlops.core.option import option, validate
from qmlops.errors import Mistake, RequestError


@dataclass(frozen=True)
class Hamiltonian:
    """The sum of `terms`: each key a Pauli string such as `Z0 Z1` (`I` alone is the identity)."""

    terms: dict[str, float] = option({"Z0": 1.0}, "Pauli strings and their factors", unit="of the energy")

    def __post_init__(self) -> None:
        empty = None if self.terms else Mistake("terms", "the Hamiltonian has no terms.", "write terms: {Z0: 1.0}")
        validate(self, empty, *self._mistakes())

    def wires(self, classes: int) -> int:
        return max(1, *(1 + wire for wire in (-1, *self._sum().wires)))

    def observables(self, classes: int, qubits: int) -> tuple[Observable, ...]:
        return (self._sum(),)

    def edges(self) -> tuple[tuple[int, int, float], ...]:
        return ()

    def _sum(self) -> PauliSum:
        return PauliSum(tuple((size, _pauli(text)) for text, size in self.terms.items()))

    def _mistakes(self) -> list[Mistake]:
        mistakes = []
        for text, size in self.terms.items():
            try:
                _pauli(text)
            except RequestError as error:
                mistakes.append(Mistake(f"terms.{text}", str(error).replace("\n", " ")))
            if not abs(size) < float("inf"):
                mistakes.append(Mistake(f"terms.{text}", f"{size!r} is not a finite number."))
        return mistakes


def _pauli(text: str) -> tuple[tuple[int, str], ...]:
    terms = PauliSum.parse(text).terms
    if len(terms) != 1 or terms[0][0] != 1.0:
        raise RequestError(f"{text!r} is no single Pauli string; write its factor behind the colon.")
    return terms[0][1]

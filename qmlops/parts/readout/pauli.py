"""Observables that are written out."""

from __future__ import annotations

from dataclasses import dataclass

from qmlops.core.observable import Observable, PauliSum
from qmlops.core.option import option, validate
from qmlops.errors import Mistake, RequestError


@dataclass(frozen=True)
class PauliReadout:
    """One observable an entry of `sums`, each a sum of Pauli strings such as `0.5 Z0 Z1 - X2`."""

    sums: list[str] = option(["Z0"], "what is measured; one a class, or one alone for two classes")

    def __post_init__(self) -> None:
        empty = None if self.sums else Mistake("sums", "nothing is measured.", "write sums: [Z0]")
        validate(self, empty, *parse_mistakes(self.sums))

    def wires(self, classes: int) -> int:
        return max(1, *(1 + wire for text in self.sums for wire in (-1, *PauliSum.parse(text).wires)))

    def observables(self, classes: int, qubits: int) -> tuple[Observable, ...]:
        return tuple(PauliSum.parse(text) for text in self.sums)

    def edges(self) -> tuple[tuple[int, int, float], ...]:
        return ()


def parse_mistakes(texts: list[str]) -> list[Mistake]:
    """A mistake for each text that is no Pauli sum."""
    mistakes = []
    for place, text in enumerate(texts):
        try:
            PauliSum.parse(text)
        except RequestError as error:
            mistakes.append(Mistake(f"sums[{place}]", str(error).replace("\n", " ")))
    return mistakes

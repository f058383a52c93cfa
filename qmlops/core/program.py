"""A Program: a parametrised circuit, the names of its symbols, and what is measured at its end.

It is the noun that flows down the line; it holds no data, no weights and no backend.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qmlops.core.observable import Observable

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Program:
    """A circuit on LineQubits 0 … width-1, without measurements.

    A *point* gives every symbol a value: first the inputs (what the encoder makes of a row of
    features), then the weights (what is trained). Rows of points are float64 arrays
    [rows × symbols] in exactly this order.
    """

    circuit: cirq.Circuit
    width: int
    inputs: tuple[str, ...]
    weights: tuple[str, ...]
    observables: tuple[Observable, ...]
    places: tuple[int, ...] | None = None
    """The device's qubit below each wire, once the program has been placed on one."""

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.inputs + self.weights

    @cached_property
    def qubits(self) -> list[cirq.LineQubit]:
        import cirq

        return list(cirq.LineQubit.range(self.width))

    def digest(self) -> str:
        """SHA-256 of the content: equal programs have equal digests, in every process."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        import cirq

        content = {
            "circuit": json.loads(cirq.to_json(self.circuit)),
            "width": self.width,
            "inputs": self.inputs,
            "weights": self.weights,
            "observables": [repr(observable) for observable in self.observables],
            "places": self.places,
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

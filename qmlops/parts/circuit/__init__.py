"""The trainable gates of a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import cirq

KINDS = {
    "blocks": "qmlops.parts.circuit.blocks:Blocks",
    "qasm": "qmlops.parts.circuit.qasm:Qasm",
}

Edge = tuple[int, int, float]
"""Two wires and the weight of their connection."""


@dataclass(frozen=True, eq=False)
class Site:
    """What a circuit is built on: qubits, the encoder's gates, and the readout's graph."""

    qubits: Sequence[cirq.Qid]
    encode: Callable[[], Iterable[cirq.Operation]]
    """Gives the encoder's gates, anew at each call."""
    inputs: tuple[str, ...]
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, eq=False)
class Built:
    """The gates of a program in order, the encoder's included, and the names of its weights."""

    operations: list[cirq.Operation]
    weights: tuple[str, ...]
    keys: tuple[str, ...] = ()
    """For each gate the key of the circuit's that wrote it; '' for the encoder's. Empty where it does not tell."""


class Circuit(Protocol):
    """A declaration of gates."""

    def build(self, site: Site) -> Built:
        """The gates on a site. Raises ConfigError, keys relative to the part."""
        ...

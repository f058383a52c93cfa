"""What a device offers and how well: Target, its limits, its price, its last calibration and its queue.

Plain facts with their date and source. Nothing here asks a provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Pair = tuple[int, int]
Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Limits:
    """What one request may hold; None means that no bound is known."""

    least_shots: int = 1
    most_shots: int | None = None
    """For each circuit."""
    circuits: int | None = None
    """For each request."""
    gates: int | None = None
    """For each request, over all of its circuits."""
    executions: int | None = None
    """Circuits times shots, for each request."""


@dataclass(frozen=True)
class Price:
    """A price list: a request costs `request + shots * shot + seconds * second`, in `unit`."""

    unit: str
    """USD, EUR, or the provider's own credits."""
    date: str
    """When the list was read, ISO 8601."""
    source: str
    request: float = 0.0
    shot: float = 0.0
    """For each shot of each circuit."""
    second: float = 0.0
    """For each second on the machine."""


@dataclass(frozen=True)
class Calibration:
    """Times and errors of a device's qubits at one moment; None: the device does not tell.

    A tuple has one entry a physical qubit, or a single one that holds for all; of pairs a number
    holds for all. Errors are average gate infidelities; times are in seconds.
    """

    id: str
    time: str
    """ISO 8601."""
    t1: tuple[float, ...] | None = None
    t2: tuple[float, ...] | None = None
    one_qubit_error: tuple[float, ...] | None = None
    two_qubit_error: Mapping[Pair, float] | float | None = None
    readout: tuple[tuple[float, float], ...] | None = None
    """Probabilities (of reading 1 for a 0, of reading 0 for a 1)."""
    one_qubit_seconds: float | None = None
    two_qubit_seconds: Mapping[Pair, float] | float | None = None
    readout_seconds: float | None = None


@dataclass(frozen=True)
class Queue:
    """How long a job waits, as the provider said at one moment."""

    time: str
    """ISO 8601."""
    basis: str
    """What the numbers are, and which of them is a guess."""
    seconds: float | None = None
    """For a job that is sent now; None: the provider does not tell."""
    jobs: int | None = None
    """That are ahead."""


def of_qubit(entries: tuple[Entry, ...] | None, qubit: int) -> Entry | None:
    """The entry of a physical qubit, where one may hold for all."""
    if entries is None:
        return None
    return entries[qubit] if len(entries) > 1 else entries[0]


def of_pair(entries: Mapping[Pair, float] | float | None, first: int, second: int) -> float | None:
    """The entry of a pair of physical qubits in either order; None where there is none."""
    if isinstance(entries, Mapping):
        return entries.get((first, second), entries.get((second, first)))
    return entries


@dataclass(frozen=True)
class Target:
    """What a device offers; None means that it is not known or has no bound."""

    name: str
    qubits: int | None
    hardware: bool
    source: str
    """Where these facts come from, with their date where they can age."""
    gates: tuple[str, ...] | None = None
    """Names of its native gates; None: every gate that Cirq knows."""
    edges: tuple[Pair, ...] | None = None
    """Pairs that a two-qubit gate may act on, in either order; None: all of them, or see `knows_pairs`."""
    limits: Limits = field(default_factory=Limits)
    price: Price | None = None
    """None: the price is not known, which is never shown as 0."""
    calibration: Calibration | None = None
    queue: Queue | None = None
    """None: it was not asked for, or the provider does not tell. No catalogue has one."""
    all_pairs: bool = False
    """Whether the source says that every pair is joined; then `edges` is None."""

    @property
    def knows_pairs(self) -> bool:
        """Whether it is known which pairs are joined; to a simulator all are."""
        return self.edges is not None or self.all_pairs or not self.hardware

"""What a backend needs to know of a noise model, whichever kind it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import cirq


class Noise(Protocol):
    """A noise model: channels inside the circuit, and flips of the bits that are read."""

    def apply(self, circuit: cirq.Circuit) -> cirq.Circuit:
        """The circuit with its noise channels as operations; gates stay as they are."""
        ...

    def flips(self, wire: int) -> tuple[float, float]:
        """Probabilities (of reading 1 for a 0, of reading 0 for a 1) on a wire."""
        ...

    def silent(self) -> bool:
        """True when the model changes nothing."""
        ...

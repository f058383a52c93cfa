"""What a backend needs to know of a noise model, whichever kind it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from qmlops.core.program import Program
from qmlops.core.target import Target

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


@runtime_checkable
class Places(Protocol):
    """A noise of a device: it acts on programs in the device's gates, on the device's pairs."""

    def place(self, program: Program) -> tuple[Program, Noise]:
        """The program as the device would run it, and the noise of exactly this program.

        Symbols and observables stay; wires may be added behind the others. Pure. Raises RequestError
        for a program that does not fit the device.
        """
        ...


@runtime_checkable
class NeedsTarget(Protocol):
    """A part of a config that becomes a noise once it is told what its device is."""

    @property
    def name(self) -> str:
        """The device's."""
        ...

    def of(self, target: Target) -> Noise:
        """Raises ConfigError where the target tells too little of its device."""
        ...

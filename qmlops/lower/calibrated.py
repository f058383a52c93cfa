"""The noise of a machine as its calibration tells it: channels after gates, and flipped readings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmlops.core.target import Calibration, of_pair, of_qubit

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A noise model of the published errors, for circuits in a machine's own gates.

    After a gate its wires relax for as long as it takes (where T1, T2 and the duration are known),
    and are depolarised by what is missing to the published average gate infidelity. Turns about Z
    are changes of a frame on every machine here: they take no time and have no error.
    """

    calibration: Calibration
    places: tuple[int, ...] | None = None
    """The physical qubit below each wire; None: wire i on qubit i."""
    scale: float = 1.0
    """Of all errors and durations; 0 is a perfect machine."""

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Calibrated) and self._key() == other._key())

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Calibrated({self.calibration.id!r}, {self.calibration.time!r}, {self.places}, {self.scale})"

    def apply(self, circuit: cirq.Circuit) -> cirq.Circuit:
        import cirq

        noisy: list[cirq.OP_TREE] = []
        for operation in circuit.all_operations():
            noisy.append(operation)
            if not isinstance(operation.gate, cirq.ZPowGate | cirq.IdentityGate):
                noisy += self._channels(operation)
        return cirq.Circuit(noisy)

    def flips(self, wire: int) -> tuple[float, float]:
        up, down = of_qubit(self.calibration.readout, self._qubit(wire)) or (0.0, 0.0)
        return up * self.scale, down * self.scale

    def silent(self) -> bool:
        """True where the calibration tells no errors; a machine without any is told by nothing."""
        facts = self.calibration
        errors = (facts.one_qubit_error, facts.two_qubit_error, facts.readout, facts.t1, facts.t2)
        return self.scale == 0 or all(error is None for error in errors)

    def _key(self) -> tuple[object, ...]:
        return repr(self.calibration), self.places, self.scale

    def _qubit(self, wire: int) -> int:
        return wire if self.places is None else self.places[wire]

    def _channels(self, operation: cirq.Operation) -> list[cirq.Operation]:
        """Relaxation of each wire, and what depolarising is then still missing."""
        import cirq

        qubits = [self._qubit(qubit.x) for qubit in operation.qubits]
        error, seconds = self._of_gate(qubits)
        channels: list[cirq.Operation] = []
        kept = 1.0
        for wire, qubit in zip(operation.qubits, qubits, strict=True):
            relaxing = self._relaxation(qubit, seconds)
            channels += [channel.on(wire) for channel in relaxing.channels]
            kept *= relaxing.fidelity
        chance = missing(error * self.scale, kept, len(qubits))
        if chance:
            channels.append(cirq.depolarize(chance, n_qubits=len(qubits))(*operation.qubits))
        return channels

    def _of_gate(self, qubits: list[int]) -> tuple[float, float]:
        """Average gate infidelity and seconds of a gate on physical qubits."""
        facts = self.calibration
        if len(qubits) == 1:
            return of_qubit(facts.one_qubit_error, qubits[0]) or 0.0, facts.one_qubit_seconds or 0.0
        first, second = qubits[:2]
        return of_pair(facts.two_qubit_error, first, second) or 0.0, of_pair(
            facts.two_qubit_seconds, first, second
        ) or 0.0

    def _relaxation(self, qubit: int, seconds: float) -> Relaxation:
        t1, t2 = of_qubit(self.calibration.t1, qubit), of_qubit(self.calibration.t2, qubit)
        return relaxation(t1, t2, seconds * self.scale)


@dataclass(frozen=True)
class Relaxation:
    """Decay and dephasing of one qubit over some time."""

    channels: tuple[cirq.Gate, ...]
    fidelity: float
    """The entanglement fidelity that is left."""


def relaxation(t1: float | None, t2: float | None, seconds: float) -> Relaxation:
    """Amplitude damping by T1 and pure dephasing, so that coherence falls as exp(-t / T2) and never slower."""
    import cirq

    population = math.exp(-seconds / t1) if t1 and seconds else 1.0
    coherence = min(math.exp(-seconds / t2) if t2 and seconds else 1.0, math.sqrt(population))
    channels: list[cirq.Gate] = []
    if population < 1:
        channels.append(cirq.amplitude_damp(1 - population))
    if coherence < math.sqrt(population):
        channels.append(cirq.phase_damp(1 - coherence**2 / population))
    return Relaxation(tuple(channels), (1 + population + 2 * coherence) / 4)


def missing(infidelity: float, kept: float, wires: int) -> float:
    """The depolarising chance that brings a gate to an average gate infidelity.

    `kept` is the entanglement fidelity of what acts besides. With d levels, average and
    entanglement fidelity are F = (d Fe + 1) / (d + 1) (Nielsen 2002, doi:10.1016/S0375-9601(02)01272-0).
    """
    levels = 2.0**wires
    wanted = 1 - infidelity * (levels + 1) / levels
    floor = 1 / levels**2
    factor = (wanted - floor) / (kept - floor)
    return max(0.0, (1 - factor) * (1 - floor))

"""The noise of a device, from what is known of it: its graph, its gates, and its last calibration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qmlops.core.noise import Noise
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.target import Target
from qmlops.errors import ConfigError, Mistake
from qmlops.lower.calibrated import Calibrated
from qmlops.lower.gate_set import GateSet, native_set

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Device:
    """Programs are placed on a device and written in its gates, and its published errors act on them.

    Relaxation by T1 and T2 as long as a gate takes, depolarising up to the gate's published error,
    and flipped readings. Idle wires, crosstalk, leakage and the turns into a measured basis are perfect.
    """

    name: str = option(
        "qpu.forte-1", "a device of a catalogue, an IBM machine such as ibm_fez, or a JSON file of Braket capabilities"
    )
    scale: float = option(1.0, "of all errors and durations; 0 is a perfect machine", least=0, most=10)
    seed: int = option(0, "of the search for qubits", least=0)

    def __post_init__(self) -> None:
        validate(self)

    def of(self, target: Target) -> OfTarget:
        """The noise of a target. Raises ConfigError where its errors or its gates are not known."""
        if target.calibration is None:
            why = f"of the errors of {self.name} nothing is known here."
            raise ConfigError([Mistake("name", why, "choose a device with a calibration, or noise=depolarising")])
        gates = native_set(target.gates or ())
        if gates is None:
            why = f"the native gates of {self.name} are not known here: {', '.join(target.gates or ()) or 'none'}."
            raise ConfigError([Mistake("name", why, "choose another device, or noise=depolarising")])
        return OfTarget(target, gates, Calibrated(target.calibration, None, self.scale), self.seed)


@dataclass(frozen=True, eq=False)
class OfTarget:
    """A noise that knows its device; by itself it acts on circuits in the device's gates, wire i on qubit i."""

    target: Target
    gates: GateSet
    errors: Calibrated
    seed: int = 0

    def __repr__(self) -> str:
        return f"OfTarget({self.target.name!r}, {self.gates.name!r}, {self.errors!r}, {self.seed})"

    def place(self, program: Program) -> tuple[Program, Noise]:
        """The routed program, and the errors of the qubits below its wires."""
        from qmlops.lower.route import route

        routed = route(program, self.target, self.gates, self.seed)
        routed = replace(routed, circuit=_in_frames(routed.circuit))
        return routed, Calibrated(self.errors.calibration, routed.places, self.errors.scale)

    def apply(self, circuit: cirq.Circuit) -> cirq.Circuit:
        return self.errors.apply(circuit)

    def flips(self, wire: int) -> tuple[float, float]:
        return self.errors.flips(wire)

    def silent(self) -> bool:
        return self.errors.silent()


def _in_frames(circuit: cirq.Circuit) -> cirq.Circuit:
    """Phased turns with symbols as turns about X between changes of the frame, one free exponent a gate.

    Equal up to global phase, and as noisy: changes of the frame have no errors, and all channels commute with them.
    """
    import cirq

    def framed(operation: cirq.Operation, _: int) -> cirq.OP_TREE:
        gate = operation.gate
        if not (isinstance(gate, cirq.PhasedXZGate) and cirq.is_parameterized(gate)):
            return operation
        axis, (qubit,) = gate.axis_phase_exponent, operation.qubits
        return [
            (cirq.Z**-axis)(qubit),
            (cirq.X**gate.x_exponent)(qubit),
            (cirq.Z ** (axis + gate.z_exponent))(qubit),
        ]

    return cirq.map_operations_and_unroll(circuit, framed)

"""A Program in TensorFlow Quantum's messages (`tfq.proto`), written once and not once a step.

They are written here and not by `tfq.convert_to_tensor`, which rounds every angle to six decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qmlops.core.angles import AngleMap, separate
from qmlops.core.observable import PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.work import Array
from qmlops.errors import RequestError
from qmlops.lower.powers import NAMES, families, in_powers, uncontrolled
from qmlops.simulate.plain import spectrum

if TYPE_CHECKING:
    import cirq

_IDS = dict(zip(NAMES, ("XP", "YP", "ZP", "HP", "CNP", "CZP", "SP", "ISP", "XXP", "YYP", "ZZP"), strict=True))
"""What TensorFlow Quantum calls the powers of Cirq's gates."""
_PERIOD = 4
"""Half-turns after which every power with phases of whole and half units returns."""
_SCALE = 100
"""Half-turns a unit of a symbol. TensorFlow Quantum differentiates a gate's matrix by the central
difference of 0.005 of these units: half a half-turn, where single precision loses nothing."""
_STEP = 0.005 * _SCALE


@dataclass(frozen=True, eq=False)
class Turns:
    """Operations whose parametrised ones have a symbol each, and what the symbols' derivatives lack."""

    operations: tuple[cirq.Operation, ...]
    names: tuple[str, ...]
    angles: AngleMap
    factors: Array
    """[names]: derivative in half-turns = factor * TensorFlow Quantum's derivative in the symbol."""

    def symbols(self, points: Array) -> Array:
        """[rows × names]: within one period, where single precision keeps all its digits."""
        reduced: Array = np.mod(self.angles(points) + _PERIOD / 2, _PERIOD) - _PERIOD / 2
        return reduced / _SCALE

    def pullback(self, points: Array, by_symbol: Array) -> Array:
        """The gradient in the program's symbols [rows × symbols]."""
        return self.angles.pullback(points, by_symbol * self.factors)


@dataclass(frozen=True, eq=False)
class Reading:
    """Some of the observables, and the circuit at whose end they are read."""

    circuit: bytes
    columns: tuple[int, ...]
    observables: tuple[bytes, ...]


def turns_of(program: Program) -> Turns:
    """A program as TensorFlow Quantum can run and differentiate it; needs no package of TensorFlow.

    Raises RequestError for a gate that it cannot.
    """
    parametrised = separate(in_powers(program))
    factors = np.array([_factor(_balanced(gate)) for gate in parametrised.gates])
    operations = tuple(parametrised.circuit.all_operations())
    return Turns(operations, parametrised.names, parametrised.angles, factors)


def readings(program: Program, turns: Turns) -> list[Reading]:
    """Pauli sums are read from the circuit itself, projectors from wires that are turned where the bits agree."""
    operations = [_balanced(item.gate).on(*item.qubits) for item in turns.operations if item.gate is not None]
    sums = {column: item for column, item in enumerate(program.observables) if isinstance(item, PauliSum)}
    found = [Reading(message(program, operations), tuple(sums), tuple(map(_sum, sums.values())))] if sums else []
    if checks := checked(program):
        turned = [_check(item, program.width + number) for number, item in enumerate(checks.values())]
        halves = [PauliSum(((0.5, ()), (-0.5, ((program.width + number, "Z"),)))) for number in range(len(checks))]
        found.append(Reading(message(program, operations + turned), tuple(checks), tuple(map(_sum, halves))))
    return found


def checked(program: Program) -> dict[int, Projector]:
    """The columns of projectors, each of which needs a wire of its own."""
    return {column: item for column, item in enumerate(program.observables) if isinstance(item, Projector)}


def message(program: Program, operations: Sequence[cirq.Operation]) -> bytes:
    """A circuit's message, with a gate on each of the program's wires: others would not be counted."""
    import cirq
    from tensorflow_quantum.core.proto import program_pb2

    written = program_pb2.Program()
    written.language.gate_set = "tfq_gate_set"
    written.circuit.scheduling_strategy = written.circuit.MOMENT_BY_MOMENT
    for operation in (*cirq.ZPowGate(exponent=0).on_each(*program.qubits), *operations):
        _write(operation, written.circuit.moments.add().operations.add())
    return bytes(written.SerializeToString(deterministic=True))


def _write(operation: cirq.Operation, written: Any) -> None:
    import cirq

    assert operation.gate is not None
    gate, bits = uncontrolled(operation.gate)
    written.gate.id = next(_IDS[name] for name, family in families().items() if isinstance(gate, family))
    wires = [str(qubit.x) for qubit in operation.qubits if isinstance(qubit, cirq.LineQubit)]
    for wire in wires[len(bits) :]:
        written.qubits.add().id = wire
    if cirq.is_parameterized(gate):
        written.args["exponent"].symbol = str(gate.exponent)
    else:
        written.args["exponent"].arg_value.float_value = float(gate.exponent)
    written.args["exponent_scalar"].arg_value.float_value = _SCALE if cirq.is_parameterized(gate) else 1
    written.args["global_shift"].arg_value.float_value = float(gate.global_shift)
    written.args["control_qubits"].arg_value.string_value = ",".join(wires[: len(bits)])
    written.args["control_values"].arg_value.string_value = ",".join(map(str, bits))


def _sum(observable: PauliSum) -> bytes:
    from tensorflow_quantum.core.proto import pauli_sum_pb2

    written = pauli_sum_pb2.PauliSum()
    for size, pauli in observable.terms:
        term = written.terms.add(coefficient_real=size)
        for wire, letter in pauli:
            term.paulis.add(qubit_id=str(wire), pauli_type=letter)
    return bytes(written.SerializeToString(deterministic=True))


def _check(projector: Projector, wire: int) -> cirq.Operation:
    """X on a wire of its own where all bits agree; the projector is (1 - Z) / 2 of that wire."""
    import cirq

    bits = [bit for _, bit in projector.bits]
    gate = cirq.ControlledGate(cirq.X, len(bits), control_values=bits) if bits else cirq.X
    return gate.on(*(cirq.LineQubit(at) for at in projector.wires), cirq.LineQubit(wire))


def _balanced(gate: cirq.Gate) -> cirq.Gate:
    """The gate up to its phase, with phases of 0 and plus or minus one half: one factor fits them all."""
    import cirq

    if isinstance(gate, cirq.ControlledGate) or not cirq.is_parameterized(gate):
        return gate
    family = next(family for family in families().values() if isinstance(gate, family))
    return family(exponent=gate.exponent, global_shift=0 if family is cirq.ISwapPowGate else -0.5)


def _factor(gate: cirq.Gate) -> float:
    """A central difference of exp(i pi f t) is too small by sin(pi f step) / (pi f step)."""
    sizes = {round(abs(float(phase)), 9) for phase in spectrum(gate)[0]} - {0.0}
    if len(sizes) != 1:
        raise RequestError(f"{gate} has phases of several sizes, which TensorFlow Quantum does not differentiate well.")
    angle = np.pi * sizes.pop() * _STEP
    return float(angle / np.sin(angle) / _SCALE)

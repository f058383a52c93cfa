"""A lowered program as Qiskit's circuits: its free angles stay parameters, classical bit i is wire i."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qmlops.core.angles import AngleMap, separate
from qmlops.core.program import Program
from qmlops.core.work import Array, Counts, Work
from qmlops.errors import RequestError
from qmlops.lower.basis import bases
from qmlops.lower.reading import measured

if TYPE_CHECKING:
    import cirq
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

_PLAIN_LEVEL = 2
"""Qiskit's level whose search for qubits and ways is used where its optimiser is off."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """One measured basis of a program."""

    circuit: QuantumCircuit
    """With one register, `m`, of as many bits as the program has wires."""
    parameters: tuple[Parameter, ...]
    """One a free angle, in radians."""
    angles: AngleMap

    def units(self, points: Array, shots: int) -> list[Any]:
        """What a sampler takes: all points as one unit, or one unit each where nothing is free.

        A unit without parameters has no points for a sampler.
        """
        if not self.parameters:
            return [(self.circuit, None, shots)] * len(points)
        return [(self.circuit, {self.parameters: self.angles(points) * np.pi}, shots)]


@dataclass(frozen=True, eq=False)
class Compiler:
    """Brings circuits onto the qubits and into the gates of one device (a Qiskit Target)."""

    target: Any
    level: int = 0
    """Of Qiskit's optimiser; 0: gates are only placed, routed and translated, so that folded ones stay."""
    seed: int = 0

    def sheets(self, program: Program) -> list[Sheet]:
        """One for each basis, in the order of `lower.basis.bases`, on the qubits of `places` where it has them."""
        from qiskit.transpiler import generate_preset_pass_manager

        manager = generate_preset_pass_manager(
            self.level or _PLAIN_LEVEL,
            target=self.target,
            initial_layout=None if program.places is None else list(program.places),
            seed_transpiler=self.seed,
        )
        if self.level == 0:
            manager.init = manager.optimization = None
        found = []
        for item in measured(program):
            sheet = converted(program, item.circuit)
            circuit = sheet.circuit.copy()
            circuit.measure(range(program.width), range(program.width))
            found.append(Sheet(manager.run(circuit), sheet.parameters, sheet.angles))
        return found


def converted(program: Program, circuit: cirq.Circuit) -> Sheet:
    """A circuit of a program's symbols, not measured: wire i is qubit i, which is Qiskit's i-th lowest bit.

    Equal unitaries up to global phase for all values. Raises RequestError for a gate that no IBM
    gate set has.
    """
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
    from qiskit.circuit import Parameter

    own = separate(Program(circuit, program.width, program.inputs, program.weights, ()))
    free = {name: Parameter(name) for name in own.names}
    made = QuantumCircuit(QuantumRegister(program.width, "q"), ClassicalRegister(program.width, "m"))
    for operation in own.circuit.all_operations():
        made.append(_gate(operation, free), [qubit.x for qubit in operation.qubits])
    return Sheet(made, tuple(free.values()), own.angles)


def _gate(operation: cirq.Operation, free: dict[str, Any]) -> Any:
    """A gate of a lowered circuit or of a turn into a basis; its exponent is a number or one of `free`."""
    import cirq
    from qiskit.circuit import library

    exponent = getattr(operation.gate, "exponent", None)
    angle = free[str(exponent)] if cirq.is_parameterized(operation) else np.pi * float(exponent or 0)
    match operation.gate:
        case cirq.XPowGate() if exponent == 0.5:
            return library.SXGate()
        case cirq.XPowGate() if exponent == 1:
            return library.XGate()
        case cirq.XPowGate():
            return library.RXGate(angle)
        case cirq.YPowGate():
            return library.RYGate(angle)
        case cirq.ZPowGate():
            return library.RZGate(angle)
        case cirq.CZPowGate() if exponent == 1:
            return library.CZGate()
        case cirq.CXPowGate() if exponent == 1:
            return library.CXGate()
        case cirq.MatrixGate() if operation.gate._name == "ecr":
            return library.ECRGate()
    raise RequestError(f"{operation}: the program holds a gate that IBM's gate sets lack.\nLower it first.")


def read(works: Sequence[Work], results: Sequence[Any]) -> Iterator[list[list[Counts]]]:
    """For each work its counts [basis][point], from the results of its units in the order of `units`.

    Raises ValueError where there are more or fewer than the works are.
    """
    remaining = iter(results)
    for work in works:
        found: list[list[Counts]] = []
        for _ in bases(work.program.observables):
            rows: list[Counts] = []
            while len(rows) < len(work.points):
                unit = next(remaining, None)
                if unit is None:
                    raise ValueError("too few results")
                rows += _counts(unit.data.m, work.program.width)
            if len(rows) > len(work.points):
                raise ValueError("too many points")
            found.append(rows)
        yield found
    if next(remaining, None) is not None:
        raise ValueError("too many results")


def _counts(register: Any, width: int) -> list[Counts]:
    """Of each point of a Qiskit BitArray."""
    if register.num_bits != width:
        raise ValueError("another number of bits")
    shaped = register.to_bool_array(order="little").reshape(-1, register.num_shots, width)
    found = []
    for shots in shaped:
        bits, numbers = np.unique(shots, axis=0, return_counts=True)
        found.append(Counts(bits.astype(np.uint8), numbers.astype(np.float64)))
    return found

"""What a lowered program asks of a machine: gates, depth, seconds, and how likely a shot stays free of errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmlops.core.program import Program
from qmlops.core.target import Calibration, Target, of_pair, of_qubit

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True)
class Figures:
    """Counts of one circuit, without its measurements."""

    one_qubit: int
    """Turns about Z included, which providers bill and machines do by a change of frame."""
    two_qubit: int
    depth: int
    """Longest chain of gates that wait for each other."""
    two_qubit_depth: int
    """Longest chain of gates on two wires."""


def figures(program: Program) -> Figures:
    """The counts of a program whose gates take one or two wires."""
    sizes = [len(operation.qubits) for operation in program.circuit.all_operations()]
    return Figures(
        one_qubit=sizes.count(1),
        two_qubit=sizes.count(2),
        depth=int(_longest(program, lambda operation: 1.0)),
        two_qubit_depth=int(_longest(program, lambda operation: float(len(operation.qubits) == 2))),
    )


def success(program: Program, target: Target) -> float | None:
    """The estimated success probability (ESP) of one shot: that no gate and no reading fails.

    ESP = product of (1 - e) over all gates and over the readings of the wires that are observed, with
    e a gate's average infidelity and (P(1|0) + P(0|1)) / 2 of a reading (Nishio et al. 2020,
    arXiv:1903.10963). Errors are taken as independent; turns about Z have none, and waiting costs
    nothing. None where the calibration does not tell an error that is needed.
    """
    facts = target.calibration
    if facts is None:
        return None
    errors = [_error(operation, program, facts) for operation in program.circuit.all_operations()]
    for wire in _read(program):
        flips = of_qubit(facts.readout, _place(program, wire))
        errors.append(None if flips is None else sum(flips) / 2)
    known = [error for error in errors if error is not None]
    return math.prod(1 - error for error in known) if len(known) == len(errors) else None


def seconds(program: Program, target: Target) -> float | None:
    """How long one shot takes on the machine: gates as early as their wires are free, then the reading.

    Turns about Z take no time. Resetting and loading are not in it. None where the calibration does not
    tell a duration that is needed.
    """
    facts = target.calibration
    if facts is None or facts.readout_seconds is None:
        return None
    durations = [_duration(operation, program, facts) for operation in program.circuit.all_operations()]
    if None in durations:
        return None
    return _longest(program, lambda operation: _duration(operation, program, facts) or 0.0) + facts.readout_seconds


def _longest(program: Program, length: Callable[[cirq.Operation], float]) -> float:
    """The longest chain of operations on shared wires."""
    busy: dict[cirq.Qid, float] = {}
    for operation in program.circuit.all_operations():
        end = max(busy.get(qubit, 0.0) for qubit in operation.qubits) + length(operation)
        busy.update(dict.fromkeys(operation.qubits, end))
    return max(busy.values(), default=0.0)


def _error(operation: cirq.Operation, program: Program, facts: Calibration) -> float | None:
    if _in_frame(operation):
        return 0.0
    places = _places(operation, program)
    if len(places) == 1:
        return of_qubit(facts.one_qubit_error, places[0])
    return of_pair(facts.two_qubit_error, places[0], places[1])


def _duration(operation: cirq.Operation, program: Program, facts: Calibration) -> float | None:
    if _in_frame(operation):
        return 0.0
    places = _places(operation, program)
    if len(places) == 1:
        return facts.one_qubit_seconds
    return of_pair(facts.two_qubit_seconds, places[0], places[1])


def _in_frame(operation: cirq.Operation) -> bool:
    import cirq

    return isinstance(operation.gate, cirq.ZPowGate | cirq.IdentityGate)


def _places(operation: cirq.Operation, program: Program) -> list[int]:
    return [_place(program, qubit.x) for qubit in operation.qubits]


def _place(program: Program, wire: int) -> int:
    return wire if program.places is None else program.places[wire]


def _read(program: Program) -> Iterator[int]:
    """The wires that an observable sees."""
    yield from sorted({wire for observable in program.observables for wire in observable.wires})

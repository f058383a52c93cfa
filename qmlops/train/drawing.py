"""A program as others may see it: its gates in a list, with short texts for the angles that turn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qmlops.core.angles import AngleMap, separate
from qmlops.core.label import labels
from qmlops.core.program import Program
from qmlops.core.shape import Shape, shape
from qmlops.core.sight import CircuitDrawn
from qmlops.core.work import Array

if TYPE_CHECKING:
    import cirq

MOST_GATES = 200


@dataclass(frozen=True, eq=False)
class Drawing:
    """The gates of a program, and what their angles are at a point."""

    drawn: CircuitDrawn
    _angles: AngleMap

    def angles(self, point: Array) -> list[float]:
        """In rad, one a gate of `drawn.turning`, at a point [symbols]."""
        turned: list[float] = (self._angles(point[None])[0] * math.pi).tolist()
        return turned


def draw(program: Program) -> Drawing:
    """The first 200 gates of a program. Costs a separation of their angles, some milliseconds."""
    shown = _shown(program.circuit)
    own = separate(replace(program, circuit=shown))
    texts = labels(own.angles, program.symbols)
    named = dict(zip(own.names, texts, strict=True))
    gates: list[tuple[int, str, list[int], float | None]] = []
    turning: list[int] = []
    for moment, held in enumerate(own.circuit):
        for operation in held.operations:
            seen = shape(operation, named)
            wires = [qubit.x for qubit in operation.qubits]
            if _turns(operation):
                turning.append(len(gates))
            gates.append((moment, seen.name, wires, _fixed(operation, seen)))
    symbols = [text.plain for text in texts]
    left_out = sum(1 for _ in program.circuit.all_operations()) - len(gates)
    return Drawing(CircuitDrawn(program.width, len(shown), gates, symbols, turning, left_out), own.angles)


def _shown(circuit: cirq.Circuit) -> cirq.Circuit:
    """The first moments, and of the last one of these only what there is room for."""
    import cirq

    moments, room = [], MOST_GATES
    for moment in circuit:
        if not room:
            break
        moments.append(cirq.Moment(moment.operations[:room]))
        room -= len(moments[-1].operations)
    return cirq.Circuit(moments)


def _turns(operation: cirq.Operation) -> bool:
    import cirq

    return bool(cirq.is_parameterized(operation))


def _fixed(operation: cirq.Operation, seen: Shape) -> float | None:
    """The angle in rad of a gate that never turns, where it is one of those that are named by an angle."""
    import cirq

    if seen.angle is None or cirq.is_parameterized(operation):
        return None
    gate = operation.gate
    while isinstance(gate, cirq.ControlledGate):
        gate = gate.sub_gate
    return float(gate.exponent) * math.pi

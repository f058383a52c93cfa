"""A lowered program as IonQ's JSON: written once by cirq-ionq's serialiser, then filled in for each point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qmlops.core.angles import AngleMap, separate
from qmlops.core.program import Program
from qmlops.core.work import Array
from qmlops.errors import RequestError
from qmlops.lower.reading import measured

if TYPE_CHECKING:
    import cirq

_STAND_IN = 0.3
"""A rotation in half-turns that the serialiser gives no name of its own, as it does to halves and quarters."""
_DIGITS = 12
"""Of a rotation after the point: 150,000 gates then stay below the 10 MB that a request may have."""
_NOTHING = {"gate": "rz", "targets": [0], "rotation": 0.0}
"""In place of an empty circuit."""

Entry = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Sheet:
    """One measured basis of a program."""

    entries: tuple[Entry, ...]
    free: tuple[tuple[int, int], ...]
    """For each free rotation its entry and its angle's column."""
    angles: AngleMap

    def circuits(self, points: Array) -> list[list[Entry]]:
        """The gates of each point [points × symbols], rotations in radians."""
        filled = []
        for row in self.angles(points) * np.pi:
            circuit = list(self.entries)
            for entry, column in self.free:
                circuit[entry] = {**circuit[entry], "rotation": round(float(row[column]), _DIGITS)}
            filled.append(circuit)
        return filled


def sheets(program: Program) -> list[Sheet]:
    """One for each basis, in the order of `lower.basis.bases`; bit 0 of an outcome is wire 0.

    Raises RequestError for a gate that IonQ's gate set lacks.
    """
    return [_sheet(program, item.circuit) for item in measured(program)]


def _sheet(program: Program, circuit: cirq.Circuit) -> Sheet:
    import cirq

    whole = Program(circuit, program.width, program.inputs, program.weights, ())
    own = separate(whole)
    standing = cirq.resolve_parameters(own.circuit, dict.fromkeys(own.names, _STAND_IN))
    entries = _serialised(standing) if len(standing) else [dict(_NOTHING)]
    column = {name: index for index, name in enumerate(own.names)}
    free = []
    for number, operation in enumerate(own.circuit.all_operations()):
        for name in cirq.parameter_names(operation):
            if "rotation" not in entries[number]:
                raise RequestError(f"{operation}: IonQ has no such gate with a free angle.")
            free.append((number, column[name]))
    return Sheet(tuple(entries), tuple(free), own.angles)


def _serialised(circuit: cirq.Circuit) -> list[Entry]:
    from cirq_ionq.serializer import Serializer

    try:
        program = Serializer().serialize_single_circuit(circuit)
    except ValueError as error:
        raise RequestError(f"IonQ's gate set lacks a gate of this program: {error}") from error
    content = program.input if hasattr(program, "input") else program.body
    if content["gateset"] != "qis":
        raise RequestError("The program is in native gates, and cirq-ionq writes their angles wrongly.")
    return list(content["circuit"])

"""A Program as plain JSON, and back: what model files and the journal keep of one."""

from __future__ import annotations

import json
from typing import Any

from qmlops.core.observable import Observable, PauliSum, Projector
from qmlops.core.program import Program


def document(program: Program) -> dict[str, Any]:
    """Circuit in Cirq's own JSON, names, observables, and the placement where there is one."""
    import cirq

    written = {
        "qubits": program.width,
        "circuit": json.loads(cirq.to_json(program.circuit)),
        "inputs": list(program.inputs),
        "weights": list(program.weights),
        "observables": [_written(item) for item in program.observables],
    }
    return written if program.places is None else written | {"places": list(program.places)}


def program_of(written: dict[str, Any]) -> Program:
    """The program of a document. Raises KeyError, ValueError or TypeError where it is none."""
    import cirq

    return Program(
        cirq.read_json(json_text=json.dumps(written["circuit"])),
        int(written["qubits"]),
        tuple(written["inputs"]),
        tuple(written["weights"]),
        tuple(_observable(item) for item in written["observables"]),
        tuple(int(place) for place in written["places"]) if "places" in written else None,
    )


def _written(observable: Observable) -> dict[str, Any]:
    if isinstance(observable, PauliSum):
        return {"pauli_sum": [[size, [list(pair) for pair in pauli]] for size, pauli in observable.terms]}
    return {"projector": [list(pair) for pair in observable.bits]}


def _observable(written: dict[str, Any]) -> Observable:
    if "pauli_sum" in written:
        terms = written["pauli_sum"]
        return PauliSum(tuple((float(size), tuple((int(w), str(p)) for w, p in pauli)) for size, pauli in terms))
    return Projector(tuple((int(wire), int(bit)) for wire, bit in written["projector"]))

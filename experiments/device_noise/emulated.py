"""What Braket's device emulator makes of a document of capabilities, exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from experiments.device_noise.cases import POINT
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.parts.backend.braket.local import BraketLocal
from tests.doubles.braket_device import capabilities

QUBITS = 6


def write(path: Path, seed: int) -> str:
    """A line of qubits, with fidelities that differ from qubit to qubit and from pair to pair."""
    random, document = np.random.default_rng(seed), capabilities(QUBITS)
    for qubit in document["standardized"]["oneQubitProperties"].values():
        for entry in qubit["oneQubitFidelity"]:
            entry["fidelity"] = _drawn(random, 0.96 if entry["fidelityType"]["name"] == "READOUT" else 0.998)
    for pair in document["standardized"]["twoQubitProperties"].values():
        for entry in pair["twoQubitGateFidelity"]:
            entry["fidelity"] = _drawn(random, 0.97)
    graph = document["paradigm"]["connectivity"]["connectivityGraph"]
    document["paradigm"]["connectivity"]["connectivityGraph"] = _both_ways(graph)
    path.write_text(json.dumps(document))
    return str(path)


def _both_ways(graph: dict[str, list[str]]) -> dict[str, list[str]]:
    """The emulator takes a pair of the graph in the order alone in which it is written."""
    pairs = {(label, other) for label, ends in graph.items() for other in ends}
    pairs |= {(other, label) for label, other in pairs}
    return {label: sorted(b for a, b in pairs if a == label) for label in sorted({a for a, _ in pairs})}


def _drawn(random: Any, least: float) -> float:
    return round(float(random.uniform(least, 1)), 6)


def distribution(program: Program, path: str) -> Array:
    """Of a placed program's observables, which are its outcomes."""
    session, works = BraketLocal(path).open(), [Work(program, POINT)]
    return session.result(session.submit(works, "emulated"), works)[0].values[0]

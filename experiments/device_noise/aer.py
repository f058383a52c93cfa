"""What Aer makes of an IBM snapshot, exactly: its noise model, density matrices, its errors of reading."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import numpy as np

from qmlops.core.program import Program
from qmlops.core.work import Array
from qmlops.parts.backend.ibm.circuit import Compiler
from qmlops.parts.backend.ibm.snapshot import fake

Readings = Literal["both", "mean"]
"""Aer reads a snapshot's properties with both errors of a reading, and its target with their mean alone."""


def probabilities(program: Program, device: str, wires: int) -> Array:
    """Of a placed program's first wires before they are read, [2 × 2 × …], wire 0 first."""
    from qiskit_aer import AerSimulator

    (sheet,) = Compiler(fake(device).target).sheets(program)
    circuit = sheet.circuit.copy()
    circuit.remove_final_measurements()
    circuit.save_probabilities(list(reversed(_places(program, wires))))
    simulator = AerSimulator(method="density_matrix", noise_model=_noise_model(device))
    found = simulator.run(circuit, shots=1).result().data(0)["probabilities"]
    return np.asarray(found, dtype=np.float64).reshape((2,) * wires)


def read(chances: Array, program: Program, device: str, readings: Readings) -> Array:
    """The distribution [2^wires] that Aer's errors of reading make of probabilities."""
    tables = _tables(device, readings)
    for wire, qubit in enumerate(_places(program, chances.ndim)):
        chances = np.moveaxis(np.tensordot(tables[qubit].T, chances, axes=(1, wire)), 0, wire)
    return chances.ravel()


def _places(program: Program, wires: int) -> tuple[int, ...]:
    assert program.places is not None
    return program.places[:wires]


@cache
def _noise_model(device: str) -> Any:
    """Qiskit's own, from the snapshot; slow to build."""
    from qiskit_aer.noise import NoiseModel

    return NoiseModel.from_backend(fake(device))


@cache
def _tables(device: str, readings: Readings) -> dict[int, Array]:
    """For each qubit what is read (columns) of what is (rows)."""
    from qiskit_aer.noise.device import basic_device_readout_errors

    machine = fake(device)
    given = {"properties": machine.properties()} if readings == "both" else {"target": machine.target}
    return {qubits[0]: np.asarray(error.probabilities) for qubits, error in basic_device_readout_errors(**given)}

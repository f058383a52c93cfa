"""Density matrices at many points, with noise channels: exact, and 4^n numbers a point.

A density matrix is treated as a state on twice the wires, ket wires first; a channel is then one
matrix on both copies of its wires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmlops.core.angles import separate
from qmlops.core.noise import Noise
from qmlops.core.program import Program
from qmlops.core.work import Array
from qmlops.simulate.plain import Gate, apply, gate_of

if TYPE_CHECKING:
    import cirq

Density = NDArray[np.complexfloating]


class DensityEngine:
    """A program and a noise model made ready to run. Holds 32 bytes × 4^width a row."""

    def __init__(self, program: Program, noise: Noise | None) -> None:
        self.program, self.noise = program, noise
        self.parametrised = separate(program)
        self.steps = list(self._steps(noise))

    def densities(self, points: Array) -> Density:
        """Final density matrices as states [rows × 2 × … × 2], ket wires first."""
        width = self.program.width
        angles = self.parametrised.angles(points)
        state: Density = np.zeros((len(points),) + (2,) * (2 * width), dtype=np.complex128)
        state[(slice(None),) + (0,) * (2 * width)] = 1
        for step in self.steps:
            state = _through(step, angles, state, width)
        return state

    def probabilities(self, state: Density, rotations: list[cirq.Operation]) -> Array:
        """Distributions [rows × 2^width] in the basis that the rotations turn to."""
        import cirq

        width = self.program.width
        for operation in rotations:
            gate = Gate(tuple(qubit.x for qubit in operation.qubits), cirq.unitary(operation))
            state = _through(gate, np.zeros((len(state), 0)), state, width)
        square = state.reshape(len(state), 2**width, 2**width)
        diagonal: Array = np.einsum("bii->bi", square).real.copy()
        return diagonal

    def _steps(self, noise: Noise | None) -> Any:
        import cirq

        noisy = self.parametrised.circuit if noise is None else noise.apply(self.parametrised.circuit)
        column = {name: index for index, name in enumerate(self.parametrised.names)}
        for operation in noisy.all_operations():
            if cirq.has_unitary(operation) or cirq.is_parameterized(operation):
                yield gate_of(operation, column)
            else:
                wires = tuple(qubit.x for qubit in operation.qubits)
                yield wires, _superoperator(operation)


def _through(step: Any, angles: Array, state: Density, width: int) -> Density:
    if isinstance(step, Gate):
        unitary = step.unitary(angles)
        state = apply(unitary, step.wires, state)
        return apply(unitary.conj(), tuple(wire + width for wire in step.wires), state)
    wires, matrix = step
    return apply(matrix, wires + tuple(wire + width for wire in wires), state)


def _superoperator(operation: cirq.Operation) -> Density:
    """Sum of K ⊗ conj(K) over the channel's Kraus operators."""
    import cirq

    total: Density = np.sum([np.kron(kraus, kraus.conj()) for kraus in cirq.kraus(operation)], axis=0)
    return total

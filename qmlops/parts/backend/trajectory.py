"""Noisy circuits for qsim's trajectories, translated once: only free gates differ between points.

qsimcirq resolves and translates a circuit anew for each point, which takes longer than to draw a
hundred shots from it. Here channels and fixed gates become numbers once, and free gates become
matrices for many points at a time; what is left for a point is to hand them over to qsim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmlops.core.angles import separate
from qmlops.core.noise import Noise
from qmlops.core.program import Program
from qmlops.core.seed import stream
from qmlops.core.work import Array
from qmlops.errors import RequestError
from qmlops.simulate.plain import Gate, gate_of

if TYPE_CHECKING:
    import cirq

MOST_WIRES = 6
"""Of one gate or channel in qsim."""
_ROWS = 64
"""Points whose matrices are held at once."""


@dataclass(frozen=True, eq=False)
class Channel:
    """A channel in qsim's form: for each operator its least probability, its matrix, whether it is unitary."""

    wires: tuple[int, ...]
    operators: list[tuple[float, list[float], bool]]


class Trajectories:
    """A program under noise, ready to be drawn from. Raises RequestError for gates that are too wide."""

    def __init__(self, program: Program, noise: Noise) -> None:
        self.program, self.noise = program, noise
        self.parametrised = separate(program)
        column = {name: index for index, name in enumerate(self.parametrised.names)}
        noisy = noise.apply(self.parametrised.circuit)
        self.steps = [_step(operation, column) for operation in noisy.all_operations()]

    def bits(
        self, points: Array, rotations: Sequence[cirq.Operation], shots: int, threads: int, seed: int, *path: str | int
    ) -> Iterator[Array]:
        """Readings [shots × wires] of each point in turn, after the rotations; 0.0 and 1.0.

        Each shot is a trajectory of its own. The draws of a row belong to the seed's node `path`
        and the row, so that equal arguments give equal bytes.
        """
        import qsimcirq

        last = [gate_of(rotation, {}) for rotation in rotations]
        options = qsimcirq.QSimOptions(cpu_threads=threads).as_dict()
        angles = self.parametrised.angles(points)
        for start in range(0, len(points), _ROWS):
            block = angles[start : start + _ROWS]
            ready = [(step, _matrices(step, block)) for step in [*self.steps, *last]]
            for row in range(len(block)):
                options["c"] = self._circuit(ready, row)
                read = np.empty((shots, self.program.width))
                seeds = stream(seed, *path, start + row).integers(2**31 - 1, size=shots)
                for shot, chosen in enumerate(seeds.tolist()):
                    options["s"] = chosen
                    read[shot] = qsimcirq.qsim.qtrajectory_sample(options)
                yield read

    def _circuit(self, ready: list[tuple[Gate | Channel, Array]], row: int) -> Any:
        """qsim's circuit at one row of a block; qsim counts wires from the right."""
        from qsimcirq import qsim

        right = self.program.width - 1
        circuit = qsim.NoisyCircuit()
        circuit.num_qubits = self.program.width
        for time, (step, matrices) in enumerate(ready):
            wires = [right - wire for wire in step.wires]
            if isinstance(step, Channel):
                qsim.add_channel(time, wires, step.operators, circuit)
            else:
                matrix = matrices[row if len(matrices) > 1 else 0]
                qsim.add_matrix_gate_channel(time, wires, matrix.tolist(), circuit)
        qsim.add_gate_channel(qsim.kMeasurement, len(ready), list(range(right, -1, -1)), {}, circuit)
        return circuit


def _step(operation: cirq.Operation, column: dict[str, int]) -> Gate | Channel:
    import cirq

    if len(operation.qubits) > MOST_WIRES:
        raise RequestError(
            f"{operation}: qsim draws noise for gates on up to {MOST_WIRES} wires, and this is on "
            f"{len(operation.qubits)}.\nWrite it as smaller gates, or use backend=density."
        )
    if cirq.is_parameterized(operation) or cirq.has_unitary(operation):
        return gate_of(operation, column)
    wires = tuple(int(qubit.x) for qubit in operation.qubits)
    if cirq.has_mixture(operation):
        return Channel(wires, [(float(chance), _numbers(u).tolist(), True) for chance, u in cirq.mixture(operation)])
    return Channel(wires, [(_least(k), _numbers(k).tolist(), cirq.is_unitary(k)) for k in cirq.kraus(operation)])


def _least(kraus: NDArray[Any]) -> float:
    """The smallest probability that an operator has in any state."""
    return float(np.linalg.svd(kraus, compute_uv=False)[-1] ** 2)


def _matrices(step: Gate | Channel, angles: Array) -> Array:
    """A gate's matrix as qsim reads it [rows × numbers], one row where it is fixed; none for a channel."""
    if isinstance(step, Channel):
        return np.zeros((0, 0))
    unitary = step.unitary(angles)
    return _numbers(unitary).reshape(len(unitary) if unitary.ndim == 3 else 1, -1)


def _numbers(matrix: NDArray[Any]) -> Array:
    """Real and imaginary parts by turns, row by row."""
    return np.ascontiguousarray(matrix, dtype=np.complex128).reshape(-1).view(np.float64)

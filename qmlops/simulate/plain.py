"""The plain engine: one NumPy contraction a gate, batched over points.

Adjoint differentiation (Jones and Gacon 2020, arXiv:2009.02823): one sweep forward, one back,
two states a point. Slow and short, it is what faster engines are checked against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qmlops.core.angles import Parametrised, separate
from qmlops.core.observable import Observable, PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Array, Pullback

if TYPE_CHECKING:
    import cirq

    from qmlops.simulate import Precision

State = NDArray[np.complexfloating]
_LETTERS = {
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=complex),
    "Z": np.array([[1, 0], [0, -1]], dtype=complex),
}


@dataclass(frozen=True, eq=False)
class Gate:
    """A unitary on some wires: fixed, or exp(i pi t G) with t the angle number `angle`."""

    wires: tuple[int, ...]
    matrix: NDArray[np.complexfloating] | None
    angle: int = -1
    frequencies: Array | None = None
    vectors: NDArray[np.complexfloating] | None = None

    def unitary(self, angles: Array) -> NDArray[np.complexfloating]:
        """[k × k], or [rows × k × k] for a gate with an angle."""
        if self.matrix is not None:
            return self.matrix
        assert self.frequencies is not None and self.vectors is not None
        phases = np.exp(1j * np.pi * np.outer(angles[:, self.angle], self.frequencies))
        unitaries: State = np.einsum("ik,bk,jk->bij", self.vectors, phases, self.vectors.conj())
        return unitaries

    def generator(self) -> NDArray[np.complexfloating]:
        """i pi G, so that d unitary / d angle = generator @ unitary."""
        assert self.frequencies is not None and self.vectors is not None
        scaled = self.vectors * (1j * np.pi * self.frequencies)
        return np.asarray(scaled @ self.vectors.conj().T)


class PlainEngine:
    """See Engine. Works in complex128 or complex64 throughout."""

    def __init__(self, program: Program, precision: Precision = "double") -> None:
        self.program = program
        self.dtype = np.complex128 if precision == "double" else np.complex64
        self.parametrised = separate(program)
        self.gates = list(gates_of(self.parametrised))

    def memory(self, rows: int) -> int:
        held = 2 + len(self.program.observables)
        return int(held * rows * 2**self.program.width * np.dtype(self.dtype).itemsize)

    def states(self, points: Array) -> State:
        return self._forward(self.parametrised.angles(points)).reshape(len(points), -1)

    def values(self, points: Array) -> Array:
        state = self._forward(self.parametrised.angles(points))
        return np.stack([_overlap(state, observe(item, state)) for item in self.program.observables], axis=1)

    def vjp(self, points: Array) -> tuple[Array, Pullback]:
        angles = self.parametrised.angles(points)
        state = self._forward(angles)
        images = [observe(item, state) for item in self.program.observables]
        values = np.stack([_overlap(state, image) for image in images], axis=1)

        def pullback(cotangent: Array, inputs: bool = False) -> Array:
            shape = (-1,) + (1,) * self.program.width
            costate = sum(c.reshape(shape) * image for c, image in zip(cotangent.T, images, strict=True))
            by_angle = self._backward(angles, state, np.asarray(costate, dtype=self.dtype))
            gradient = self.parametrised.angles.pullback(points, by_angle)
            return gradient if inputs else gradient[:, len(self.program.inputs) :]

        return values, pullback

    def _forward(self, angles: Array) -> State:
        state = np.zeros((len(angles),) + (2,) * self.program.width, dtype=self.dtype)
        state[(slice(None),) + (0,) * self.program.width] = 1
        for gate in self.gates:
            state = apply(gate.unitary(angles), gate.wires, state)
        return state

    def _backward(self, angles: Array, state: State, costate: State) -> Array:
        gradient = np.zeros(angles.shape)
        for gate in reversed(self.gates):
            if gate.angle >= 0:
                gradient[:, gate.angle] += 2 * _overlap(costate, apply(gate.generator(), gate.wires, state))
            inverse = np.conj(np.swapaxes(gate.unitary(angles), -1, -2))
            state = apply(inverse, gate.wires, state)
            costate = apply(inverse, gate.wires, costate)
        return gradient


def gates_of(parametrised: Parametrised) -> list[Gate]:
    """The gates of a circuit in order, as matrices or spectra."""
    column = {name: index for index, name in enumerate(parametrised.names)}
    return [gate_of(operation, column) for operation in parametrised.circuit.all_operations()]


def gate_of(operation: cirq.Operation, column: Mapping[str, int]) -> Gate:
    """One unitary operation; `column` is the number of each angle by its name."""
    import cirq

    wires = tuple(_line(qubit) for qubit in operation.qubits)
    names = cirq.parameter_names(operation)
    if not names:
        return Gate(wires, cirq.unitary(operation))
    frequencies, vectors = spectrum(operation.gate)
    return Gate(wires, None, column[next(iter(names))], frequencies, vectors)


def spectrum(gate: Any) -> tuple[Array, NDArray[np.complexfloating]]:
    """The real frequencies and orthonormal vectors of G in gate = exp(i pi t G)."""
    import cirq
    import scipy.linalg

    small = 2.0**-4
    name = next(iter(cirq.parameter_names(gate)))
    unitary = cirq.unitary(cirq.resolve_parameters(gate, {name: small}))
    triangle, vectors = scipy.linalg.schur(unitary, output="complex")
    return np.angle(np.diag(triangle)) / (np.pi * small), vectors


def apply(matrix: NDArray[Any], wires: tuple[int, ...], state: State) -> State:
    """A matrix, one for all rows or one a row, on some wires of states [rows × 2 × … × 2]."""
    axes = [1 + wire for wire in wires]
    front = np.moveaxis(state, axes, range(1, len(axes) + 1))
    block = front.reshape(len(state), 2 ** len(wires), -1)
    result = np.matmul(matrix.astype(state.dtype, copy=False), block).reshape(front.shape)
    return np.moveaxis(result, range(1, len(axes) + 1), axes)


def observe(observable: Observable, state: State) -> State:
    """An observable applied to states."""
    if isinstance(observable, PauliSum):
        total = np.zeros_like(state)
        for size, pauli in observable.terms:
            image = state
            for wire, letter in pauli:
                image = apply(_LETTERS[letter], (wire,), image)
            total += size * image
        return total
    image = np.zeros_like(state)
    index: list[Any] = [slice(None)] * state.ndim
    for wire, bit in observable.bits:
        index[1 + wire] = bit
    image[tuple(index)] = state[tuple(index)]
    return image


def _overlap(left: State, right: State) -> Array:
    """Re <left|right>, one number a row, summed in double precision."""
    rows = len(left)
    product = np.einsum("bk,bk->b", left.reshape(rows, -1).conj(), right.reshape(rows, -1))
    return np.asarray(product.real, dtype=np.float64)


def _line(qubit: Any) -> int:
    return int(qubit.x)

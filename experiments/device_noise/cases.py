"""The circuits that are compared: GHZ states and random circuits, read in full."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import cirq
import numpy as np

from qmlops.core.noise import Noise
from qmlops.core.observable import Projector
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.lower.placed import placed
from qmlops.parts.backend.density import Density

POINT = np.zeros((1, 0))


def read_in_full(circuit: cirq.Circuit, width: int) -> Program:
    """A program whose values are the probabilities of all outcomes, wire 0 leftmost."""
    outcomes = tuple(Projector(tuple(enumerate(bits))) for bits in product((0, 1), repeat=width))
    return Program(circuit, width, (), (), outcomes)


def ghz(width: int) -> Program:
    """|0…0> + |1…1>, by a chain of CNOTs."""
    qubits = cirq.LineQubit.range(width)
    chain = [cirq.CNOT(first, second) for first, second in pairwise(qubits)]
    return read_in_full(cirq.Circuit(cirq.H(qubits[0]), chain), width)


def random(width: int, layers: int, seed: int) -> Program:
    """Layers of turns by random angles about two axes, each followed by CZ on random pairs."""
    draw, qubits = np.random.default_rng(seed), cirq.LineQubit.range(width)
    circuit = cirq.Circuit()
    for _ in range(layers):
        circuit.append([cirq.ry(draw.uniform(0, 2 * np.pi))(qubit) for qubit in qubits])
        circuit.append([cirq.rz(draw.uniform(0, 2 * np.pi))(qubit) for qubit in qubits])
        order = draw.permutation(width)
        circuit.append([cirq.CZ(qubits[a], qubits[b]) for a, b in zip(order[::2], order[1::2], strict=False)])
    circuit.append([cirq.ry(draw.uniform(0, 2 * np.pi))(qubit) for qubit in qubits])
    return read_in_full(circuit, width)


def cases() -> Iterator[tuple[str, Program]]:
    """What is compared on each device."""
    for width in (2, 3, 4, 5):
        yield f"GHZ, {width} qubits", ghz(width)
    for width, layers in ((3, 2), (3, 4), (4, 3), (5, 2), (5, 4)):
        for seed in (1, 2):
            yield f"random, {width} qubits, {layers} layers, seed {seed}", random(width, layers, seed)


def placed_by(program: Program, noise: Noise) -> Program:
    """As `noise=device` runs it."""
    return placed(Work(program, POINT, noise=noise)).program


def ours(program: Program, noise: Noise | None) -> Array:
    """The distribution of `backend=density`; wires that only SWAPs pass through are left out."""
    session, works = Density().open(), [Work(program, POINT, noise=noise)]
    return session.result(session.submit(works, "ours"), works)[0].values[0]


def total_variation(one: Array, other: Array) -> float:
    """Half the sum of absolute differences."""
    return float(np.abs(one - other).sum() / 2)

"""What circuits read, by the simulators of this machine: exact distributions, or shots under noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TypeVar

import numpy as np

from qmlops.core.noise import Noise
from qmlops.core.seed import stream
from qmlops.core.work import Array
from qmlops.lower.basis import misread, sample
from qmlops.parts.backend.trajectory import Trajectories
from qmlops.serving.ionq.circuit import Circuit, Shape, program
from qmlops.simulate import Engine, prepare
from qmlops.simulate.density import DensityEngine
from qmlops.simulate.memory import usable_bytes

Histogram = Mapping[str, float]
"""Outcome, a decimal number whose lowest bit is qubit 0, to its probability."""
Key = TypeVar("Key")
Made = TypeVar("Made")

_MOST_DENSITY = 7
"""Qubits up to which noise is computed on density matrices; trajectories take over from there."""
_KEPT = 64
_ZERO = 1e-12
"""Probabilities below it are rounding errors of amplitudes that are zero."""


class Computer:
    """Computes circuits of equal shape together, and keeps what it has prepared. One thread at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._engines: dict[Shape, Engine] = {}
        self._densities: dict[tuple[Shape, Noise], DensityEngine] = {}
        self._trajectories: dict[tuple[Shape, Noise], Trajectories] = {}

    def exact(self, circuits: Sequence[Circuit]) -> list[Histogram]:
        """Distributions without noise."""
        with self._lock:
            return self._by_shape(circuits, lambda shape, points, rows: self._ideal(shape, points))

    def shots(self, circuits: Sequence[Circuit], shots: int, noise: Noise, seed: int) -> list[Histogram]:
        """Frequencies of so many shots under a noise model; equal arguments give equal numbers."""
        with self._lock:
            return self._by_shape(
                circuits, lambda shape, points, rows: self._drawn(shape, points, rows, shots, noise, seed)
            )

    def _by_shape(
        self, circuits: Sequence[Circuit], compute: Callable[[Shape, Array, list[int]], list[Histogram]]
    ) -> list[Histogram]:
        rows: dict[Shape, list[int]] = {}
        for row, circuit in enumerate(circuits):
            rows.setdefault(circuit.shape, []).append(row)
        found: dict[int, Histogram] = {}
        for shape, members in rows.items():
            size = max(1, usable_bytes() // (64 * 2 ** circuits[members[0]].width))
            for start in range(0, len(members), size):
                part = members[start : start + size]
                points = np.array([circuits[row].rotations for row in part]).reshape(len(part), -1) / np.pi
                found |= dict(zip(part, compute(shape, points, part), strict=True))
        return [found[row] for row in range(len(circuits))]

    def _ideal(self, shape: Shape, points: Array) -> list[Histogram]:
        engine = _kept(self._engines, shape, lambda: prepare(program(shape), "double"))
        return [_histogram(row) for row in np.abs(engine.states(points)) ** 2]

    def _drawn(
        self, shape: Shape, points: Array, rows: list[int], shots: int, noise: Noise, seed: int
    ) -> list[Histogram]:
        width = shape[1]
        if noise.silent():
            engine = _kept(self._engines, shape, lambda: prepare(program(shape), "double"))
            chances = np.abs(engine.states(points)) ** 2
        elif width <= _MOST_DENSITY:
            exact = _kept(self._densities, (shape, noise), lambda: DensityEngine(program(shape), noise))
            chances = misread(exact.probabilities(exact.densities(points), []), noise, width)
        else:
            return self._trajectory_shots(shape, points, rows, shots, noise, seed)
        drawn = [sample(chances[i : i + 1], shots, stream(seed, "shots", row))[0] for i, row in enumerate(rows)]
        return [_histogram(row) for row in drawn]

    def _trajectory_shots(
        self, shape: Shape, points: Array, rows: list[int], shots: int, noise: Noise, seed: int
    ) -> list[Histogram]:
        noisy = _kept(self._trajectories, (shape, noise), lambda: Trajectories(program(shape), noise))
        found: list[Histogram] = []
        for row, bits in zip(rows, noisy.bits(points, [], shots, 1, seed, "trajectories", rows[0]), strict=True):
            flips = np.array([noise.flips(wire) for wire in range(bits.shape[1])])
            chance = np.where(bits == 0, flips[:, 0], flips[:, 1])
            read = np.where(stream(seed, "flips", row).random(bits.shape) < chance, 1 - bits, bits)
            numbers, counts = np.unique(read @ 2.0 ** np.arange(read.shape[1]), return_counts=True)
            found.append({str(int(number)): count / shots for number, count in zip(numbers, counts, strict=True)})
        return found


def _kept(made: dict[Key, Made], key: Key, make: Callable[[], Made]) -> Made:
    """What was made for a key, or makes it; the oldest goes where too many are kept."""
    if key not in made:
        if len(made) >= _KEPT:
            made.pop(next(iter(made)))
        made[key] = make()
    return made[key]


def _histogram(chances: Array) -> Histogram:
    """Of a distribution over [2^width] with wire 0 leftmost: IonQ counts qubit 0 as the lowest bit."""
    width = len(chances).bit_length() - 1
    found: dict[str, float] = {}
    for index in np.flatnonzero(chances > _ZERO).tolist():
        number = int(format(index, f"0{width}b")[::-1], 2)
        found[str(number)] = float(chances[index])
    return found

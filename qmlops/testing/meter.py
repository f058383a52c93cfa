"""A number read off circuits shot by shot: an observable, or a combination of it at several points.

Its samples are independent and bounded, which is all that the sequential tests ask for. Counts are
read as frequencies of projectors, so that every backend can give them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np

from qmlops.core.observable import Observable, PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.seed import draw, stream
from qmlops.core.work import Array, Work
from qmlops.lower.basis import Basis, all_bits, bases
from qmlops.testing.statistic.mean import Source
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.subject import Subject

WIDEST = 12
"""Most wires of which all outcomes are counted."""


def outcomes(program: Program, wires: Sequence[int]) -> Program:
    """The program with a projector for each pattern of bits on some wires, in the order of binary numbers."""
    patterns = product((0, 1), repeat=len(wires))
    return replace(program, observables=tuple(Projector(tuple(zip(wires, bits, strict=True))) for bits in patterns))


def counted(subject: Subject, program: Program, point: Array, shots: int, seed: int) -> Counts:
    """How often each outcome of `outcomes` came in so many shots."""
    frequencies = subject.values(program, point, shots, seed)[0]
    counts: Counts = np.rint(frequencies * shots).astype(np.int64)
    return counts


@dataclass(frozen=True, eq=False)
class Reading:
    """One measured circuit, and what each of its outcomes reads."""

    program: Program
    point: Array
    """[1 × symbols]"""
    table: Array
    """[outcomes]"""

    def moments(self, values: Callable[[Program, Array], Array]) -> tuple[float, float]:
        """Mean and variance of what it reads, from exact expectation values."""
        chances = self._spread(values(self.program, self.point)[0])
        mean = float(chances @ self.table)
        return mean, max(0.0, float(chances @ (self.table - mean) ** 2))

    def counts(self, values: Array, shots: int) -> Counts:
        """How often each outcome came, from the values that so many shots gave."""
        counts: Counts = np.rint(self._spread(values) * shots).astype(np.int64)
        return counts

    def _spread(self, values: Array) -> Array:
        """Frequencies of all outcomes; of the two of a single projector or Pauli string, from its mean."""
        (first, *more) = self.program.observables
        if more:
            return values
        hit = values[0] if isinstance(first, Projector) else (1 + values[0]) / 2
        return np.array([1 - hit, hit])


@dataclass(frozen=True, eq=False)
class Meter:
    """The sum of what some readings read, each drawn by itself."""

    subject: Subject
    readings: tuple[Reading, ...]

    @property
    def reach(self) -> tuple[float, float]:
        """The least and the largest value that a sample can have."""
        low, high = (sum(float(end(reading.table)) for reading in self.readings) for end in (np.min, np.max))
        return low, high

    @property
    def binary(self) -> bool:
        return len(self.readings) == 1 and len(np.unique(self.readings[0].table)) == 2

    @property
    def known(self) -> bool:
        """Whether nothing need be drawn: the backend has exact values, or there is nothing to read."""
        return self.subject.exact or not self.readings

    def exact(self) -> tuple[float, float]:
        """Mean and variance of a sample, without drawing any. Wants that it is `known`."""
        return self._moments(self.subject.values)

    def ideal(self) -> tuple[float, float]:
        """The same of the circuit without noise, computed on this machine."""
        return self._moments(self.subject.ideal)

    def _moments(self, values: Callable[[Program, Array], Array]) -> tuple[float, float]:
        found = [reading.moments(values) for reading in self.readings]
        return sum(mean for mean, _ in found), sum(variance for _, variance in found)

    def requests(self, schedule: Sequence[int]) -> list[list[Work]]:
        """What so many samples in all take at each look."""
        return [self._works(later - before, 0, 0) for before, later in pairwise([0, *schedule])]

    def _works(self, samples: int, seed: int, drawn: int) -> list[Work]:
        """A work a reading, each drawn by itself."""
        return [
            self.subject.work(reading.program, reading.point, samples, draw(seed, "draw", drawn, number))
            for number, reading in enumerate(self.readings)
        ]

    def source(self, seed: int) -> Source:
        """Draws samples from the backend; each call is one request, and a draw of its own below the seed."""
        drawn = 0

        def more(samples: int) -> tuple[Array, Counts]:
            nonlocal drawn
            drawn += 1
            values = self.subject.measured(self._works(samples, seed, drawn), draw(seed, "draw", drawn))
            counts = [reading.counts(row[0], samples) for reading, row in zip(self.readings, values, strict=True)]
            if len(counts) == 1:
                return self.readings[0].table, counts[0]
            random = stream(seed, "order", drawn)
            rows = [np.repeat(reading.table, times) for reading, times in zip(self.readings, counts, strict=True)]
            total = sum((random.permutation(row) for row in rows), np.zeros(samples))
            return np.unique(total, return_counts=True)

        return more


def meter(subject: Subject, program: Program, observable: Observable, point: Array, factor: float = 1.0) -> Meter:
    """What an observable reads at one point, times a factor."""
    return Meter(subject, tuple(_readings(program, observable, point, factor)))


def joined(subject: Subject, meters: Sequence[Meter]) -> Meter:
    """The sum of meters of one subject; of none it is 0."""
    return Meter(subject, tuple(reading for each in meters for reading in each.readings))


def _readings(program: Program, observable: Observable, point: Array, factor: float) -> list[Reading]:
    if isinstance(observable, Projector):
        return [Reading(replace(program, observables=(observable,)), point, factor * np.array([0.0, 1.0]))]
    terms = [(size, pauli) for size, pauli in observable.terms if pauli]
    constant = sum(size for size, pauli in observable.terms if not pauli)
    if len(terms) == 1:
        ((size, pauli),) = terms
        alone = replace(program, observables=(PauliSum(((1.0, pauli),)),))
        return [Reading(alone, point, factor * (constant + size * np.array([-1.0, 1.0])))]
    return [_of_basis(program, basis, point, factor) for basis in bases((observable,))]


def _of_basis(program: Program, basis: Basis, point: Array, factor: float) -> Reading:
    """All outcomes on the wires of a basis, after the gates that turn it into the computational one."""
    import cirq

    wires = sorted(basis.letters) or [0]
    patterns = np.zeros((2 ** len(wires), program.width))
    patterns[:, wires] = all_bits(len(wires))
    turned = replace(program, circuit=cirq.Circuit(program.circuit, basis.rotations(program.qubits)))
    return Reading(outcomes(turned, wires), point, factor * basis.eigenvalues(patterns, 1)[:, 0])


def widest(observable: Observable) -> int:
    """Most wires that one reading of an observable counts outcomes on."""
    if isinstance(observable, Projector) or len([1 for _, pauli in observable.terms if pauli]) == 1:
        return 1
    return max(len(basis.letters) for basis in bases((observable,)))

"""A work as the circuits that a device runs, and what they read as a Result. Knows no device.

A work is one circuit a measured basis and point. Counts come back in that order, basis by basis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qmlops.core.program import Program
from qmlops.core.work import Array, Counts, Result, Work
from qmlops.errors import JobFailed
from qmlops.lower.basis import Basis, bases, moments, of_mean

if TYPE_CHECKING:
    import cirq


@dataclass(frozen=True, eq=False)
class Measured:
    """A program in one of its bases: measure every wire after `circuit`, in the computational basis."""

    basis: Basis
    circuit: cirq.Circuit


def measured(program: Program) -> list[Measured]:
    """One entry a basis, in the order of `bases`; the symbols stay."""
    import cirq

    return [
        Measured(basis, cirq.Circuit(program.circuit, basis.rotations(program.qubits)))
        for basis in bases(program.observables)
    ]


def circuits_of(work: Work) -> int:
    """How many circuits a work is: its points times its bases."""
    return len(work.points) * len(bases(work.program.observables))


def shots_of(work: Work) -> int:
    """How many shots a work draws in all."""
    return circuits_of(work) * (work.shots or 0)


def resolver(program: Program, point: Sequence[float]) -> dict[str, float]:
    """A point as names and values, in radians or half-turns as the program's symbols are."""
    return dict(zip(program.symbols, (float(value) for value in point), strict=True))


def result_of(work: Work, counts: Sequence[Sequence[Counts]], provenance: Mapping[str, str]) -> Result:
    """The moments of what was read: `counts[basis][point]`.

    Where the work names no shots, the numbers are probabilities and the variances zero. Raises
    JobFailed where a circuit was not read.
    """
    whole = [[item for item in read if item.numbers.sum() > 0] for read in counts]
    if [len(read) for read in whole] != [len(work.points)] * len(bases(work.program.observables)):
        raise JobFailed(f"The answer does not hold counts of all {circuits_of(work)} circuits of a work.")
    columns = len(work.program.observables)
    values, variances = np.zeros((2, len(work.points), columns))
    for basis, read in zip(bases(work.program.observables), counts, strict=True):
        for row, item in enumerate(read):
            eigenvalues = basis.eigenvalues(item.bits.astype(np.float64), columns)
            total = float(item.numbers.sum())
            means, spread = moments(item.numbers[None, :] / total, eigenvalues)
            values[row] += means[0]
            if work.shots is not None:
                variances[row] += of_mean(spread[0], round(total))
    return Result(values, variances, circuits_of(work), shots_of(work), dict(provenance), kept_counts(work, counts))


def counts_of(outcomes: Mapping[int, float], width: int) -> Counts:
    """Counts by outcome number, whose highest bit is wire 0. Raises JobFailed for a bit beyond the wires."""
    if any(key >> width for key in outcomes):
        raise JobFailed(f"The answer holds outcome {max(outcomes)}, and {width} wires were measured.")
    keys = np.array(sorted(outcomes), dtype=object)
    shifts = range(width - 1, -1, -1)
    bits = np.array([[(int(key) >> shift) & 1 for shift in shifts] for key in keys], dtype=np.uint8)
    numbers = np.array([outcomes[key] for key in keys], dtype=np.float64)
    return Counts(bits.reshape(len(keys), width), numbers)


def tallied(chances: Array, shots: int | None) -> list[Counts]:
    """Frequencies among so many shots [rows × 2^wires] as counts, a row each; without shots they are probabilities."""
    width = chances.shape[1].bit_length() - 1
    numbers = chances if shots is None else np.rint(chances * shots)
    seen = [np.flatnonzero(row > 0) for row in numbers]
    bits = [(place[:, None] >> np.arange(width - 1, -1, -1)) & 1 for place in seen]
    return [Counts(b.astype(np.uint8), row[place]) for b, row, place in zip(bits, numbers, seen, strict=True)]


def tally(bits: Array) -> Counts:
    """What was read shot by shot [shots × wires] as counts."""
    distinct, numbers = np.unique(bits.astype(np.uint8), axis=0, return_counts=True)
    return Counts(distinct, numbers.astype(np.float64))


def kept_counts(work: Work, read: Sequence[Sequence[Counts]]) -> tuple[tuple[Counts, ...], ...] | None:
    """The counts of a result, `read[basis][point]`, where its work asks for them."""
    return tuple(tuple(basis) for basis in read) if work.keep_counts else None


def first_wires(counts: Counts, width: int) -> Counts:
    """The counts of the first wires alone: routing may have added others, of which no program speaks."""
    bits, place = np.unique(counts.bits[:, :width], axis=0, return_inverse=True)
    numbers: Array = np.bincount(place.ravel(), weights=counts.numbers).astype(np.float64)
    return Counts(bits, numbers)

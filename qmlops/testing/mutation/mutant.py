"""Mutants of a program: all that the operators make, a random choice of them, and which are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qmlops.core.program import Program
from qmlops.core.seed import stream
from qmlops.testing.matrix import Matrix, infidelity, matrix
from qmlops.testing.mutation.operator import OPERATORS

_POINTS = 3
_ROUNDING = 1e-7
"""Infidelity that rounding leaves between equal unitaries: cirq computes some gates in single precision."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """A program with one bug."""

    operator: str
    text: str
    program: Program


def mutants(program: Program) -> list[Mutant]:
    """Every mutant of every operator, in the order of the operators and then of the gates."""
    import cirq

    gates = list(program.circuit.all_operations())
    return [
        Mutant(name, text, replace(program, circuit=cirq.Circuit(changed)))
        for name, seed in OPERATORS.items()
        for text, changed in seed(gates, program.qubits)
    ]


def chosen(found: Sequence[Mutant], most: int | None, seed: int) -> list[Mutant]:
    """So many of them, each set with equal chance, in their order; all where `most` is None."""
    if most is None or most >= len(found):
        return list(found)
    places = stream(seed, "mutants").choice(len(found), most, replace=False)
    return [found[place] for place in sorted(places)]


@dataclass(frozen=True, eq=False)
class Original:
    """A program's unitaries at random values of its symbols, to compare mutants with."""

    program: Program
    points: tuple[dict[str, float], ...]
    matrices: tuple[Matrix, ...]

    def same(self, mutant: Mutant) -> bool:
        """Whether a mutant's unitary is the program's, up to a global phase.

        Angles are analytic in the symbols: what agrees at random values agrees at all of them, but
        for a set of values that has no measure.
        """
        pairs = zip(self.points, self.matrices, strict=True)
        circuit, qubits = mutant.program.circuit, self.program.qubits
        return all(infidelity(matrix(circuit, qubits, values), known) < _ROUNDING for values, known in pairs)


def original(program: Program, seed: int) -> Original:
    """Costs three unitaries of the program; `same` costs one for most mutants."""
    drawn = stream(seed, "mutants", "symbols").uniform(0, 2 * np.pi, (_POINTS, len(program.symbols)))
    points = tuple(dict(zip(program.symbols, map(float, row), strict=True)) for row in drawn)
    return Original(program, points, tuple(matrix(program.circuit, program.qubits, values) for values in points))

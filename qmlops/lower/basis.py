"""Observables grouped by measurement basis, and their estimates from the distributions that are read.

Pauli strings that agree letter by letter on every wire that they share are measured together
(qubit-wise commuting groups, found greedily, heaviest first). One basis is one circuit a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from qmlops.core.noise import Noise
from qmlops.core.observable import Observable, Pauli, PauliSum
from qmlops.core.work import Array

if TYPE_CHECKING:
    import cirq


@dataclass(eq=False)
class Basis:
    """A letter for some wires (Z for the others), and what of each observable it measures."""

    letters: dict[int, str] = field(default_factory=dict)
    parts: list[tuple[int, float, Pauli]] = field(default_factory=list)
    """Observable's column, factor, Pauli string."""
    projectors: list[tuple[int, tuple[tuple[int, int], ...]]] = field(default_factory=list)
    """Observable's column, and the bits of a projector."""

    def takes(self, pauli: Pauli) -> bool:
        return all(self.letters.get(wire, letter) == letter for wire, letter in pauli)

    def rotations(self, qubits: Sequence[cirq.Qid]) -> list[cirq.Operation]:
        """The gates that turn this basis into the computational one."""
        import cirq

        turns = {"X": cirq.Y**-0.5, "Y": cirq.X**0.5}
        return [turns[letter](qubits[wire]) for wire, letter in sorted(self.letters.items()) if letter in turns]

    def eigenvalues(self, bits: Array, observables: int) -> Array:
        """What each observable reads, [rows × observables], for rows of bits [rows × wires]."""
        signs = 1 - 2 * bits
        values = np.zeros((len(bits), observables))
        for column, size, pauli in self.parts:
            values[:, column] += size * np.prod(signs[:, [wire for wire, _ in pauli]], axis=1)
        for column, pattern in self.projectors:
            agree = [bits[:, wire] == bit for wire, bit in pattern]
            values[:, column] += np.all(agree, axis=0)
        return values


def bases(observables: Sequence[Observable]) -> list[Basis]:
    """The bases that measure all observables; constants go with the first one."""
    found = [Basis()]
    entries: list[tuple[float, int, Pauli]] = []
    for column, observable in enumerate(observables):
        if isinstance(observable, PauliSum):
            entries += [(size, column, pauli) for size, pauli in observable.terms]
        else:
            found[0].projectors.append((column, observable.bits))
            found[0].letters.update((wire, "Z") for wire in observable.wires)
    for size, column, pauli in sorted(entries, key=lambda entry: -abs(entry[0])):
        basis = next((basis for basis in found if basis.takes(pauli)), None)
        if basis is None:
            basis = Basis()
            found.append(basis)
        basis.letters.update(pauli)
        basis.parts.append((column, size, pauli))
    return [basis for basis in found if basis.parts or basis.projectors]


def all_bits(width: int) -> Array:
    """The bits of every basis state, [2^width × width], wire 0 leftmost."""
    index = np.arange(2**width)[:, None]
    bits: Array = ((index >> np.arange(width - 1, -1, -1)) & 1).astype(np.float64)
    return bits


def misread(probabilities: Array, noise: Noise | None, width: int) -> Array:
    """Distributions [rows × 2^width] as they are read, with each wire's flips."""
    if noise is None or noise.silent():
        return probabilities
    shaped = probabilities.reshape((-1,) + (2,) * width)
    for wire in range(width):
        up, down = noise.flips(wire)
        table = np.array([[1 - up, down], [up, 1 - down]])
        shaped = np.moveaxis(np.tensordot(table, shaped, axes=(1, 1 + wire)), 0, 1 + wire)
    return shaped.reshape(probabilities.shape)


def sample(probabilities: Array, shots: int, random: np.random.Generator) -> Array:
    """Observed frequencies [rows × outcomes] of so many draws from each row."""
    clean = np.clip(probabilities, 0, None)
    clean /= clean.sum(axis=1, keepdims=True)
    frequencies: Array = random.multinomial(shots, clean) / shots
    return frequencies


def of_mean(spread: Array, shots: int) -> Array:
    """Variance of a mean of so many shots, from their spread; infinite for one shot, which shows none."""
    return spread / (shots - 1) if shots > 1 else np.full_like(spread, np.inf)


def moments(frequencies: Array, eigenvalues: Array) -> tuple[Array, Array]:
    """Mean and spread of each observable: [rows × observables] twice, the second a variance."""
    means = frequencies @ eigenvalues
    spread = frequencies @ eigenvalues**2 - means**2
    return means, np.maximum(spread, 0)

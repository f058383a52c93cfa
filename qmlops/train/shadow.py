"""Classical shadows: a state seen through shots in random Pauli bases, each figure with its interval.

Huang, Kueng and Preskill 2020, arXiv:2002.08953. The bases are drawn once; given them every estimate
is unbiased, because it only joins shots whose bases agree where it looks. Squares of expectation
values are estimated by pairs of different shots (U-statistics), as two copies of the state would be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qmlops.core.work import Array, Counts

LEVEL, _REACH = 0.95, 1.96
"""Of all intervals, and the normal quantile that belongs to it."""
LETTERS = "XYZ"
_PSEUDO = 4.0
"""Shots at zero that a variance counts besides: equal readings of a few shots are no certainty."""
Letters = NDArray[np.int64]


class Estimate(NamedTuple):
    """A figure with its 95 % interval.

    Of expectation values and shares the interval holds for every state. Of squares it rests on normal
    means and held in at least 93 of 100 draws of every state and design that was tried; the value,
    which is unbiased, may lie where no state is, and the interval may not.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Shadow:
    """What was read of one state in some bases."""

    bases: Letters
    """[bases × wires]"""
    counts: Sequence[Counts]
    """One a basis, of so many wires."""

    @property
    def shots(self) -> int:
        return round(float(self._times.sum()))

    @cached_property
    def _signs(self) -> Array:
        """+1 for a 0 that was read and -1 for a 1 [outcomes × wires]."""
        return np.asarray(1 - 2 * np.concatenate([item.bits for item in self.counts]).astype(np.float64))

    @cached_property
    def _times(self) -> Array:
        return np.concatenate([item.numbers for item in self.counts])

    @cached_property
    def _letters(self) -> Letters:
        """In which basis each outcome was read [outcomes × wires]."""
        return np.repeat(self.bases, [len(item.numbers) for item in self.counts], axis=0)

    def bloch(self) -> list[list[Estimate]]:
        """X, Y and Z of each wire; the intervals hold their level for every state (Clopper and Pearson 1934)."""
        width = self.bases.shape[1]
        found = self._means([((wire, letter),) for wire in range(width) for letter in range(3)])
        flat = [Estimate(*row) for row in np.stack([found.means, *_exact(found.means, found.shots)], axis=1).tolist()]
        return [flat[3 * wire : 3 * wire + 3] for wire in range(width)]

    def meyer_wallach(self) -> Estimate | None:
        """One less the mean squared length of the Bloch vectors; None where a letter has fewer than two shots.

        Of a mixed state it counts the mixture beside the entanglement.
        """
        width = self.bases.shape[1]
        squares = self._squares([((wire, letter),) for wire in range(width) for letter in range(3)])
        if squares is None:
            return None
        value, reach = squares[0] / width, squares[1] / width
        return _within(1 - value, reach, 0.0)

    def purity(self, wires: Sequence[int]) -> Estimate | None:
        """Tr rho² of what is left on some wires; None where some Pauli string on them has fewer than two shots.

        Costs 4^wires strings, and their variance grows as 3^wires.
        """
        strings = [
            tuple((wire, letter) for wire, letter in zip(wires, letters, strict=True) if letter < 3)
            for letters in product(range(4), repeat=len(wires))
        ]
        squares = self._squares([string for string in strings if string])
        if squares is None:
            return None
        size = 2.0 ** len(wires)
        return _within((1 + squares[0]) / size, squares[1] / size, 1 / size)

    def likeliest(self, most: int) -> dict[str, Estimate]:
        """The outcomes that were read most often in the basis of Z, by their bits, with their shares."""
        read = self.counts[0]
        total, order = read.numbers.sum(), np.argsort(-read.numbers, kind="stable")[:most]
        shares = read.numbers[order] / total
        low, high = (side / 2 + 0.5 for side in _exact(2 * shares - 1, np.full(len(order), total)))
        rows = zip(read.bits[order].tolist(), shares.tolist(), low.tolist(), high.tolist(), strict=True)
        return {"".join(map(str, bits)): Estimate(*row) for bits, *row in rows}

    def _means(self, strings: Sequence[Sequence[tuple[int, int]]]) -> _Means:
        """Of Pauli strings, each a list of wires and letters."""
        read = np.stack([self._agrees(string) for string in strings], axis=1)
        signs = np.stack([np.prod(self._signs[:, [wire for wire, _ in string]], axis=1) for string in strings], axis=1)
        shots = self._times @ read
        return _Means(read, signs, shots, (self._times @ (signs * read)) / np.maximum(shots, 1))

    def _agrees(self, string: Sequence[tuple[int, int]]) -> Array:
        """1 for outcomes that were read in the letters of a string, else 0."""
        same = [self._letters[:, wire] == letter for wire, letter in string]
        return np.asarray(np.all(same, axis=0), dtype=np.float64)

    def _squares(self, strings: Sequence[Sequence[tuple[int, int]]]) -> tuple[float, float] | None:
        """The sum of the squared means of Pauli strings, unbiased, and the half width of its interval.

        With C the covariances of the means, the variance is 4 mean C mean + 2 |C|², for normal means.
        """
        found = self._means(strings)
        shots, means = found.shots, found.means
        if shots.min() < 2:
            return None
        apart = found.read * (found.signs - means)
        covariance = (apart * self._times[:, None]).T @ apart / np.outer(shots, shots)
        drawn_in = means * shots / (shots + _PSEUDO)
        np.fill_diagonal(covariance, (1 - drawn_in**2) / shots)
        variance = 4 * means @ covariance @ means + 2 * np.sum(covariance**2)
        value = float(np.sum((shots * means**2 - 1) / (shots - 1)))
        return value, _REACH * math.sqrt(max(float(variance), 0.0))


class _Means(NamedTuple):
    read: Array
    """Whether an outcome tells of a string [outcomes × strings]."""
    signs: Array
    """[outcomes × strings]"""
    shots: Array
    """That tell of each string."""
    means: Array


def _within(value: float, reach: float, least: float) -> Estimate:
    """What no state has is cut off the interval, and the value left as it is: it is unbiased."""
    low, high = (min(max(side, least), 1.0) for side in (value - reach, value + reach))
    return Estimate(value, low, high)


def _exact(means: Array, shots: Array) -> tuple[Array, Array]:
    """Clopper-Pearson intervals of means of signs; the whole reach where there are no shots."""
    from scipy.stats import beta

    ups, tail = np.rint(shots * (1 + means) / 2), (1 - LEVEL) / 2
    low = np.where(ups > 0, beta.ppf(tail, ups, shots - ups + 1), 0.0)
    high = np.where(ups < shots, beta.ppf(1 - tail, ups + 1, shots - ups), 1.0)
    return 2 * low - 1, 2 * high - 1

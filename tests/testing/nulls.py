"""Null distributions of eight shapes, and how many rejections of a true null are too many."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom

from qmlops.core.work import Array
from qmlops.testing.statistic.distribution import Source


def _at(places: list[int], chances: list[float], size: int) -> Array:
    found = np.zeros(size)
    found[places] = chances
    return found


SHAPES: dict[str, Array] = {
    "uniform": np.full(16, 1 / 16),
    "peaked": np.array([0.99, *[0.01 / 255] * 255]),
    "ghz": _at([0, 255], [0.5, 0.5], 256),
    "nearly_deterministic": _at([5, 6], [0.999, 0.001], 16),
    "one_outcome": _at([3], [1.0], 16),
    "correlated": np.kron([0.45, 0.05, 0.05, 0.45], [0.4, 0.1, 0.1, 0.4]),
    "twenty": np.arange(1, 21) / 210,
    "hundred_thousand": np.full(100_000, 1e-5),
}


def most_rejections(trials: int, alpha: float) -> int:
    """The 99.9 % quantile of rejections where each has a chance of alpha."""
    return int(binom.ppf(0.999, trials, alpha))


def drawn_from(chances: Array, random: np.random.Generator) -> Source:
    if len(chances) > 1000 and np.all(chances == chances[0]):
        return lambda shots: np.bincount(random.integers(len(chances), size=shots), minlength=len(chances))
    return lambda shots: random.multinomial(shots, chances)


def moved(chances: Array, distance: float, random: np.random.Generator) -> Array:
    """Chances at a total-variation distance: the likely half gives to the other half, at random."""
    lesser = chances <= np.median(chances)
    if lesser.all():
        lesser[::2] = False
    given = random.dirichlet(np.ones(len(chances))) * lesser
    taken = np.where(lesser, 0, chances)
    return chances + distance * (given / given.sum() - taken / taken.sum())

"""95 % intervals for what was measured on finitely many rows or shots, and a test of a difference."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95


def share(hits: int, rows: int) -> tuple[float, float]:
    """Clopper-Pearson: holds its level for every true share (Clopper and Pearson 1934)."""
    from scipy.stats import binomtest

    found = binomtest(hits, rows).proportion_ci(LEVEL, method="exact")
    return float(found.low), float(found.high)


def mean(values: Sequence[float]) -> tuple[float, float]:
    """Student's t for the mean of independent values; one value has no interval."""
    from scipy.stats import t

    if len(values) < 2:
        return float("-inf"), float("inf")
    centre = float(np.mean(values))
    spread = float(np.std(values, ddof=1) / np.sqrt(len(values)))
    reach = float(t.ppf((1 + LEVEL) / 2, len(values) - 1)) * spread
    return centre - reach, centre + reach


def bounded(value: float, variance: float, shots: int, reach: tuple[float, float]) -> tuple[float, float]:
    """For a mean of shots that each lie within `reach`, at least 95 % whatever their distribution.

    The empirical Bernstein bound (Maurer and Pontil 2009, arXiv:0907.3740); `variance` is that of
    the mean. One shot leaves the whole reach.
    """
    low, high = reach
    if shots < 2:
        return low, high
    chance = math.log(4 / (1 - LEVEL))
    half = math.sqrt(2 * variance * chance) + 7 * (high - low) * chance / (3 * (shots - 1))
    return max(low, value - half), min(high, value + half)


def difference(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """McNemar's exact test: the chance of so uneven a split of the rows that only one gets right.

    Two-sided, on the same rows, for two methods that are equally good (McNemar 1947).
    """
    from scipy.stats import binomtest

    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    rows = only_first + only_second
    return float(binomtest(only_first, rows).pvalue) if rows else 1.0

"""95 % intervals for what was measured on finitely many rows or shots, and a test of a difference."""

from __future__ import annotations

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


def normal(value: float, variance: float) -> tuple[float, float]:
    """The normal approximation for an estimate with a known variance."""
    reach = 1.959963984540054 * variance**0.5
    return value - reach, value + reach


def difference(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """McNemar's exact test: the chance of so uneven a split of the rows that only one gets right.

    Two-sided, on the same rows, for two methods that are equally good (McNemar 1947).
    """
    from scipy.stats import binomtest

    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    rows = only_first + only_second
    return float(binomtest(only_first, rows).pvalue) if rows else 1.0

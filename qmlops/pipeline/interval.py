"""95 % intervals for what was measured on finitely many rows or shots."""

from __future__ import annotations

from collections.abc import Sequence

LEVEL = 0.95


def share(hits: int, rows: int) -> tuple[float, float]:
    """Clopper-Pearson: holds its level for every true share (Clopper and Pearson 1934)."""
    from scipy.stats import binomtest

    found = binomtest(hits, rows).proportion_ci(LEVEL, method="exact")
    return float(found.low), float(found.high)


def mean(values: Sequence[float]) -> tuple[float, float]:
    """Student's t for the mean of independent values; one value has no interval."""
    import numpy as np
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

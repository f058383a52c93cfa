"""Shots of the sequential test of one chance against those of the fixed-size test with the same errors.

All numbers are computed and none is drawn: both tests are followed exactly.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import binom

from experiments.test_calibration.bound import least
from qmlops.core.work import Array
from qmlops.testing.statistic.boundary import boundary, once

USUAL = (0.005, 0.01)
"""Alpha and beta that each claim of a suite of up to ten has by default."""
LEVELS = (USUAL, (0.001, 0.01), (0.01, 0.01), (0.005, 0.05), (0.05, 0.01))
"""The second is what each of fifty has."""
FEW = (1, 3, 8)
"""Looks of which each is a request; the last is the default at a provider."""
CASES = (
    *((0.5, (0.4,)), (0.9, (0.8,)), (0.95, (0.85,)), (0.99, (0.94,)), (0.999, (0.95,))),
    *((0.5, (0.45, 0.55)), (0.65, (0.55, 0.75)), (0.9, (0.85, 0.95)), (0.8, (0.75, 0.85))),
    (1.0, (0.95,)),
)
CERTAIN = 1.0
"""A null that has one outcome alone."""


def fixed(null: float, ends: tuple[float, ...], alpha: float, beta: float) -> int:
    """The least shots of any exact binomial test that looks once, each side with its part of alpha."""
    sizes = np.arange(1, 3 * once(null, ends, alpha, beta) + 60)
    keeps = np.ones(len(sizes), dtype=bool)
    low, high = _critical(sizes, null, alpha / len(ends), ends)
    for end in ends:
        keeps &= binom.cdf(high, sizes, end) - binom.cdf(low, sizes, end) <= beta
    return int(sizes[keeps][0])


def _critical(sizes: Array, null: float, alpha: float, ends: tuple[float, ...]) -> tuple[Array, Array]:
    """Accepts above the first and up to the second: the least such that each tail has at most alpha."""
    low, high = np.full(len(sizes), -1.0), sizes.astype(float)
    if min(ends) < null:
        low = binom.ppf(alpha, sizes, null)
        low -= binom.cdf(low, sizes, null) > alpha
    if max(ends) > null:
        high = binom.isf(alpha, sizes, null)
    return low, high


def _most_any_test_saves(null: float, ends: tuple[float, ...], alpha: float, beta: float, size: int) -> float:
    """Of what is saved at the null and at the effect, the less.

    A null of 1 gives one outcome alone. A test that accepts after N of them accepts an end p with p^N on average,
    and so with at least p to the mean of N over what it accepts, which is 1 - alpha of all (Jensen 1906).
    """
    if null == CERTAIN:
        slowest = (1 - alpha) * math.log(beta / (1 - alpha)) / math.log(ends[0])
    else:
        slowest = least(null, ends, alpha, beta, size)
    return max(0.0, 1 - slowest / size)


def savings() -> list[dict[str, object]]:
    """A row a level, case and number of looks; `any` is the most of the smaller of both savings by any test at all."""
    rows: list[dict[str, object]] = []
    for alpha, beta in LEVELS:
        for null, ends in CASES:
            size = fixed(null, ends, alpha, beta)
            at_best = _most_any_test_saves(null, ends, alpha, beta, size)
            for looks in (None, *(FEW if (alpha, beta) == USUAL else ())):
                test = boundary(null, ends, alpha, beta, looks)
                at_null, at_ends = test.outlook(null), [test.outlook(end) for end in ends]
                slowest = max(item.shots for item in at_ends)
                rows.append(
                    {
                        "alpha": alpha,
                        "beta": beta,
                        "null": null,
                        "ends": ends,
                        "looks": looks,
                        "fixed": size,
                        "null_shots": at_null.shots,
                        "effect_shots": slowest,
                        "null_saved": 1 - at_null.shots / size,
                        "effect_saved": 1 - slowest / size,
                        "any": at_best,
                        "alpha_found": at_null.rejects,
                        "beta_found": max(item.accepts for item in at_ends),
                    }
                )
    return rows

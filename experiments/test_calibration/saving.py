"""Shots of the sequential test of one chance against those of the fixed-size test with the same errors.

All numbers are computed and none is drawn: both tests are followed exactly.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import binom

from qmlops.core.work import Array
from qmlops.testing.statistic.boundary import boundary, once

LEVELS = ((0.005, 0.05), (0.005, 0.01), (0.01, 0.01), (0.001, 0.01))
"""Alpha and beta; the second is what a claim of a suite of ten has by default."""
CASES = (
    *((0.5, (0.4,)), (0.9, (0.8,)), (0.95, (0.85,)), (0.99, (0.94,))),
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


def information(first: float, second: float) -> float:
    """Relative entropy of one coin to another, in nats; infinite where the other cannot give what the first does."""
    parts = [(a, b) for a, b in ((first, second), (1 - first, 1 - second)) if a]
    return math.fsum(a * math.log(a / b) if b else math.inf for a, b in parts)


def savings() -> list[dict[str, object]]:
    """A row a level and case. `bound_…` are the most that any test at all could save (Wald 1945)."""
    rows: list[dict[str, object]] = []
    for alpha, beta in LEVELS:
        for null, ends in CASES:
            test, size = boundary(null, ends, alpha, beta), fixed(null, ends, alpha, beta)
            at_null, at_ends = test.outlook(null), [test.outlook(end) for end in ends]
            worst = max(range(len(ends)), key=lambda number: at_ends[number].shots)
            least = information(1 - beta, alpha / len(ends)) / information(ends[worst], null)
            quiet = max(
                information(1 - alpha, beta) / information(null, end) if null < CERTAIN else size for end in ends
            )
            rows.append(
                {
                    "alpha": alpha,
                    "beta": beta,
                    "null": null,
                    "ends": ends,
                    "fixed": size,
                    "null_shots": at_null.shots,
                    "effect_shots": at_ends[worst].shots,
                    "null_saved": 1 - at_null.shots / size,
                    "effect_saved": 1 - at_ends[worst].shots / size,
                    "null_bound": 1 - quiet / size,
                    "effect_bound": 1 - least / size,
                    "alpha_found": at_null.rejects,
                    "beta_found": max(item.accepts for item in at_ends),
                }
            )
    return rows

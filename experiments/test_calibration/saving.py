"""Shots of the sequential test of one chance against those of the fixed-size test with the same errors.

All numbers are computed and none is drawn: both tests are followed exactly.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import binom

from qmlops.core.work import Array
from qmlops.testing.statistic.boundary import boundary, once

LEVELS = ((0.005, 0.05), (0.005, 0.01), (0.01, 0.01), (0.001, 0.01), (0.05, 0.01))
"""Alpha and beta; the second is what a claim of a suite of ten has by default, the last one that is alone."""
CASES = (
    *((0.5, (0.4,)), (0.9, (0.8,)), (0.95, (0.85,)), (0.99, (0.94,))),
    *((0.5, (0.45, 0.55)), (0.65, (0.55, 0.75)), (0.9, (0.85, 0.95)), (0.8, (0.75, 0.85))),
    (1.0, (0.95,)),
)
_ROUNDS = 16
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


def least_at_null(null: float, ends: tuple[float, ...], alpha: float, beta: float, size: int) -> float:
    """No test with these errors takes fewer shots on average at the null, however it stops.

    Costs are put on a shot at the null and on either error, and the cheapest test is found by backward
    induction, a shot a step. What the two errors may cost at most is taken off: a bound for all costs
    (Lagrange), of which the best of some is kept. Beyond the horizon shots cost nothing, for no test to lose.
    """
    horizon, prices, best = int(2.5 * size), np.log([size / alpha, size / beta]) - 3, 0.0
    for _ in range(_ROUNDS):
        reject, accept = np.exp(prices)
        value, ends_at = np.zeros(horizon + 1), []
        for shots in range(horizon - 1, -1, -1):
            stop = accept * _likelier(null, ends, shots)
            goes_on = 1 + (1 - null) * value[:-1] + null * value[1:]
            value = np.minimum(np.minimum(stop, reject), goes_on)
            ends_at.append(np.where(goes_on < np.minimum(stop, reject), 0, np.where(stop < reject, -1, 1)))
        best = max(best, float(value[0] - reject * alpha - accept * beta))
        errors = _errors_of(null, ends, ends_at[::-1])
        prices += np.clip(0.9 * np.log(np.maximum(errors, 1e-12) / [alpha, beta]), -2, 2)
    return best


def _likelier(null: float, ends: tuple[float, ...], shots: int) -> Array:
    """The mean likelihood ratio of the ends to the null, for each number of hits."""
    hits = np.arange(shots + 1.0)
    logs = [hits * math.log(end / null) + (shots - hits) * math.log((1 - end) / (1 - null)) for end in ends]
    found: Array = np.mean(np.exp(np.minimum(logs, 700.0)), axis=0)
    return found


def _errors_of(null: float, ends: tuple[float, ...], ends_at: list[Array]) -> Array:
    """How often the null is rejected and, on average, an end accepted, where a test stops as given."""
    alive, found = np.ones(1), np.zeros(2)
    for shots, ended in enumerate(ends_at):
        found[0] += alive[ended == 1].sum()
        found[1] += (alive * _likelier(null, ends, shots))[ended == -1].sum()
        alive = np.where(ended == 0, alive, 0.0)
        alive = np.append(alive * (1 - null), 0.0) + np.append(0.0, alive * null)
    return found


def _least_at_slowest(null: float, ends: tuple[float, ...], alpha: float, beta: float) -> float:
    """Wald's bound on the average shots at the end that takes most of them.

    Each end may have all of alpha, and one of them has no more than its part.
    """
    whole, part = (
        [information(1 - beta, share) / information(end, null) for end in ends] for share in (alpha, alpha / len(ends))
    )
    return max(*whole, min(part))


def savings() -> list[dict[str, object]]:
    """A row a level and case. `…_bound` are the most that any test at all could save.

    By Wald's bound of 1945, and where both sides must be ruled out by one that knows of both.
    """
    rows: list[dict[str, object]] = []
    for alpha, beta in LEVELS:
        for null, ends in CASES:
            test, size = boundary(null, ends, alpha, beta), fixed(null, ends, alpha, beta)
            at_null, at_ends = test.outlook(null), [test.outlook(end) for end in ends]
            slowest = max(item.shots for item in at_ends)
            least = _least_at_slowest(null, ends, alpha, beta)
            quiet = float(size)
            if null < CERTAIN:
                quiet = max(information(1 - alpha, beta) / information(null, end) for end in ends)
            if len(ends) > 1:
                quiet = max(quiet, least_at_null(null, ends, alpha, beta, size))
            rows.append(
                {
                    "alpha": alpha,
                    "beta": beta,
                    "null": null,
                    "ends": ends,
                    "fixed": size,
                    "null_shots": at_null.shots,
                    "effect_shots": slowest,
                    "null_saved": 1 - at_null.shots / size,
                    "effect_saved": 1 - slowest / size,
                    "null_bound": 1 - quiet / size,
                    "effect_bound": 1 - least / size,
                    "alpha_found": at_null.rejects,
                    "beta_found": max(item.accepts for item in at_ends),
                }
            )
    return rows

"""Tests whose null distribution is simulated, so that their level is exact on the thinnest cells.

A p-value (r + 1) / (m + 1), of r out of m simulations that are as extreme, is valid for every m
(Phipson and Smyth 2010, doi:10.2202/1544-6115.1585).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qmlops.core.work import Array
from qmlops.testing.statistic.wealth import Counts

_CELLS = 4_000_000
"""Numbers that are held at once."""


def g_test(counts: Counts, expected: Array, seed: int, simulations: int = 1999) -> tuple[float, float]:
    """G, twice the log-likelihood ratio of observed to expected chances, and its p-value.

    `counts` [outcomes] are tested against `expected` [outcomes], which sum to 1; a count where
    nothing is expected gives G = inf. Multinomial draws with the same number of shots are the null.
    """
    random, shots = np.random.default_rng(seed), int(counts.sum())
    observed = float(likelihood(counts[None], expected)[0])
    extreme, block = 0, max(1, _CELLS // len(expected))
    for start in range(0, simulations, block):
        drawn = random.multinomial(shots, expected, size=min(block, simulations - start))
        extreme += int(np.sum(likelihood(drawn, expected) >= observed * (1 - 1e-12)))
    return observed, (extreme + 1) / (simulations + 1)


def permutation_test(
    first: Array, second: Array, statistic: Callable[[Array, Array], float], seed: int, simulations: int = 1999
) -> float:
    """The p-value of two samples [rows × …] being drawn alike; large values of `statistic` speak against it.

    Exact for every statistic, as rows change places freely under the null (Fisher 1935).
    """
    random, both = np.random.default_rng(seed), np.concatenate([first, second])
    observed, extreme = statistic(first, second), 0
    for _ in range(simulations):
        mixed = both[random.permutation(len(both))]
        extreme += statistic(mixed[: len(first)], mixed[len(first) :]) >= observed - 1e-12 * abs(observed)
    return (extreme + 1) / (simulations + 1)


def likelihood(counts: Counts, expected: Array) -> Array:
    """G of each row of counts [rows × outcomes] against chances of the same shape, or [outcomes] for all."""
    means = counts.sum(axis=1, keepdims=True) * expected
    seen = counts > 0
    with np.errstate(divide="ignore"):
        terms = np.where(seen, counts * np.log(np.where(seen, counts, 1) / np.where(seen, means, 1.0)), 0.0)
    g: Array = 2 * terms.sum(axis=1)
    return g

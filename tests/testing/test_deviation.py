"""Bounds on a standard deviation hold at finite samples, whatever the distribution."""

from __future__ import annotations

import numpy as np
import pytest

from qmlops.testing.statistic.deviation import bounds, size
from tests.testing.nulls import most_rejections

TRIALS, CHANCE = 1000, 0.05


@pytest.mark.parametrize("weights", [(0.5, 0.0, 0.5), (0.99, 0.0, 0.01), (0.1, 0.8, 0.1), (0.0, 1.0, 0.0)])
@pytest.mark.parametrize("drawn", [2, 20, 500])
def test_the_true_deviation_is_missed_no_more_often_than_allowed(weights: tuple[float, ...], drawn: int) -> None:
    values, random = np.array([-1.0, 0.0, 1.0]), np.random.default_rng((drawn, 1))
    chances = np.array(weights)
    true = float(np.sqrt(chances @ (values - chances @ values) ** 2))
    found = [bounds(values, random.multinomial(drawn, chances), 2.0, CHANCE, CHANCE) for _ in range(TRIALS)]
    for missed in (sum(low > true + 1e-12 for low, _ in found), sum(high < true - 1e-12 for _, high in found)):
        assert missed <= most_rejections(TRIALS, CHANCE)


def test_so_many_values_as_are_asked_for_bound_it_so_closely() -> None:
    values, random = np.array([-1.0, 1.0]), np.random.default_rng(2)
    low, high = bounds(values, random.multinomial(size(2.0, 0.1, CHANCE), [0.2, 0.8]), 2.0, CHANCE, CHANCE)
    assert low <= 0.8 <= high and high - low <= 2 * 0.1 + 1e-9

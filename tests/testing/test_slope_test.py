"""The test of the slope of ln variance: both errors, intervals that cover, and what is never certain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qmlops.core.work import Array
from qmlops.testing.statistic.slope import SlopeTest, Source, _least_sums
from tests.testing.nulls import most_rejections

PLACES = (2.0, 4.0, 6.0, 8.0)
TRIALS = 60


def bell(random: np.random.Generator, slope: float, size: float = 0.3) -> Source:
    """Normal draws, cut at twice their deviation, whose ln variance has a slope."""

    def source(pairs: int) -> Sequence[tuple[Array, np.ndarray]]:
        found = []
        for place in PLACES:
            draws = np.clip(random.normal(size=(2, pairs)), -2, 2) * size * np.exp(slope * (place - 2) / 2)
            found.append(((draws[0] - draws[1]) ** 2 / 4, np.ones(pairs, dtype=np.int64)))
        return found

    return source


def rare(random: np.random.Generator, slope: float) -> Source:
    """One pair in a hundred differs, by less and less."""

    def source(pairs: int) -> Sequence[tuple[Array, np.ndarray]]:
        hits = random.binomial(pairs, 0.01, len(PLACES))
        return [
            (np.array([0.0, np.exp(slope * (place - 2))]), np.array([pairs - hit, hit]))
            for place, hit in zip(PLACES, hits, strict=True)
        ]

    return source


@pytest.mark.parametrize("make", [bell, rare])
def test_neither_error_is_made_more_often_than_it_says(make: type) -> None:
    random, test, missed = np.random.default_rng(1), SlopeTest(PLACES, -0.2, 0.5, 0.05, 0.05), 0
    for slope, wrong in ((-0.2, "fail"), (-0.7, "pass")):
        found = [test.decide(make(random, slope), 500) for _ in range(TRIALS)]
        assert sum(item.outcome == wrong for item in found) <= most_rejections(TRIALS, 0.05)
        missed += sum(not item.interval[0] <= slope <= item.interval[1] for item in found)
    assert missed <= most_rejections(2 * TRIALS, 0.05)


@pytest.mark.parametrize("make", [bell, rare])
def test_with_draws_enough_each_slope_is_told(make: type) -> None:
    random, test = np.random.default_rng(2), SlopeTest(PLACES, -0.2, 0.5, 0.05, 0.05)
    for slope, right in ((0.0, "pass"), (-1.0, "fail")):
        found = [test.decide(make(random, slope), 100_000) for _ in range(10)]
        assert [item.outcome for item in found] == [right] * 10
        assert all(item.slope == pytest.approx(slope, abs=1.0) for item in found if item.slope is not None)


def test_draws_that_are_all_alike_settle_nothing() -> None:
    def alike(pairs: int) -> Sequence[tuple[Array, np.ndarray]]:
        return [(np.zeros(1), np.array([pairs]))] * len(PLACES)

    for most in (100, 100_000):
        found = SlopeTest(PLACES, -0.2, 0.5, 0.05, 0.05).decide(alike, most)
        assert (found.outcome, found.slope, found.pairs) == ("inconclusive", None, most)
        assert found.interval[0] < -1 and found.interval[1] > 1


def test_a_place_in_the_middle_adds_nothing_to_the_slope() -> None:
    random, test = np.random.default_rng(3), SlopeTest((2.0, 4.0, 6.0), -0.2, 0.5, 0.05, 0.05)

    def source(pairs: int) -> Sequence[tuple[Array, np.ndarray]]:
        middle = (random.uniform(0, 1e-6, pairs), np.ones(pairs, dtype=np.int64))
        sides = [(random.uniform(size=pairs), np.ones(pairs, dtype=np.int64)) for _ in range(2)]
        return [sides[0], middle, sides[1]]

    assert test.decide(source, 20_000).outcome == "pass"


def test_the_least_sums_are_those_of_all_pairs() -> None:
    random = np.random.default_rng(4)
    first, second = random.normal(size=7), random.normal(size=4)
    found = [min(first[i] + second[k - i] for i in range(7) if 0 <= k - i < 4) for k in range(10)]
    assert _least_sums(first, second) == pytest.approx(found)

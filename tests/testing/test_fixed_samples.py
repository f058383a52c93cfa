"""Tests of samples of a fixed size hold their level on the thinnest cells."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, binom

from qmlops.testing.statistic.calibrated import g_test, permutation_test
from qmlops.testing.statistic.share import at_least
from tests.testing.nulls import SHAPES, most_rejections


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "hundred_thousand"])
def test_g_rejects_a_true_null_no_more_often_than_alpha(shape: str) -> None:
    random, chances = np.random.default_rng(1), SHAPES[shape]
    p_values = [g_test(random.multinomial(50, chances), chances, seed, 99)[1] for seed in range(200)]
    assert sum(p <= 0.05 for p in p_values) <= most_rejections(200, 0.05)


def test_g_is_twice_the_log_likelihood_ratio_and_infinite_for_the_impossible() -> None:
    counts = np.array([6, 3, 1])
    expected = np.array([0.5, 0.3, 0.2])
    by_hand = 2 * (6 * np.log(6 / 5) + 3 * np.log(3 / 3) + 1 * np.log(1 / 2))
    assert g_test(counts, expected, 1, 9)[0] == pytest.approx(by_hand)
    assert g_test(np.array([9, 1]), np.array([1.0, 0.0]), 1, 99) == (np.inf, 0.01)


def test_permutations_reject_equal_samples_seldom_and_moved_ones_often() -> None:
    random = np.random.default_rng(2)

    def apart(first: np.ndarray, second: np.ndarray) -> float:
        return float(abs(first.mean() - second.mean()))

    same = [permutation_test(*random.exponential(size=(2, 12)), apart, seed, 99) for seed in range(200)]
    moved = [permutation_test(random.normal(size=12), random.normal(3, size=12), apart, s, 99) for s in range(20)]
    assert sum(p <= 0.05 for p in same) <= most_rejections(200, 0.05)
    assert sum(p <= 0.05 for p in moved) >= 19


@pytest.mark.parametrize("rows", [10, 30, 300])
def test_a_share_of_rows_errs_no_more_often_than_it_says(rows: int) -> None:
    hits = np.arange(rows + 1)
    outcomes = np.array([at_least(int(hit), rows, 0.9, 0.2, 0.05, 0.05).outcome for hit in hits])
    assert binom.pmf(hits[outcomes == "fail"], rows, 0.9).sum() <= 0.05
    assert binom.pmf(hits[outcomes == "pass"], rows, 0.7).sum() <= 0.05
    assert ("inconclusive" in outcomes) == (rows < 300)


def test_the_interval_of_a_share_is_clopper_pearsons() -> None:
    low, high = at_least(29, 30, 0.9, 0.2, 0.1, 0.05).interval
    assert (low, high) == pytest.approx((beta.ppf(0.05, 29, 2), beta.ppf(0.95, 30, 1)))

"""Tests of samples of a fixed size hold their level on the thinnest cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import beta, binom, multinomial

from qmlops.core.work import Array
from qmlops.testing.statistic.settings import SettingsTest, likelihood
from qmlops.testing.statistic.share import at_least, unchanged


def test_g_is_twice_the_log_likelihood_ratio_and_infinite_for_the_impossible() -> None:
    counts = np.array([[6, 3, 1], [0, 10, 0]])
    expected = np.array([0.5, 0.3, 0.2])
    by_hand = 2 * (6 * np.log(6 / 5) + 3 * np.log(3 / 3) + 1 * np.log(1 / 2))
    assert likelihood(counts, expected) == pytest.approx([by_hand, 20 * np.log(10 / 3)])
    assert likelihood(np.array([[9, 1]]), np.array([1.0, 0.0]))[0] == np.inf


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


@pytest.mark.parametrize(("broken", "mended"), [(0.1, 0.0), (0.25, 0.15), (0.4, 0.3)])
def test_noise_that_costs_less_than_delta_seldom_fails_and_more_seldom_passes(broken: float, mended: float) -> None:
    """Exactly: all ways in which 60 rows can be broken and mended, at a loss of delta."""
    rows = 60
    counts = np.array([(lost, won) for lost in range(rows + 1) for won in range(rows + 1 - lost)])
    rest = rows - counts.sum(axis=1)
    chances = multinomial.pmf(np.column_stack([counts, rest]), rows, [broken, mended, 1 - broken - mended])
    outcomes = np.array([unchanged(int(lost), int(won), rows, 0.1, 0.05, 0.05).outcome for lost, won in counts])
    assert chances.sum() == pytest.approx(1)
    assert chances[outcomes == "fail"].sum() <= 0.05
    assert chances[outcomes == "pass"].sum() <= 0.05
    assert set(outcomes) == {"pass", "fail", "inconclusive"}


def test_noise_that_breaks_as_many_rows_as_it_mends_does_not_fail() -> None:
    found = unchanged(90, 90, 300, 0.1, 0.05, 0.05)
    assert found.outcome == "inconclusive"
    assert found.interval[0] < 0 < found.interval[1]
    assert unchanged(90, 0, 300, 0.1, 0.05, 0.05).outcome == "fail"
    assert unchanged(9, 9, 300, 0.1, 0.05, 0.05).outcome == "pass"


def test_an_alpha_that_no_simulation_reaches_is_decided_by_a_bound() -> None:
    expected, random = np.full((4, 8), 1 / 8), np.random.default_rng(3)
    test = SettingsTest(expected, 0.2, 1e-8, 0.01, 1)

    def source(chances: Array) -> Callable[[int], np.ndarray]:
        return lambda each: np.stack([random.multinomial(each, row) for row in chances])

    off = np.tile(np.array([0.3, 0.3, 0.3, 0.02, 0.02, 0.02, 0.02, 0.02]), (4, 1))
    assert test.decide(source(expected), 6000).outcome == "pass"
    found = test.decide(source(off), 6000)
    assert found.outcome == "fail" and found.p_value <= 1e-8

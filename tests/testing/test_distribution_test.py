"""The sequential test of a distribution keeps both of its promises, whatever the shape."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from qmlops.testing.statistic.distribution import DistributionTest, mean_distance
from tests.testing.nulls import SHAPES, drawn_from, most_rejections, moved

ALPHA, BETA = 0.05, 0.05


def trials(shape: str) -> int:
    return 10 if shape == "hundred_thousand" else 300


def test_there_are_eight_shapes_of_nulls() -> None:
    assert len(SHAPES) == 8
    assert all(abs(chances.sum() - 1) < 1e-9 for chances in SHAPES.values())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_true_null_is_rejected_no_more_often_than_alpha(shape: str) -> None:
    random, test = np.random.default_rng(1), DistributionTest(SHAPES[shape], 0.15, ALPHA, BETA)
    found = [test.decide(drawn_from(SHAPES[shape], random), test.most) for _ in range(trials(shape))]
    outcomes = [item.outcome for item in found]
    assert outcomes.count("fail") <= most_rejections(len(found), ALPHA)
    assert outcomes.count("inconclusive") == 0
    assert sum(item.interval[0] > 0 for item in found) <= most_rejections(len(found), ALPHA)


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "hundred_thousand"])
def test_the_declared_effect_is_found_with_the_declared_power(shape: str) -> None:
    random, test = np.random.default_rng(2), DistributionTest(SHAPES[shape], 0.15, ALPHA, BETA)
    other = moved(SHAPES[shape], 0.15, random)
    assert 0.5 * np.abs(other - SHAPES[shape]).sum() == pytest.approx(0.15) and other.min() >= 0
    found = [test.decide(drawn_from(other, random), test.most) for _ in range(300)]
    assert sum(item.outcome == "fail" for item in found) >= (1 - BETA - 0.03) * 300
    assert all(item.interval[0] <= 0.15 <= item.interval[1] for item in found[:50])


def test_a_session_of_fifty_nulls_fails_no_more_often_than_its_alpha() -> None:
    random, share = np.random.default_rng(3), ALPHA / 50
    tests = [DistributionTest(SHAPES[name], 0.2, share, BETA) for name in ("uniform", "ghz", "peaked", "twenty")]
    failed = 0
    for _ in range(40):
        chosen = [tests[number % 4] for number in range(50)]
        outcomes = [test.decide(drawn_from(test.expected, random), test.most).outcome for test in chosen]
        failed += "fail" in outcomes
    assert failed <= most_rejections(40, ALPHA)


def test_good_circuits_stop_early_and_gross_errors_at_the_first_look() -> None:
    random, expected = np.random.default_rng(4), SHAPES["ghz"]
    test = DistributionTest(expected, 0.1, 0.01, 0.05)
    assert test.decide(drawn_from(expected, random), test.most).shots <= test.most / 2
    wrong = test.decide(drawn_from(np.full(256, 1 / 256), random), test.most)
    assert (wrong.outcome, wrong.shots) == ("fail", -(-test.most // 32))


def test_too_few_shots_never_pass() -> None:
    random, test = np.random.default_rng(5), DistributionTest(SHAPES["uniform"], 0.05, 0.01, 0.05)
    assert test.decide(drawn_from(SHAPES["uniform"], random), 100).outcome == "inconclusive"


def test_the_mean_distance_under_the_null_is_de_moivres() -> None:
    chances, shots = np.array([0.2, 0.5, 0.3]), 7
    counts = np.arange(shots + 1)
    deviations = [np.sum(np.abs(counts / shots - p) * binom.pmf(counts, shots, p)) for p in chances]
    assert mean_distance(chances, shots) == pytest.approx(0.5 * sum(deviations))

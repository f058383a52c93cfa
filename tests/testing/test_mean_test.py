"""The sequential test of a mean keeps both of its promises and saves shots."""

from __future__ import annotations

import numpy as np
import pytest

from qmlops.core.work import Array
from qmlops.testing.statistic.mean import MeanDecision, MeanTest, Source
from tests.testing.nulls import most_rejections

ALPHA, BETA, TRIALS = 0.05, 0.05, 400
CASES = {
    "fidelity": MeanTest(0.95, 0.1, 0, 1, ALPHA, BETA, sides=1, binary=True),
    "sure": MeanTest(1.0, 0.05, 0, 1, ALPHA, BETA, sides=1, binary=True),
    "pauli": MeanTest(0.3, 0.2, -1, 1, ALPHA, BETA, binary=True),
    "energy": MeanTest(0.25, 0.3, -3, 3, ALPHA, BETA),
}


def drawn(test: MeanTest, mean: float, random: np.random.Generator) -> Source:
    """Two values, and for the energy its middle as well, of a mean."""
    low, high = test.low, test.high
    values, upper = np.array([low, (low + high) / 2, high]), (mean - low) / (high - low)
    middle = 0.0 if test.binary else 0.5 * min(upper, 1 - upper)
    chances = np.array([1 - upper - middle / 2, middle, upper - middle / 2])
    return lambda shots: (values, random.multinomial(shots, chances))


def decided(test: MeanTest, mean: float, seed: int) -> list[MeanDecision]:
    random = np.random.default_rng(seed)
    return [test.decide(drawn(test, mean, random), test.most) for _ in range(TRIALS)]


@pytest.mark.parametrize("name", CASES)
def test_a_true_null_is_rejected_no_more_often_than_alpha(name: str) -> None:
    test = CASES[name]
    found = decided(test, test.value, 1)
    assert sum(item.outcome == "fail" for item in found) <= most_rejections(TRIALS, ALPHA)
    assert sum(item.outcome == "pass" for item in found) >= 0.9 * TRIALS
    missed = sum(not item.interval[0] - 1e-9 <= test.value <= item.interval[1] + 1e-9 for item in found)
    assert missed <= most_rejections(TRIALS, ALPHA)


@pytest.mark.parametrize("name", CASES)
def test_the_declared_effect_is_found_with_the_declared_power(name: str) -> None:
    test = CASES[name]
    ends = [test.value - test.effect, test.value + test.effect][: test.sides]
    for number, mean in enumerate(ends):
        found = decided(test, mean, 2 + number)
        assert sum(item.outcome == "pass" for item in found) <= most_rejections(TRIALS, BETA)
        assert sum(item.outcome == "fail" for item in found) >= (1 - BETA - 0.03) * TRIALS


@pytest.mark.parametrize("mean", [0.95, 0.85])
def test_one_sided_it_takes_well_under_the_fixed_size(mean: float) -> None:
    test = MeanTest(0.95, 0.1, 0, 1, 0.005, BETA, sides=1, binary=True)
    assert np.mean([item.shots for item in decided(test, mean, 5)]) <= 0.5 * test.fixed


def test_for_two_values_the_evidence_is_walds_likelihood_ratio() -> None:
    counts: list[Array] = [np.array([3, 13]), np.array([5, 11])]
    source = iter(counts)
    test = MeanTest(0.8, 0.3, 0, 1, 1e-9, 1e-9, sides=1, binary=True)
    found = test.decide(lambda shots: (np.array([0.0, 1.0]), next(source)), 32)
    zeros, ones = sum(counts)
    assert found.outcome == "inconclusive"
    assert found.e_value == pytest.approx((0.5 / 0.8) ** ones * (0.5 / 0.2) ** zeros)

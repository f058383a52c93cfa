"""The sequential test of a mean keeps both of its promises and saves shots."""

from __future__ import annotations

import numpy as np
import pytest

from qmlops.core.work import Array
from qmlops.testing.statistic.binary import BinaryTest, _surviving
from qmlops.testing.statistic.bounded import certain
from qmlops.testing.statistic.mean import MeanDecision, MeanTest, Source
from tests.testing.nulls import most_rejections

ALPHA, BETA, TRIALS = 0.05, 0.05, 300
CASES = {
    "fidelity": BinaryTest(0.95, 0.1, 0, 1, ALPHA, BETA, sides=1),
    "sure": BinaryTest(1.0, 0.05, 0, 1, ALPHA, BETA, sides=1),
    "pauli": BinaryTest(0.3, 0.2, -1, 1, ALPHA, BETA),
    "nearly_sure_pauli": BinaryTest(0.95, 0.1, -1, 1, ALPHA, BETA),
    "energy": MeanTest(0.25, 0.3, -3, 3, ALPHA, BETA),
    "derivative": MeanTest(0.3, 0.3, -1, 1, ALPHA, BETA, sides=1),
}
Test = BinaryTest | MeanTest


def drawn(test: Test, mean: float, random: np.random.Generator) -> Source:
    """Two values, and for what may have more its middle as well, of a mean."""
    low, high = test.low, test.high
    values, upper = np.array([low, (low + high) / 2, high]), (mean - low) / (high - low)
    middle = 0.5 * min(upper, 1 - upper) if isinstance(test, MeanTest) else 0.0
    chances = np.array([1 - upper - middle / 2, middle, upper - middle / 2])
    if not middle:
        return lambda shots: (values[[0, 2]], random.multinomial(shots, chances[[0, 2]]))
    return lambda shots: (values, random.multinomial(shots, chances))


def decided(test: Test, mean: float, seed: int) -> list[MeanDecision]:
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
    ends = [end for end in ends if test.low <= end <= test.high]
    assert ends
    for number, mean in enumerate(ends):
        found = decided(test, mean, 2 + number)
        assert sum(item.outcome == "pass" for item in found) <= most_rejections(TRIALS, BETA)
        assert sum(item.outcome == "fail" for item in found) >= (1 - BETA - 0.03) * TRIALS


def test_the_evidence_for_two_values_is_walds_likelihood_ratio() -> None:
    test = BinaryTest(0.8, 0.3, 0, 1, 0.05, 0.05, sides=1)
    hits = iter([0, 1, 1])
    found = test.decide(lambda shots: (np.array([0.0, 1.0]), np.eye(2, dtype=int)[next(hits)]), 3)
    assert found.outcome == "inconclusive"
    assert found.e_value == pytest.approx((0.5 / 0.8) ** 2 * (0.5 / 0.2))


def test_it_never_draws_more_than_it_may() -> None:
    random, asked = np.random.default_rng(3), [0]
    test = BinaryTest(0.0, 0.01, -1, 1, 0.01, 0.01)
    source = drawn(test, 0.0, random)

    def counted(shots: int) -> tuple[Array, np.ndarray]:
        asked[0] += shots
        return source(shots)

    for most in (1, 100, 20_000):
        asked[0] = 0
        found = test.decide(counted, most)
        assert (found.outcome, found.shots, asked[0]) == ("inconclusive", most, most)
    assert test.decide(source, test.most).outcome != "inconclusive"


@pytest.mark.parametrize("name", CASES)
def test_an_interval_holds_nothing_that_the_outcome_rules_out(name: str) -> None:
    test = CASES[name]
    for mean in (test.value, test.value - test.effect):
        for found in decided(test, mean, 9)[:100]:
            low, high = found.interval
            assert low <= found.mean <= high
            if found.outcome == "fail":
                assert not low < test.value < high
            else:
                assert test.value - test.effect <= low
                assert test.sides == 1 or high <= test.value + test.effect


@pytest.mark.parametrize("name", [name for name, test in CASES.items() if isinstance(test, BinaryTest)])
def test_a_decision_about_two_values_has_a_p_value_that_agrees_with_it(name: str) -> None:
    test = CASES[name]
    for mean in (test.value, test.value - test.effect):
        for found in decided(test, mean, 10)[:50]:
            assert found.e_value is None and found.p_value is not None
            assert (found.p_value <= ALPHA) == (found.outcome == "fail")


@pytest.mark.parametrize("kind", [BinaryTest, MeanTest])
def test_what_no_mean_can_be_needs_no_shots(kind: type[Test]) -> None:
    assert certain(kind(0.0, 3.0, -1, 1, ALPHA, BETA)) == "pass"
    assert certain(kind(-1.0, 2.5, -1, 1, ALPHA, BETA)) == "pass"
    assert certain(kind(9.0, 1.0, -1, 1, ALPHA, BETA, sides=1)) == "fail"
    assert certain(kind(0.0, 2.0, -1, 1, ALPHA, BETA, sides=1)) == "pass"
    assert certain(kind(0.5, 1.0, -1, 1, ALPHA, BETA)) is None
    assert certain(kind(1.5, 1.0, -1, 1, ALPHA, BETA, sides=1)) == "fail"
    assert certain(kind(-1.0 - 1e-9, 1.0, -1, 1, ALPHA, BETA)) is None


@pytest.mark.parametrize("mean", [0.01, 0.99])
def test_a_right_claim_near_an_end_of_the_range_is_settled(mean: float) -> None:
    """A stake that goes by the variance alone is ruined by the rare value."""
    test = MeanTest(mean, 0.01, 0, 1, ALPHA, BETA)
    assert sum(item.outcome == "pass" for item in decided(test, mean, 4)) >= 0.9 * TRIALS


@pytest.mark.parametrize("looks", [1, 4, 8])
@pytest.mark.parametrize("kind", [BinaryTest, MeanTest])
def test_it_asks_no_more_often_than_it_may(kind: type[Test], looks: int) -> None:
    test, asked = kind(0.3, 0.2, -1, 1, ALPHA, BETA, looks=looks), [0]
    source = drawn(test, 0.2, np.random.default_rng(6))

    def counted(shots: int) -> tuple[Array, np.ndarray]:
        asked[0] += 1
        return source(shots)

    found = test.decide(counted, test.most)
    assert 1 <= asked[0] <= looks == len(test.schedule(test.most))
    assert found.shots == test.schedule(test.most)[asked[0] - 1]


def test_a_passing_decision_has_a_p_value_above_alpha_however_few_looks_there_were() -> None:
    """One look may use up less of alpha than it has."""
    test = BinaryTest(0.3, 0.2, -1, 1, 0.005, 0.01, looks=1)
    (shots,) = test.schedule(test.most)
    for hits in range(shots + 1):
        found = test.decide(lambda _, n=hits: (np.array([-1.0, 1.0]), np.array([shots - n, n])), test.most)
        assert found.p_value is not None and (found.p_value <= 0.005) == (found.outcome == "fail")


def test_one_miss_in_a_million_at_a_tiny_alpha_has_an_interval() -> None:
    test = BinaryTest(0.9, 0.5, 0, 1, 1e-9, 0.01, sides=1)
    found = test.decide(lambda shots: (np.array([0.0, 1.0]), np.array([1, shots - 1])), 10**6)
    assert found.interval[0] <= found.mean <= found.interval[1] <= 1
    assert _surviving(10**6 - 1, 10**6, 1e-9)[2] == pytest.approx(1)

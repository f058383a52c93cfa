"""The test of a relative entropy: closed forms, both errors over worst cases, and what is never certain."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import entropy

from qmlops.core.work import Array
from qmlops.testing.claim.expressibility import binned, haar
from qmlops.testing.statistic.divergence import DivergenceTest
from tests.testing.nulls import SHAPES, most_rejections

TRIALS = 200


def drawn(chances: Array, test: DivergenceTest, trials: int = TRIALS, most: int = 3000) -> list[str]:
    random = np.random.default_rng(1)
    return [test.decide(lambda more: random.multinomial(more, chances), most).outcome for _ in range(trials)]


@pytest.mark.parametrize("width", [1, 2, 5])
def test_haars_fidelities_have_their_closed_form(width: int) -> None:
    random = np.random.default_rng(1)
    logs = haar(width, 75)
    assert np.exp(logs).sum() == pytest.approx(1)
    if width == 1:
        assert logs == pytest.approx(np.full(75, -np.log(75)))
    counts, expected = binned(random.beta(1, 2**width - 1, 200_000), 75), 200_000 * np.exp(logs)
    many = expected > 20
    assert np.all(np.abs(counts - expected)[many] < 5 * np.sqrt(expected[many]))
    assert logs.min() == pytest.approx(-(2**width - 1) * np.log(75))


def test_equal_turns_about_one_axis_have_their_entropy_in_the_interval() -> None:
    """Their fidelities have the arcsine law, whose entropy to the uniform one is ln(4 / pi)."""
    random, test = np.random.default_rng(1), DivergenceTest(haar(1, 1000), 0.1, 0.1, 0.01, 0.01)
    found = test.decide(lambda more: binned(np.cos(random.uniform(0, np.pi, more)) ** 2, 1000), 200_000)
    assert found.outcome == "fail"
    assert found.interval[0] <= np.log(4 / np.pi) <= found.interval[1]
    assert found.interval[0] > 0.1


@pytest.mark.parametrize("shape", ["nearly_deterministic", "one_outcome", "twenty"])
def test_neither_error_is_made_more_often_than_it_says(shape: str) -> None:
    chances = SHAPES[shape]
    reference = haar(2, len(chances))
    figure = float(entropy(chances, np.exp(reference)))
    null = drawn(chances, DivergenceTest(reference, figure, 0.2, 0.05, 0.05))
    assert null.count("fail") <= most_rejections(TRIALS, 0.05)
    effect = drawn(chances, DivergenceTest(reference, figure - 0.2, 0.2, 0.05, 0.05))
    assert effect.count("pass") <= most_rejections(TRIALS, 0.05)


def test_what_is_seldom_seen_and_weighs_much_is_accepted_no_more_often_than_it_says() -> None:
    """The worst case of an upper bound: all of the entropy is in a rare outcome that most samples lack."""
    reference = haar(3, 75)
    rare = 0.3 / -reference[-1]
    chances = (1 - rare) * np.exp(reference)
    chances[-1] += rare
    figure = float(chances @ (np.log(chances) - reference))
    for most in (300, 1000, 3000):
        found = drawn(chances, DivergenceTest(reference, figure - 0.2, 0.2, 0.05, 0.05), most=most)
        assert found.count("pass") <= most_rejections(TRIALS, 0.05)


def test_equal_fidelities_are_never_certain() -> None:
    """All draws in one bin say nothing of rare ones: the interval stays open, and shrinks with the draws."""
    reference, only = haar(4, 75), 3
    one = np.eye(75)[only]
    widths = []
    for most in (100, 1000, 10_000):
        test = DivergenceTest(reference, -reference[only], 0.1, 0.01, 0.01)
        found = test.decide(lambda more: (more * one).astype(np.int64), most)
        low, high = found.interval
        assert found.outcome != "fail" and low <= found.figure <= high
        widths.append(high - low)
    assert widths[0] > 3 * widths[1] > 3 * widths[2] > 0


def test_the_best_spread_passes_and_a_poor_one_fails() -> None:
    reference = haar(2, 75)
    good, poor = np.exp(reference), np.full(75, 1 / 75)
    assert drawn(good, DivergenceTest(reference, 0.2, 0.1, 0.01, 0.01), 20, 5000) == ["pass"] * 20
    assert drawn(poor, DivergenceTest(reference, 0.2, 0.1, 0.01, 0.01), 20, 5000) == ["fail"] * 20

"""The sentence about a comparison names the winner, the rows and the chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qmlops.pipeline.interval import bounded, difference, mean, share
from qmlops.pipeline.verdict import verdict


def classified(ours: int, theirs: int, chance: float, rows: int = 60) -> dict[str, Any]:
    baseline = {"name": "RBF SVM", "test_accuracy": theirs / rows, "p_value": chance}
    worse = {"name": "logistic regression", "test_accuracy": 0.1, "p_value": 0.0}
    return {
        "metrics": {"test_accuracy": ours / rows},
        "baselines": [worse, baseline],
        "confusion": {"matrix": [[rows - 1, 0], [0, 1]]},
    }


def test_a_baseline_that_wins_is_said_to_win() -> None:
    assert verdict(classified(50, 57, 0.3)) == (
        "The best baseline, RBF SVM, is ahead of this model: 57 of 60 test rows right, against 50. "
        "McNemar's exact test gives p = 0.3, so it may be chance."
    )


def test_a_model_that_wins_is_said_to_win_and_equals_are_equal() -> None:
    ahead = verdict(classified(59, 30, 1e-6))
    assert ahead.startswith("This model is ahead of the best baseline, RBF SVM: 59 of 60 test rows right, against 30.")
    assert ahead.endswith("so it is hardly chance.")
    assert "equal: 40 of 60" in verdict(classified(40, 40, 1.0))


@pytest.mark.parametrize(("energy", "said"), [(4.5, "1.5 from that of exact"), (6.0, "agrees with exact")])
def test_an_energy_is_given_with_its_distance(energy: float, said: str) -> None:
    metrics = {"energy": energy, "error": 6 - energy, "ratio": energy / 6}
    assert said in verdict({"metrics": metrics, "baselines": [{"name": "exact diagonalisation", "energy": 6.0}]})


def test_mcnemar_counts_only_rows_that_one_of_both_gets_right() -> None:
    first, second = np.array([True] * 13 + [False] * 7), np.array([True] * 10 + [False] * 9 + [True])
    assert difference(first, second) == pytest.approx(2 * (1 + 4) / 16)
    assert difference(first, first) == 1.0


def test_intervals_are_those_of_the_textbook() -> None:
    low, high = share(0, 10)
    assert low == 0
    assert high == pytest.approx(1 - 0.025**0.1)
    low, high = mean([1.0, 2.0, 3.0])
    assert (low, high) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5), abs=1e-5)


def test_the_bound_for_shots_holds_its_level_for_covarying_and_constant_readings() -> None:
    random = np.random.default_rng(0)
    for chance in (0.5, 0.02, 0.0):
        held = 0
        for _ in range(200):
            readings = np.where(random.random(100) < chance, 1.0, -1.0)
            low, high = bounded(float(readings.mean()), float(readings.var(ddof=1)) / 100, 100, (-1.0, 1.0))
            held += low <= 2 * chance - 1 <= high
        assert held >= 190
    assert bounded(0.3, float("inf"), 1, (-1.0, 1.0)) == (-1.0, 1.0)
    low, high = bounded(1.0, 0.0, 100, (-1.0, 1.0))
    assert low < 1.0 == high

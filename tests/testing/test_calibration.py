"""A short version of experiments/test_calibration."""

from __future__ import annotations

from scipy.stats import binom

from experiments.test_calibration import saving
from experiments.test_calibration.plateau import verdicts
from experiments.test_calibration.trials import cases, errors, suites

SLOW = {(statistic, "hundred_thousand") for statistic in ("distribution", "product inputs", "barren plateau")}


def test_short_trials_say_the_same() -> None:
    quick = [number for number, case in enumerate(cases()) if (case.statistic, case.shape) not in SLOW]
    assert len(quick) == 124
    for row in errors(100, 3, numbers=quick):
        assert row["rejected"] <= row["allowed"], row
        assert row["found"] >= binom.ppf(0.001, 100, 0.95), row


def test_short_suites_say_the_same() -> None:
    row = suites(40, 10, 4)
    assert row["failed"] <= row["allowed"]


def test_the_fixed_size_is_the_least_that_keeps_both_errors() -> None:
    size = saving.fixed(0.9, (0.8,), 0.05, 0.05)

    def keeps(shots: int) -> bool:
        return any(
            binom.cdf(most, shots, 0.9) <= 0.05 and binom.sf(most, shots, 0.8) <= 0.05 for most in range(shots + 1)
        )

    assert keeps(size) and not any(keeps(shots) for shots in range(1, size))


def test_short_plateaus_say_the_same() -> None:
    assert verdicts("global", 10)["fail"] == 10
    assert verdicts("local", 10)["pass"] == 10

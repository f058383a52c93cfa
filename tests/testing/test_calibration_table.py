"""What the committed table of experiments/test_calibration must say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binom

from experiments.test_calibration import saving
from experiments.test_calibration.plateau import most_alarms
from experiments.test_calibration.trials import cases
from qmlops.testing.statistic.boundary import boundary

RESULTS = Path(saving.__file__).with_name("results.json")
FOUND: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))


def test_in_the_table_no_statistic_errs_or_misses_more_than_it_says() -> None:
    rows = FOUND["errors"]
    assert [(row["statistic"], row["shape"]) for row in rows] == [(case.statistic, case.shape) for case in cases()]
    assert len(rows) == 87 and [len({row[key] for row in rows}) for key in ("statistic", "shape")] == [11, 8]
    assert min(row["trials"] for row in rows) >= 1000
    assert all(row["allowed"] == binom.ppf(0.999, row["trials"], 0.05) for row in rows)
    assert not [row for row in rows if row["rejected"] > row["allowed"] or row["found"] < row["wanted"]]


def test_in_the_table_whole_suites_keep_their_alpha() -> None:
    row = FOUND["suites"]
    assert (row["suites"], row["claims"]) == (1000, 50)
    assert row["failed"] <= row["allowed"] == binom.ppf(0.999, 1000, 0.05)


def test_in_the_table_half_of_the_shots_are_saved_wherever_any_test_can() -> None:
    """At the power that a suite has by default; elsewhere, near the bound on all tests."""
    rows = FOUND["savings"]
    assert len(rows) == len(saving.LEVELS) * len(saving.CASES)
    usual = [row for row in rows if (row["alpha"], row["beta"]) == (0.005, 0.01) and row["null"] < 1]
    assert len(usual) == 8
    assert min(min(row["null_saved"], row["effect_saved"]) for row in usual) >= 0.5
    equal = [row for row in rows if row["alpha"] == row["beta"] and row["null"] < 1]
    assert len(equal) == 8
    for side in ("null", "effect"):
        assert all(row[f"{side}_saved"] >= 0.5 for row in equal if row[f"{side}_bound"] >= 0.5)
        assert all(row[f"{side}_saved"] >= row[f"{side}_bound"] - 0.09 for row in rows if row["null"] < 1)
    for row in rows:
        assert row["alpha_found"] <= row["alpha"] and row["beta_found"] <= row["beta"]


def test_backward_induction_bounds_no_test_that_there_is() -> None:
    """Against Wald's bound, where one side alone is to be told, and the boundary, where both are."""
    one = saving.fixed(0.9, (0.8,), 0.01, 0.01)
    wald = saving.information(0.99, 0.01) / saving.information(0.9, 0.8)
    assert (
        0.9 * wald
        <= saving.least_at_null(0.9, (0.8,), 0.01, 0.01, one)
        <= boundary(0.9, (0.8,), 0.01, 0.01).outlook(0.9).shots
    )
    ends = (0.55, 0.75)
    size = saving.fixed(0.65, ends, 0.01, 0.01)
    least, own = saving.least_at_null(0.65, ends, 0.01, 0.01, size), boundary(0.65, ends, 0.01, 0.01).outlook(0.65)
    assert 0.95 * own.shots <= least <= own.shots


def test_in_the_table_the_plateau_fails_and_its_twin_passes() -> None:
    deep, local = FOUND["plateaus"]
    assert deep["seeds"] == local["seeds"] == 500
    assert deep["pass"] == 0 and deep["fail"] >= 0.96 * deep["seeds"]
    assert local["fail"] <= most_alarms(500) and local["pass"] >= 0.96 * local["seeds"]


def test_the_saving_of_the_table_is_computed_again() -> None:
    row = next(row for row in FOUND["savings"] if row["null"] == 0.65 and row["beta"] == 0.01 == row["alpha"])
    ends = tuple(row["ends"])
    assert saving.fixed(0.65, ends, 0.01, 0.01) == row["fixed"]
    assert boundary(0.65, ends, 0.01, 0.01).outlook(0.65).shots == pytest.approx(row["null_shots"])

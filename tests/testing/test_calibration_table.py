"""What the committed table of experiments/test_calibration must say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binom

from experiments.test_calibration import saving
from experiments.test_calibration.bound import least
from experiments.test_calibration.plateau import most_alarms
from experiments.test_calibration.trials import cases
from qmlops.config.spec import Suite
from qmlops.testing.statistic.boundary import boundary

RESULTS = Path(saving.__file__).with_name("results.json")
FOUND: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))


def test_in_the_table_no_statistic_errs_or_misses_more_than_it_says() -> None:
    rows = FOUND["errors"]
    assert [(row["statistic"], row["shape"]) for row in rows] == [(case.statistic, case.shape) for case in cases()]
    assert len(rows) == 127 and [len({row[key] for row in rows}) for key in ("statistic", "shape")] == [16, 8]
    assert min(row["trials"] for row in rows) >= 1000
    assert all(row["allowed"] == binom.ppf(0.999, row["trials"], 0.05) for row in rows)
    assert not [row for row in rows if row["rejected"] > row["allowed"] or row["found"] < row["wanted"]]


def test_in_the_table_whole_suites_keep_their_alpha() -> None:
    row = FOUND["suites"]
    assert (row["suites"], row["claims"]) == (1000, 50)
    assert row["failed"] <= row["allowed"] == binom.ppf(0.999, 1000, 0.05)


def test_in_the_table_half_of_the_shots_are_saved_wherever_any_test_can() -> None:
    """Both at the null and at the effect; and as a suite has it by default, in all cases but near a null of 1."""
    rows = [row for row in FOUND["savings"] if row["looks"] is None]
    assert len(rows) == len(saving.LEVELS) * len(saving.CASES) == 50
    saved = {id(row): min(row["null_saved"], row["effect_saved"]) for row in rows}
    can = [row for row in rows if row["any"] >= 0.5]
    assert len(can) == 26 and all(saved[id(row)] >= 0.5 for row in can)
    assert all(saved[id(row)] >= row["any"] - 0.035 for row in rows if row["null"] < 1)
    usual = [row for row in can if (row["alpha"], row["beta"]) == saving.USUAL]
    assert len(usual) == len(saving.CASES) - 2 and all(row["null"] < 0.999 for row in usual)


def test_in_the_table_every_test_keeps_both_errors_and_few_looks_save_too() -> None:
    rows = FOUND["savings"]
    assert len(rows) == 50 + len(saving.FEW) * len(saving.CASES)
    assert all(row["alpha_found"] <= row["alpha"] and row["beta_found"] <= row["beta"] for row in rows)
    eight = [row for row in rows if row["looks"] == Suite().looks and row["null"] < 0.999]
    assert len(eight) == len(saving.CASES) - 2
    assert all(min(row["null_saved"], row["effect_saved"]) >= 0.45 for row in eight)


def test_no_test_that_there_is_beats_the_bound_on_all() -> None:
    """Wald's test of one side is the best there is; of two sides, the boundary comes near."""
    one, two = ((0.9, (0.8,)), (0.65, (0.55, 0.75)))
    for (null, ends), near in ((one, 0.96), (two, 0.95)):
        size, test = saving.fixed(null, ends, 0.01, 0.01), boundary(null, ends, 0.01, 0.01)
        slowest = max(test.outlook(chance).shots for chance in (null, *ends))
        assert near * slowest <= least(null, ends, 0.01, 0.01, size) <= slowest


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

"""A snapshot is the same for people and for scripts, and its JSON is JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qmlops.core.event import AlertRaised, RunEnded, StepDone
from qmlops.monitoring.project import Project
from qmlops.monitoring.snapshot import as_json, as_text
from tests.monitoring.folder import made, started, stepped, swept


def looked(folder: Path) -> Project:
    project = Project(folder)
    project.look_at_all()
    return project


def test_the_table_has_a_row_a_run_and_a_line_a_sweep(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    made(runs / "2026-a", [started(3), *stepped(1, 2, 3), RunEnded("finished", {"test_accuracy": 0.75})])
    made(swept(runs / "2026-sweep") / "0", [started(200), *stepped(1, 2)], ["seed=1"])
    assert as_text(looked(tmp_path), now=1e9 + 7200).splitlines() == [
        "run           experiment  state     step   of   score                  USD  left  took",
        "2026-a        vqc         finished     3    3  0.7500  test accuracy  0.00         4 s",
        "2026-sweep/0  vqc         dead         2  200  0.5000  loss           0.00         2 h",
        "sweep 2026-sweep: 1 runs, 0 failed, best 2026-sweep/0 with loss 0.5000",
    ]


def test_without_a_run_it_says_how_to_start_one(tmp_path: Path) -> None:
    assert as_text(looked(tmp_path), 0.0).endswith("\nStart one with: qmlops run +experiment=vqc")
    assert as_json(looked(tmp_path)) == {"schema": 1, "runs": [], "sweeps": []}


def test_the_json_tells_the_same_and_holds_no_number_that_json_lacks(tmp_path: Path) -> None:
    alert = AlertRaised("odd", "loss is nan", 2, ["show"], float("nan"))
    odd = StepDone(2, {"loss": float("nan"), "gradient_norm": float("inf")})
    made(tmp_path / "runs/a", [started(9), *stepped(1), odd, alert, RunEnded("failed", {}, "diverged")])
    told: dict[str, Any] = json.loads(json.dumps(as_json(looked(tmp_path)), allow_nan=False))
    (run,) = told["runs"]
    names = ("run", "state", "reason", "step", "steps", "started", "ended")
    assert [run[name] for name in names] == ["a", "failed", "diverged", 2, 9, 1e9, 1e9 + 4]
    assert run["score"] == {"name": "loss", "value": 1.0} and run["metrics"] == {"loss": 1.0, "gradient_norm": None}
    assert (run["alerts"][0]["name"], run["alerts"][0]["value"]) == ("odd", "nan")
    assert run["spend"]["budget"]["usd"] == 0.0 and run["spend"]["forecast_usd"] is None


def test_the_json_of_a_sweep_has_its_best_and_what_it_depends_on(tmp_path: Path) -> None:
    sweep = swept(tmp_path / "runs/s", ["layers=1,2"])
    for number in range(4):
        score = {"test_accuracy": 0.5 + 0.1 * (number % 2) + 0.01 * (number // 2)}
        made(sweep / str(number), [started(), RunEnded("finished", score)], [f"layers={number % 2 + 1}"])
    (told,) = as_json(looked(tmp_path))["sweeps"]
    assert told["best"] == "s/3" and told["parameters"] == {"layers": [1.0, 2.0, 1.0, 2.0]}
    share = told["importance"]["layers"]
    assert share["share"] == pytest.approx(100 / 101) and share["low"] < share["share"] < share["high"]

"""A sweep's view: what varies, what came out, and shares of variance with intervals that hold."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import f_oneway, ncf

from qmlops.core.event import RunEnded
from qmlops.monitoring.explained import explained
from qmlops.monitoring.project import Project
from qmlops.monitoring.screen.runs import Listing
from qmlops.monitoring.sweep_view import SweepView
from qmlops.pipeline.folder import FAILED
from tests.monitoring.folder import made, started, stepped, swept

GRID = list(product((1, 2, 3), ("adam", "spsa"), (1, 2)))


def swept_grid(folder: Path, score: str = "test_accuracy") -> SweepView:
    """Layers decide, optimizers do not, seeds are noise."""
    sweep = swept(folder / "runs/sweep", ["+experiment=vqc", "circuit.layers=1,2,3", "optimizer=adam,spsa", "seed=1,2"])
    for number, (layers, optimizer, seed) in enumerate(GRID):
        words = ["+experiment=vqc", f"circuit.layers={layers}", f"optimizer={optimizer}", f"seed={seed}"]
        ended = RunEnded("finished", {score: layers / 4 + seed / 100})
        made(sweep / str(number), [started(), *stepped(1), ended], words)
    project = Project(folder)
    project.look_at_all()
    return project.sweeps["sweep"]


def test_members_are_in_the_order_of_their_numbers_beside_what_varies(tmp_path: Path) -> None:
    view = swept_grid(tmp_path)
    assert view.members == [f"sweep/{number}" for number in range(12)]
    assert view.parameters == {
        "circuit.layers": [float(layers) for layers, _, _ in GRID],
        "optimizer": [optimizer for _, optimizer, _ in GRID],
        "seed": [float(seed) for _, _, seed in GRID],
    }
    assert view.overrides[1] == "circuit.layers=1,2,3" and view.failed == {}


@pytest.mark.parametrize(("score", "best"), [("test_accuracy", 0.77), ("energy", 0.26)])
def test_the_best_has_the_highest_accuracy_or_the_lowest_energy(tmp_path: Path, score: str, best: float) -> None:
    view = swept_grid(tmp_path, score)
    assert view.score == score and view.best is not None
    assert view.scores[view.best] == pytest.approx(best)


def test_shares_of_the_variance_are_those_of_an_analysis_of_variance(tmp_path: Path) -> None:
    view = swept_grid(tmp_path)
    scores = np.array(list(view.scores.values()))
    found = view.importance()
    for name, levels in view.parameters.items():
        groups = [scores[[value == level for value in levels]] for level in dict.fromkeys(levels)]
        ratio, freedom = f_oneway(*groups).statistic, (len(groups) - 1, len(scores) - len(groups))
        told = found[name]
        assert told is not None and told[1] <= told[0] <= told[2]
        assert told[0] == pytest.approx(ratio * freedom[0] / (ratio * freedom[0] + freedom[1]), abs=1e-12)
    layers, optimizer = found["circuit.layers"], found["optimizer"]
    assert layers is not None and optimizer is not None and layers[1] > 0.9 and optimizer[:2] == (0.0, 0.0)


@pytest.mark.parametrize("spread", [0.3, 1.0, 5.0])
def test_the_interval_ends_where_the_noncentral_f_says(spread: float) -> None:
    levels = np.repeat([0, 1, 2], 4)
    scores = spread * levels + np.random.default_rng(7).normal(size=12)
    found = explained(levels, scores)
    assert found is not None
    share, low, high = found
    ratio = share / 2 / ((1 - share) / 9)
    assert ncf.cdf(ratio, 2, 9, 12 * high / (1 - high)) == pytest.approx(0.025, rel=1e-6)
    at_least = ncf.cdf(ratio, 2, 9, max(12 * low / (1 - low), 1e-12))
    assert at_least == pytest.approx(0.975, rel=1e-6) if low else at_least < 0.975


def test_the_interval_covers_the_true_share() -> None:
    """Of 600 sweeps of 12 runs; below 93 % by chance less than once in a hundred suites, were it 95 %."""
    generator, levels, covered = np.random.default_rng(11), np.repeat([0, 1, 2], 4), 0
    effects = np.array([-1.0, 0.0, 1.0]) * np.sqrt(3 / 2)
    for truth in (0.0, 0.4, 0.9):
        scale = np.sqrt(truth / (1 - truth))
        for _ in range(200):
            found = explained(levels, scale * effects[levels] + generator.normal(size=12))
            assert found is not None
            covered += found[1] <= truth <= found[2]
    assert covered >= 0.93 * 600


def test_of_a_scale_that_was_sampled_neighbours_stand_together() -> None:
    members = [f"{number}" for number in range(16)]
    rates = list(np.random.default_rng(5).permutation(16) / 100)
    view = SweepView(
        "s", [], members, {"rate": rates}, {m: rate > 0.075 for m, rate in zip(members, rates, strict=True)}
    )
    assert view.importance()["rate"] == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("values", "scores"),
    [([1.0, 2.0], [0.1, 0.2]), ([1.0, 1.0, 2.0, 2.0], [0.5] * 4), (["a", "b", "c", "d"], [0.1, 0.2, 0.3, 0.4])],
)
def test_too_few_or_equal_scores_say_nothing(values: list[float | str], scores: list[float]) -> None:
    members = [f"{number}" for number in range(len(values))]
    view = SweepView("s", [], members, {"key": values}, dict(zip(members, scores, strict=True)))
    assert view.importance() == {"key": None}
    assert SweepView("s", []).importance() == {} and SweepView("s", []).best is None


def test_runs_that_failed_are_told_with_their_reason_and_have_no_place_among_the_scores(tmp_path: Path) -> None:
    sweep = swept(tmp_path / "runs/sweep")
    made(sweep / "0", [started(), RunEnded("finished", {"test_accuracy": float("nan")})], ["seed=1"])
    made(sweep / "1", [started(), *stepped(1), RunEnded("failed", reason="why")], ["seed=2"])
    (sweep / "2").mkdir()
    (sweep / "2" / FAILED).write_text(json.dumps({"error": "no data"}))
    project = Project(tmp_path)
    project.look_at_all()
    view = project.sweeps["sweep"]
    assert view.members == ["sweep/0", "sweep/1"] and view.failed == {"sweep/1": "why", "sweep/2": "no data"}
    assert view.scores == {"sweep/1": 1.0}


@pytest.mark.parametrize(("runs", "size"), [(5, 5), (None, 2), (1, 2)], ids=["known", "not known", "more than told"])
def test_a_sweep_has_the_runs_to_come_and_those_that_failed_before_they_were_one(
    tmp_path: Path, runs: int | None, size: int
) -> None:
    sweep = swept(tmp_path / "runs/sweep", runs=runs)
    made(sweep / "0", [started(), *stepped(1), RunEnded("finished")])
    (sweep / "1").mkdir()
    (sweep / "1" / FAILED).write_text(json.dumps({"error": "no key"}))
    project = Project(tmp_path)
    project.look_at_all()
    view = project.sweeps["sweep"]
    assert (view.begun, view.size) == (2, size)
    (row, *_) = Listing().rows(project, 2e9)
    assert (row.steps, row.lost) == (f"2/{size} runs", 1) and row.progress == 2 / size
    assert row.state == ("waiting" if size > 2 else "finished")

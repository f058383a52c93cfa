"""Equal config and seed give equal weights and an equal history, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from qmlops.core.event import FILE, of_kind, read
from qmlops.core.sight import StateSeen
from qmlops.pipeline.folder import MODEL
from qmlops.train.model import QuantumModel
from tests.train.small_runs import outcome


def lines(folder: Path) -> list[dict[str, Any]]:
    """The events as written, without what tells of time, place and process; looks at the state go by the clock."""
    apart = {"time", "pid", "run"}
    found = [json.loads(line) for line in (folder / FILE).read_text().splitlines()]
    found = [event for event in found if event["event"] != "StateSeen"]
    for event in found:
        if event["event"] == "RunEnded":
            event["metrics"] = {name: value for name, value in event["metrics"].items() if "seconds" not in name}
    return [{key: value for key, value in event.items() if key not in apart} for event in found]


def looks(folder: Path) -> dict[int, StateSeen]:
    """What was seen of the state, by the step, without how long it took."""
    return {seen.step: replace(seen, seconds=0.0) for seen in of_kind(read(folder), StateSeen)}


def test_two_runs_are_equal(small: tuple[str, ...], run_of: Callable[..., Any]) -> None:
    first, again = run_of(*small, name="first"), run_of(*small, name="again")
    assert outcome(first.folder) == outcome(again.folder)
    assert lines(first.folder) == lines(again.folder)
    seen, seen_again = looks(first.folder), looks(again.folder)
    both, last = set(seen) & set(seen_again), len(outcome(first.folder)["history"])
    assert {step: seen[step] for step in both} == {step: seen_again[step] for step in both}
    assert both >= {1, last}
    assert len(outcome(first.folder)["history"]) >= 10
    for name in ("weights.npz", "config.yaml", "model.json"):
        assert (first.folder / MODEL / name).read_bytes() == (again.folder / MODEL / name).read_bytes()


def test_another_seed_is_another_run(small: tuple[str, ...], run_of: Callable[..., Any]) -> None:
    first, other = run_of(*small, name="first"), run_of(*small, "seed=2", name="other")
    assert outcome(first.folder)["weights"] != outcome(other.folder)["weights"]


def test_a_model_read_back_is_the_model(run_of: Callable[..., Any]) -> None:
    run = run_of("+experiment=vqc_moons", "data.rows=40", "circuit.layers=1", "steps=3")
    model, again = QuantumModel.load(run.folder / MODEL), run.model
    features = np.random.default_rng(0).normal(size=(9, 2))
    np.testing.assert_array_equal(model.scores(features), again.scores(features))
    assert set(model.predict(features)) <= set(model.classes)
    assert model.program.digest() == json.loads((run.folder / MODEL / "model.json").read_text())["program"]

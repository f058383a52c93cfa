"""A sweep is one MLflow run with a child for each of its runs."""

from __future__ import annotations

import json
from collections.abc import Callable

from qmlops.parts.tracker.mlflow import MLflow
from tests.tracker.conftest import Folder, Seen, expected

Make = Callable[..., Folder]


def test_runs_that_appear_while_a_sweep_goes_on_become_children(make: Make, seen: Seen) -> None:
    sweep = make("sweep")
    described = {"schema": 1, "name": "made", "overrides": ["seed=1,2,3", "steps=9"], "project": "."}
    (sweep.path / "sweep.json").write_text(json.dumps(described))
    follower = MLflow().follow(sweep.path)
    children = [make("sweep/0").start(seed=1).steps(1, 9).end()]
    seen.until(children[0].path, "FINISHED")
    assert seen.status(sweep.path) == "RUNNING"
    children.append(make("sweep/1").start(seed=2).steps(1, 5).end("failed"))
    children.append(make("sweep/deep/2").start(seed=3).steps(1, 9))
    line = follower.finish()
    parent = seen.run(sweep.path)
    assert parent in line
    assert [seen.status(child.path) for child in children] == ["FINISHED", "FAILED", "FAILED"]
    assert [seen.pairs("tags", child.path)["mlflow.parentRunId"] for child in children] == [parent] * 3
    assert [seen.points(child.path) for child in children] == [expected(9), expected(5), expected(9)]
    assert [seen.pairs("params", child.path) for child in children] == [{"seed": str(n)} for n in (1, 2, 3)]
    names = seen.ask("select name from runs where run_uuid = ?", seen.run(children[2].path))
    assert names == [("sweep/deep/2",)]
    assert seen.status(sweep.path) == "FAILED"
    assert seen.pairs("params", sweep.path) == {"overrides": "seed=1,2,3 steps=9"}
    assert seen.pairs("tags", sweep.path)["qmlops.runs.failed"] == "1"


def test_a_resumed_run_mends_its_sweep(make: Make, seen: Seen) -> None:
    sweep = make("sweep")
    (sweep.path / "sweep.json").write_text(json.dumps({"schema": 1, "name": "made", "overrides": []}))
    child = make("sweep/0").start(pid=2**22 + 1).steps(1, 5)
    MLflow().sync(sweep.path)
    assert (seen.status(child.path), seen.status(sweep.path)) == ("KILLED", "FAILED")
    late = make("sweep/1").start().steps(1, 5).end()
    MLflow().follow(late.path).finish()
    assert seen.pairs("tags", late.path)["mlflow.parentRunId"] == seen.run(sweep.path)
    child.start(resumed_at=3).steps(4, 8).end()
    MLflow().sync(sweep.path)
    assert (seen.status(child.path), seen.status(sweep.path)) == ("FINISHED", "FINISHED")
    assert (seen.points(child.path), seen.points(late.path)) == (expected(8), expected(5))

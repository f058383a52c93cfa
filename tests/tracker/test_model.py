"""The trained model is in MLflow once, and is the same model there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from qmlops.parts.tracker.mlflow import MLflow
from qmlops.pipeline.record import Run
from tests.tracker.conftest import Folder, Seen, expected

LOAD = """
import json, sys, warnings
warnings.simplefilter("ignore")
import mlflow, numpy as np, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
request = json.load(sys.stdin)
rows = pd.DataFrame(request["rows"], columns=request["columns"])
print(json.dumps([list(map(str, mlflow.pyfunc.load_model(uri).predict(rows))) for uri in sys.argv[2:]]))
"""
QUIET = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "MLFLOW_DISABLE_TELEMETRY": "true"}


@pytest.fixture
def trained(run_of: Callable[..., Run]) -> Run:
    return run_of("+experiment=vqc", "steps=15")


def test_the_logged_model_predicts_what_the_model_predicts(
    trained: Run, make: Callable[..., Folder], seen: Seen
) -> None:
    make()
    MLflow().sync(trained.folder.absolute())
    run = seen.run(trained.folder)
    ((model_id, status),) = seen.ask("select model_id, status from logged_models where source_run_id = ?", run)
    assert status == 2, "it is not READY"
    rows = np.random.default_rng(1).uniform([4, 2, 1, 0], [8, 4.5, 7, 2.5], (40, 4))
    wanted = [str(name) for name in trained.model.predict(rows)]
    assert len(set(wanted)) == 3
    request = json.dumps({"rows": rows.tolist(), "columns": list(trained.model.columns)})
    uris = [f"models:/{model_id}", f"runs:/{run}/model", str(trained.folder / "model")]
    command = [sys.executable, "-P", "-c", LOAD, f"sqlite:///{seen.file}", *uris]
    told = subprocess.run(command, input=request, capture_output=True, text=True, check=True, env=QUIET)
    assert json.loads(told.stdout) == [wanted] * 3
    scores = seen.ask("select metric_name, metric_value from logged_model_metrics where model_id = ?", model_id)
    assert dict(scores)["test_accuracy"] == trained.result["metrics"]["test_accuracy"]  # type: ignore[arg-type]


def test_a_kill_after_any_call_to_mlflow_leaves_one_whole_run_and_one_model(
    trained: Run, make: Callable[..., Folder], seen: Seen
) -> None:
    folder = (
        make("whole")
        .start(layers=3)
        .steps(1, 400)
        .start(resumed_at=300, layers=3)
        .steps(301, 600)
        .end(test_accuracy=0.9)
    )
    shutil.copytree(trained.folder / "model", folder.path / "model")
    (folder.path / "report.html").write_text("it")
    program = Path(__file__).with_name("kill_everywhere.py")
    command = [sys.executable, "-P", program, folder.path, f"sqlite:///{seen.file}"]
    told = subprocess.run(command, capture_output=True, text=True, env=QUIET)
    lines = [tuple(map(int, line.split())) for line in told.stdout.splitlines()]
    assert len(lines) >= 15, told.stderr
    assert lines == [(n, 1) for n in range(1, len(lines))] + [(len(lines), 0)]
    for number in range(1, len(lines) + 1):
        path = folder.path.with_name(f"whole-{number}")
        assert seen.points(path) == expected(600, {"test_accuracy": 0.9}), number
        assert seen.status(path) == "FINISHED"
        models = seen.ask(
            "select status from logged_models where source_run_id = ? and lifecycle_stage = 'active'", seen.run(path)
        )
        assert models == [(2,)], number

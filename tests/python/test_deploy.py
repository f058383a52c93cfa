"""`deploy` registers a model that MLflow loads and that predicts what the run's own model predicts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import qmlops
from qmlops.errors import RequestError


@pytest.mark.filterwarnings("ignore")
def test_a_deployed_model_predicts_the_same_and_is_registered_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow
    import pandas as pd

    monkeypatch.chdir(tmp_path)
    pipeline = qmlops.QuantumMLPipeline(qmlops.spec(["+experiment=vqc", "steps=3"]))
    run = pipeline.train()
    uri = pipeline.deploy()
    assert uri == "models:/vqc/1"
    assert pipeline.deploy() == uri
    rows = pd.DataFrame(np.random.default_rng(0).uniform(0, 7, (8, 4)), columns=list(run.model.columns))
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    served = mlflow.pyfunc.load_model(uri).predict(rows)
    np.testing.assert_array_equal(served, run.model.predict(rows.to_numpy()))


def test_without_a_tracker_there_is_nowhere_to_deploy_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pipeline = qmlops.QuantumMLPipeline(qmlops.spec(["+experiment=vqc", "steps=1", "tracker=none"]))
    with pytest.raises(RequestError, match="tracker=mlflow"):
        pipeline.deploy()

"""Python is a face too: the same runs, models and scores without a shell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qmlops
from qmlops.core.event import Event, StepDone
from qmlops.errors import ConfigError, DataError, RunFolderError
from qmlops.pipeline.record import Run
from qmlops.train.model import QuantumModel

SHORT = ["+experiment=vqc", "steps=3", "tracker=none"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("project"))
        yield qmlops.run(SHORT)


def test_public_names_are_there() -> None:
    assert all(getattr(qmlops, name) is not None for name in qmlops.__all__)
    assert len(qmlops.__all__) == 8
    with pytest.raises(AttributeError):
        qmlops.nothing  # noqa: B018


def test_metrics_are_a_frame_with_one_row_a_step(run: Run) -> None:
    assert list(run.metrics.index) == [1, 2, 3]
    assert {"loss", "gradient_norm", "circuits", "validation_accuracy"} <= set(run.metrics.columns)


def test_a_model_predicts_names_of_classes_from_raw_features(run: Run) -> None:
    predicted = run.model.predict([[5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5]])
    assert predicted.shape == (2,)
    assert set(predicted) <= {"setosa", "versicolor", "virginica"}


def test_a_state_vector_has_norm_one_and_gives_the_values(run: Run) -> None:
    row = [[5.1, 3.5, 1.4, 0.2]]
    state = run.model.state_vector(row)[0]
    assert state.shape == (16,)
    assert np.isclose(np.linalg.norm(state), 1, atol=1e-5)
    bits = (np.arange(16)[:, None] >> np.arange(3, -1, -1)) & 1
    expected = (np.abs(state) ** 2) @ (1 - 2 * bits[:, :3])
    np.testing.assert_allclose(run.model.values(row)[0], expected, atol=1e-5)


@pytest.mark.parametrize(
    "rows",
    [
        [[1.0, 2.0]],
        [[1.0, 2.0, 3.0, float("nan")]],
        "petal",
        [["a", "b", "c", "d"]],
        [[1.0, 2.0, 3.0, 4.0], [1.0]],
        [[1.0, 2.0, 3.0, {}]],
        [[1.0, 2.0, 3.0, 10**400]],
        np.zeros((0, 4)),
        np.zeros((1, 1, 4)),
        None,
    ],
    ids=str,
)
def test_features_that_do_not_fit_are_refused(run: Run, rows: Any) -> None:
    with pytest.raises(DataError):
        run.model.predict(rows)


def test_a_saved_model_predicts_the_same_and_a_changed_one_is_refused(run: Run, tmp_path: Path) -> None:
    rows = np.random.default_rng(0).uniform(0, 7, (20, 4))
    run.model.save(tmp_path / "copy")
    again = QuantumModel.load(tmp_path / "copy")
    np.testing.assert_array_equal(again.scores(rows), run.model.scores(rows))
    assert again.program.digest() == run.model.program.digest()
    for name in ("weights.npz", "config.yaml", "model.json"):
        path = tmp_path / "copy" / name
        before = path.read_bytes()
        path.write_bytes(before.replace(b"1", b"2", 1) if name != "weights.npz" else before[:-1] + b"x")
        with pytest.raises(RunFolderError):
            QuantumModel.load(tmp_path / "copy")
        path.write_bytes(before)


def test_watch_sees_every_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen: list[Event] = []
    qmlops.run(SHORT, seen.append)
    assert [event.step for event in seen if isinstance(event, StepDone)] == [1, 2, 3]


def test_a_wrong_request_raises_with_all_mistakes() -> None:
    with pytest.raises(ConfigError) as caught:
        qmlops.spec(["+experiment=vqc", "seed=-1", "steps=0"])
    assert {mistake.path for mistake in caught.value.mistakes} == {"seed", "steps"}


def test_pipeline_scores_exactly_by_shots_and_with_noise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pipeline = qmlops.QuantumMLPipeline(qmlops.spec(SHORT))
    pipeline.train()
    scores = pipeline.evaluate(shots=50)
    assert set(scores) == {"exact", "sampled", "noisy"}
    for found in scores.values():
        low, high = found["intervals"]["test_accuracy"]
        assert 0 <= low <= found["metrics"]["test_accuracy"] <= high <= 1


def test_a_sweep_gives_its_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sweep = qmlops.sweep([*SHORT, "seed=1,2"])
    assert [run.result["metrics"]["steps"] for run in sweep.runs] == [3, 3]
    assert sweep.exit_code == 0


def test_a_run_shows_itself_in_a_real_kernel(tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    cells = [f"import qmlops\nrun = qmlops.run({SHORT})", "run"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (shown,) = notebook.cells[1].outputs
    assert "this model" in shown["data"]["text/html"]

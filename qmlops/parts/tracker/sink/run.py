"""One MLflow run that is written to. Every method may be repeated after a failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qmlops.parts.tracker.sink.feed import Point

_METRICS_A_BATCH = 1000
_ENTRIES_A_BATCH = 100
_ARTIFACTS = ("config.yaml", "result.json", "report.html", "circuit.svg", "circuit.txt", "sweep.json")


class MLflowRun:
    """Knows the last step that MLflow has of each metric: batches are sent whole and in order."""

    def __init__(self, client: Any, experiment: str, run_id: str) -> None:
        self.run_id = run_id
        self._client = client
        self._experiment = experiment
        known = client.get_run(run_id)
        self._running = known.info.status == "RUNNING"
        self._params = set(known.data.params)
        self._last = {key: self._last_step(key) for key in known.data.metrics}

    def describe(self, params: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """Set the tags, and those params that MLflow does not have: it takes each only once."""
        from mlflow.entities import Param, RunTag

        fresh = [Param(key, value) for key, value in params.items() if key not in self._params]
        for batch in _batches(fresh, _ENTRIES_A_BATCH):
            self._client.log_batch(self.run_id, params=batch)
            self._params.update(param.key for param in batch)
        for batch in _batches([RunTag(key, value) for key, value in tags.items()], _ENTRIES_A_BATCH):
            self._client.log_batch(self.run_id, tags=batch)

    def reopen(self) -> None:
        """Show a run that had stopped as running again."""
        if not self._running:
            self._client.update_run(self.run_id, status="RUNNING")
            self._running = True

    def send(self, points: Sequence[Point], model: str | None = None) -> None:
        """Send those points that MLflow does not have yet; `model` gets them too."""
        from mlflow.entities import Metric

        fresh = [point for point in points if point.step > self._last.get(point.key, -1)]
        for batch in _batches(fresh, _METRICS_A_BATCH):
            self._client.log_batch(self.run_id, metrics=[Metric(*point, model_id=model) for point in batch])
            for point in batch:
                self._last[point.key] = max(point.step, self._last.get(point.key, -1))

    def artifacts(self, folder: Path) -> None:
        """Put the report and what else a person wants to see; earlier versions are replaced."""
        for name in _ARTIFACTS:
            if (folder / name).is_file():
                self._client.log_artifact(self.run_id, str(folder / name))

    def model(self, folder: Path, step: int) -> str | None:
        """The id of the run's logged model, made from a model folder unless there is one already."""
        from qmlops.parts.tracker.sink.model import log_model

        if not (folder / "MLmodel").is_file():
            return None
        return log_model(self._client, self._experiment, self.run_id, folder, step)

    def end(self, status: str, moment: int | None) -> None:
        """Last of all: a run with a final status has everything."""
        self._client.set_terminated(self.run_id, status, moment)
        self._running = False

    def _last_step(self, key: str) -> int:
        return max((point.step for point in self._client.get_metric_history(self.run_id, key)), default=-1)


def _batches(entries: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [entries[start : start + size] for start in range(0, len(entries), size)]

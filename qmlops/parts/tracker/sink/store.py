"""An opened MLflow store, and the one MLflow run that belongs to a folder."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

from qmlops.parts.tracker.sink.run import MLflowRun
from qmlops.parts.tracker.sink.sender import shown

FILE = "mlflow.json"
TAG = "qmlops.run"
"""The tag by which the MLflow run of a folder is found again."""
_SQLITE = "sqlite:///"
_CREATE_SECONDS = 60


class Store:
    """A store and one experiment of it. Opening imports MLflow and costs 2 to 8 s of CPU."""

    def __init__(self, uri: str, experiment: str, folder: Path) -> None:
        """Open or make it; a SQLite file is relative to `folder`."""
        from mlflow import MlflowClient

        self.uri = uri
        self._name = experiment
        with _alone(uri, folder) as address:
            self.client = MlflowClient(tracking_uri=address)
            self.experiment = _experiment(self.client, experiment)

    def run(self, folder: Path, name: str, began: int, parent: str | None) -> MLflowRun:
        """The folder's MLflow run; made once, however often this is killed on the way.

        The key is on disk before the run is made, and the run carries it as a tag.
        """
        key = key_of(folder) or uuid.uuid4().hex
        self._note(folder, key, None)
        found = self.find(key)
        if found is None:
            tags = {TAG: key, "qmlops.folder": str(folder), "mlflow.source.name": "qmlops", "mlflow.user": _user()}
            if parent is not None:
                tags["mlflow.parentRunId"] = parent
            made = self.client.create_run(self.experiment, start_time=began, tags=tags, run_name=name)
            found = str(made.info.run_id)
        self._note(folder, key, found)
        return MLflowRun(self.client, self.experiment, found)

    def find(self, key: str) -> str | None:
        """The id of the oldest MLflow run with this key that nobody has deleted."""
        query = f"tags.`{TAG}` = '{key}'"
        runs = self.client.search_runs([self.experiment], query, order_by=["attributes.start_time"], max_results=1)
        return str(runs[0].info.run_id) if runs else None

    def where(self, run_id: str) -> str:
        """A line that says where a person can see a run."""
        if self.uri.startswith("http"):
            return f"MLflow: {shown(self.uri).rstrip('/')}/#/experiments/{self.experiment}/runs/{run_id}"
        other = "" if self.uri == "sqlite:///mlflow.db" else f" --backend-store-uri {shown(self.uri)}"
        return f"MLflow: {shown(self.uri)}, run {run_id}  (see it with: mlflow ui{other})"

    def _note(self, folder: Path, key: str, run_id: str | None) -> None:
        if run_id is None and key_of(folder) == key:
            return
        content = {"schema": 1, "key": key, "uri": shown(self.uri), "experiment": self._name, "run_id": run_id}
        temporary = folder / (FILE + ".new")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, folder / FILE)


def key_of(folder: Path) -> str | None:
    """The key in the folder's mlflow.json, where there is one."""
    try:
        return str(json.loads((folder / FILE).read_text(encoding="utf-8"))["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _alone(uri: str, folder: Path) -> Iterator[str]:
    """The address of the store, with the right to make it.

    Two processes that make one SQLite store at once break it: one makes it, the others wait.
    MLflow puts its artifacts into `mlruns` of the current folder: make that the store's own.
    """
    if not uri.startswith(_SQLITE):
        yield uri
        return
    from filelock import FileLock

    path = folder / uri.removeprefix(_SQLITE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with chdir(path.parent), FileLock(f"{path}.lock", timeout=_CREATE_SECONDS):
        if not path.exists():
            _make(path)
        yield f"{_SQLITE}{path}"


def _make(path: Path) -> None:
    """Make a store aside and move it into its place whole: a killed attempt leaves nothing behind."""
    from mlflow import MlflowClient

    aside = path.with_name(path.name + ".making")
    for leftover in path.parent.glob(aside.name + "*"):
        leftover.unlink()
    MlflowClient(tracking_uri=f"{_SQLITE}{aside}").search_experiments(max_results=1)
    os.replace(aside, path)


def _experiment(client: Any, name: str) -> str:
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name))
        except MlflowException:
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
    return str(found.experiment_id)


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"

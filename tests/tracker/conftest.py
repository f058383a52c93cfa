"""A store that is made once, run folders without training, and a look into the store past MLflow."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from qmlops.core.event import FILE, Event, RunEnded, RunStarted, StepDone, encode
from qmlops.parts.tracker.mlflow import MLflow

BEGAN = 1_700_000_000.0


def step(number: int) -> StepDone:
    """Two metrics at each step and one at every third, each a function of the step."""
    metrics = {"loss": 1 / number, "gradient norm": number / 7}
    return StepDone(number, metrics | ({"validation_accuracy": number / 1000} if number % 3 == 0 else {}))


class Folder:
    """A run folder whose events are written by hand, at moments by hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.moment = BEGAN
        path.mkdir(parents=True)

    def add(self, *events: Event) -> Folder:
        with (self.path / FILE).open("ab") as file:
            for event in events:
                self.moment += 0.001
                file.write(encode(event, self.moment))
        return self

    def start(self, resumed_at: int | None = None, pid: int | None = None, **config: Any) -> Folder:
        pid = os.getpid() if pid is None else pid
        return self.add(RunStarted(self.path.name, "made", 100, 1, resumed_at, config, {"python": "3"}, pid))

    def steps(self, first: int, last: int) -> Folder:
        return self.add(*map(step, range(first, last + 1)))

    def end(self, state: str = "finished", **metrics: float) -> Folder:
        return self.add(RunEnded(state, metrics, "" if state == "finished" else "a reason"))


class Seen:
    """What a store holds, read with SQL."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.file, timeout=30)) as connection:
            return connection.execute(query, values).fetchall()

    def runs(self, folder: Path) -> list[str]:
        found = self.ask("select run_uuid from tags where key = 'qmlops.folder' and value = ?", str(folder))
        return [run for (run,) in found]

    def run(self, folder: Path) -> str:
        (only,) = self.runs(folder)
        return str(only)

    def status(self, folder: Path) -> str:
        return str(self.ask("select status from runs where run_uuid = ?", self.run(folder))[0][0])

    def points(self, folder: Path) -> list[tuple[str, int, float]]:
        """Key, step and value of every point that the store holds, twice where it stands there twice."""
        query = "select key, step, value from metrics where run_uuid = ? order by key, step"
        return self.ask(query, self.run(folder))  # type: ignore[return-value]

    def pairs(self, table: str, folder: Path) -> dict[str, str]:
        return dict(self.ask(f"select key, value from {table} where run_uuid = ?", self.run(folder)))  # type: ignore[arg-type]

    def until(self, folder: Path, status: str, seconds: float = 240) -> None:
        """Wait for a status of the folder's run."""
        limit = time.monotonic() + seconds
        while not self.runs(folder) or self.status(folder) != status:
            assert time.monotonic() < limit, f"{folder.name} did not become {status}"
            time.sleep(0.1)


def expected(last: int, final: dict[str, float] | None = None) -> list[tuple[str, int, float]]:
    """The points of steps 1 to `last`, and those of the end."""
    steps = [(key, n, value) for n in range(1, last + 1) for key, value in step(n).metrics.items()]
    return sorted(steps + [(key, last, value) for key, value in (final or {}).items()])


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder whose store exists."""
    folder = tmp_path_factory.mktemp("project")
    first = Folder(folder / "runs" / "first").start().end()
    MLflow(f"sqlite:///{folder}/mlflow.db").sync(first.path)
    return folder


@pytest.fixture
def seen(project: Path) -> Seen:
    return Seen(project / "mlflow.db")


@pytest.fixture
def make(
    project: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Folder]]:
    """Makes run folders; the test stands in the project's folder, so that the default store is its store."""
    monkeypatch.chdir(project)
    yield lambda name="run": Folder(project / "runs" / request.node.name / name)

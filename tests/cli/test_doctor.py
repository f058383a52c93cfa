"""`qmlops doctor` finds what is wrong, and nothing where all is right."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qmlops.core.backend import Immediate, Session
from qmlops.core.event import RunEnded, RunStarted
from qmlops.core.work import Result, Work
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.qsim import Qsim
from qmlops.pipeline import doctor
from qmlops.pipeline.doctor import computing, diagnose, installation, project
from qmlops.pipeline.doctor.check import Check
from qmlops.pipeline.requirement import Package
from tests.cli.conftest import Command
from tests.cli.test_status import written


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sound_installation_passes_every_check(qmlops: Command) -> None:
    answer = qmlops("doctor", "--json")
    content = json.loads(answer.out)
    assert content["schema"] == 1
    assert [check for check in content["checks"] if check["state"] == "fail"] == []
    assert answer.code == 0
    named = {check["name"] for check in content["checks"]}
    assert named >= {"python", "packages", "bytecode", "kernels", "disk", "store", "runs", "experiments"}
    assert named >= {"backend qsim", "backend density"}
    composed = next(check["found"] for check in content["checks"] if check["name"] == "experiments")
    assert "vqc" in composed and "vqe_h2" in composed


def test_the_text_shows_remedies_and_the_exit_code_tells(qmlops: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def ill() -> Iterator[Check]:
        yield Check("one", "ok", "fine")
        yield Check("two", "fail", "[bold] is broken", "mend it")

    monkeypatch.setattr(doctor, "diagnose", lambda: ill())
    answer = qmlops("doctor")
    assert answer.code == 1
    assert "[bold] is broken" in answer.out and "mend it" in answer.out
    assert "1 ok, 0 to look at, 1 failed" in answer.out
    assert "\x1b" not in answer.out


def test_a_check_that_breaks_fails_and_stops_no_other() -> None:
    def broken() -> Iterator[Check]:
        yield Check("first", "ok", "")
        raise ZeroDivisionError("no")

    states = [(check.name, check.state) for check in diagnose((broken, installation.python))]
    assert states == [("first", "ok"), ("broken", "fail"), ("python", "ok")]


@pytest.mark.parametrize("told", [True, False])
def test_missing_bytecode_is_warned_of(told: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = "from qmlops.pipeline.doctor.installation import bytecode; print(*(check.state for check in bytecode()))"
    more = {"PYTHONDONTWRITEBYTECODE": "1"} if told else {}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment | more)
    assert done.stdout.strip() == ("warn" if told else "ok"), done.stderr


def test_packages_out_of_range_fail_and_absent_extras_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [
        Package("fine", ">=1", "", "2", True),
        Package("old", ">=3", "", "2", False),
        Package("gone", ">=3", "", None, False),
        Package("optional", ">=3", "more", None, False),
        Package("optional-old", ">=3", "more", "2", False),
    ]
    monkeypatch.setattr(installation, "needed", lambda: wanted)
    found = [(check.state, check.remedy) for check in installation.packages()]
    assert found == [
        ("fail", "pip install 'old>=3'"),
        ("fail", "pip install 'gone>=3'"),
        ("warn", "pip install 'qmlops[more]'"),
    ]


def test_kernels_that_cannot_be_kept_are_warned_of(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "file").write_text("")
    monkeypatch.setattr(installation, "_kernel_folders", lambda: [folder / "file" / "below"])
    assert [check.state for check in installation.kernels()] == ["warn"]
    monkeypatch.setattr(installation, "_kernel_folders", lambda: [folder / "file", folder / "new" / "below"])
    assert [check.state for check in installation.kernels()] == ["ok"]
    assert not (folder / "new").exists()


def test_a_named_cache_folder_comes_first(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    assert installation._kernel_folders()[0] == folder


def test_runs_that_cannot_be_written_fail(folder: Path) -> None:
    assert [check.state for check in project.disk()] == ["ok"]
    (folder / "runs").write_text("a file in the way")
    assert [check.state for check in project.disk()] == ["fail"]


def test_little_room_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "LEAST_FREE", 2**80)
    assert [check.state for check in project.disk()] == ["warn"]


def test_the_store_is_read_whole_or_torn(folder: Path) -> None:
    assert "no mlflow.db yet" in next(project.store()).found
    assert not (folder / "mlflow.db").exists()
    with sqlite3.connect("mlflow.db") as database:
        database.execute("CREATE TABLE runs (name TEXT)")
        database.executemany("INSERT INTO runs VALUES (?)", [("x" * 500,)] * 100)
    database.close()
    assert next(project.store()) == Check("store", "ok", "mlflow.db is whole and holds 100 runs")
    content = bytearray((folder / "mlflow.db").read_bytes())
    content[4096:8192] = b"\xff" * 4096
    (folder / "mlflow.db").write_bytes(content)
    assert next(project.store()).state == "fail"
    (folder / "mlflow.db").write_text("no database at all, but long enough to look like one" * 20)
    assert "not a database" in next(project.store()).found


def test_only_runs_whose_process_is_dead_wait_to_be_resumed(folder: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    written(folder / "runs" / "dead", [RunStarted("dead", "x", 1, 1, pid=gone.pid)])
    written(folder / "runs" / "alive", [RunStarted("alive", "x", 1, 1, pid=os.getpid())])
    written(folder / "runs" / "ended", [RunStarted("ended", "x", 1, 1, pid=gone.pid), RunEnded("finished")])
    assert [(check.state, check.remedy) for check in project.stranded()] == [("warn", "qmlops resume 'runs/dead'")]


def test_an_experiment_that_does_not_build_is_named(folder: Path) -> None:
    (folder / "conf" / "experiment").mkdir(parents=True)
    (folder / "conf" / "experiment" / "bad.yaml").write_text("# @package _global_\ncircuit: {layers: many}\n")
    failed = [check for check in computing.experiments() if check.state == "fail"]
    assert len(failed) == 1
    assert "circuit.layers" in failed[0].found
    assert failed[0].remedy == "qmlops check +experiment=bad"


@dataclass(frozen=True)
class Lying(Density):
    """A simulator without derivatives of its own that changes each value."""

    def alter(self, values: Any, work: Work) -> Any:
        return values

    def open(self) -> Session:
        honest = Density().open()

        def run(work: Work) -> Result:
            result = honest.result(honest.submit([work], "t"), [work])[0]
            return Result(self.alter(result.values, work), result.variances, result.circuits)

        return Immediate("lying", run)


class Swapped(Lying):
    """Reads the qubits in the other order."""

    def alter(self, values: Any, work: Work) -> Any:
        return values[:, ::-1] if values.shape[1] == 2 else values


class Noisy(Lying):
    """Is a thousandth off."""

    def alter(self, values: Any, work: Work) -> Any:
        return values * 0.999


class Undefined(Lying):
    """Gives no numbers."""

    def alter(self, values: Any, work: Work) -> Any:
        return values * np.nan


class Flat(Lying):
    """Has the right value at the angle that is asked for, and no slope."""

    def alter(self, values: Any, work: Work) -> Any:
        return np.full_like(values, np.cos(computing.ANGLE)) if work.points.size else values


@pytest.mark.parametrize("backend", [Qsim(), Qsim(precision="double"), Density(), Lying()])
def test_a_right_simulator_is_proved(backend: Any) -> None:
    assert computing.proved("x", backend).state == "ok"


@pytest.mark.parametrize(
    ("backend", "what"),
    [(Swapped(), "order of qubits"), (Noisy(), "Bell"), (Undefined(), "Bell"), (Flat(), "derivative")],
)
def test_a_wrong_simulator_is_found_out(backend: Any, what: str) -> None:
    check = computing.proved("x", backend)
    assert check.state == "fail" and what in check.found

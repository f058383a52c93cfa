"""`qmlops status` tells what is there, without importing it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import pytest

from qmlops.core.event import EventLog, RunEnded, RunStarted, StepDone
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.qsim import Qsim
from qmlops.pipeline import status as room
from qmlops.pipeline.record import Run
from qmlops.pipeline.requirement import Package, packages
from qmlops.pipeline.status import place, state_of, widest
from qmlops.simulate.memory import usable_bytes
from tests.cli.conftest import Command

STARTED = RunStarted("run", "run", 10, 1, pid=1)
HISTORIES: dict[str, list[Any]] = {
    "empty": [],
    "started": [STARTED],
    "finished": [STARTED, StepDone(1, {"loss": 1.0}), RunEnded("finished")],
    "failed": [STARTED, RunEnded("failed", reason="x" * 2000)],
    "resumed": [STARTED, RunEnded("interrupted"), STARTED, StepDone(2, {"loss": 1.0})],
    "interrupted": [STARTED, RunEnded("interrupted")],
    "long": [STARTED, RunEnded("interrupted"), STARTED, *(StepDone(n, {"loss": 1.0}) for n in range(2000))],
    "long and finished": [STARTED, *(StepDone(n, {"loss": 1.0}) for n in range(2000)), RunEnded("finished")],
}


def written(folder: Path, events: list[Any]) -> Path:
    folder.mkdir(parents=True)
    (folder / "request.json").write_text("{}")
    log = EventLog(folder)
    for event in events:
        log.write(event)
    log.close()
    return folder


def test_json_has_what_a_script_needs(qmlops: Command, tmp_path: Path) -> None:
    written(tmp_path / "runs" / "one", HISTORIES["finished"])
    written(tmp_path / "runs" / "sweep" / "0", HISTORIES["started"])
    (tmp_path / "conf" / "circuit").mkdir(parents=True)
    content = json.loads(qmlops("status", "--json").out)
    assert content["schema"] == 1
    assert {item["name"]: item["installed"] for item in content["packages"]}["numpy"] == version("numpy")
    assert {item["kind"] for item in content["backends"] if item["ready"]} >= {"qsim", "density"}
    assert content["conf"][0] == str(tmp_path / "conf") and len(content["conf"]) >= 2
    assert content["runs"] == {"finished": 1, "unfinished": 1}
    assert content["usable_bytes"] == usable_bytes()


def test_the_text_tells_the_same(qmlops: Command, tmp_path: Path) -> None:
    written(tmp_path / "runs" / "one", HISTORIES["finished"])
    out = qmlops("status").out
    assert "1 finished" in out
    assert f"up to {place('qsim').qubits}" in out
    assert "\x1b" not in out


def test_status_imports_no_simulator_and_no_tracker(tmp_path: Path) -> None:
    code = "import sys; from qmlops.cli.main import main; main(['status']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert "backend" in done.stdout
    assert not loaded & {"cirq", "qsimcirq", "numba", "scipy", "sklearn", "mlflow", "hydra", "pandas"}


@pytest.mark.parametrize("name", HISTORIES)
def test_the_end_of_the_events_tells_the_same_state_as_all_of_them(name: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "run", HISTORIES[name])
    assert state_of(folder) == Run(folder).state


@pytest.mark.parametrize(("backend", "bytes_a_qubit"), [(Qsim(), 2), (Qsim(precision="double"), 2), (Density(), 4)])
def test_the_widest_circuit_fits_and_the_next_does_not(backend: Any, bytes_a_qubit: int) -> None:
    width = widest(backend)
    assert width is not None and width > 5
    assert backend.validate([room._of_width(width)]) == []
    assert backend.validate([room._of_width(width + 1)]) != []


def test_double_precision_costs_a_qubit() -> None:
    wide, narrow = widest(Qsim()), widest(Qsim(precision="double"))
    assert wide is not None and narrow == wide - 1


@dataclass(frozen=True)
class Elsewhere(Qsim):
    """A backend whose package is not installed."""

    requires: ClassVar[tuple[str, ...]] = ("no_such_package", "json")
    extra: ClassVar[str] = "elsewhere"


@dataclass(frozen=True)
class Demanding(Qsim):
    """A backend that cannot be made without more configuration."""

    def __post_init__(self) -> None:
        raise TypeError("device is missing")


@pytest.mark.parametrize(
    ("cls", "missing", "remedy"),
    [
        (Elsewhere, ("no_such_package",), "pip install 'qmlops[elsewhere]'"),
        (Demanding, ("device is missing",), "qmlops list backend x"),
    ],
)
def test_a_backend_that_cannot_run_says_what_mends_it(
    monkeypatch: pytest.MonkeyPatch, cls: Any, missing: tuple[str, ...], remedy: str
) -> None:
    monkeypatch.setattr(room, "load", lambda group, kind: cls)
    found = place("x")
    assert not found.ready
    assert found.missing == missing
    assert found.remedy == remedy


def test_every_needed_package_is_looked_at() -> None:
    found = {item.name: item for item in packages() if not item.extra}
    assert {"cirq-core", "hydra-core", "numpy", "mlflow"} <= set(found)
    assert found["cirq-core"].allowed.startswith(">=1.5")


@pytest.mark.parametrize(
    ("package", "remedy"),
    [
        (Package("numba", ">=0.60", "", "0.61", True), ""),
        (Package("numba", ">=0.60", "", "0.50", False), "pip install 'numba>=0.60'"),
        (Package("qiskit", "", "ibm", None, False), "pip install 'qmlops[ibm]'"),
    ],
)
def test_a_package_says_what_installs_it(package: Package, remedy: str) -> None:
    assert package.remedy == remedy

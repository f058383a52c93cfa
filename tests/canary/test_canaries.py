"""Keys in the environment stay there: no byte that a run with failures writes or prints holds one."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from experiments.exactly_once.place import PLACES
from qmlops.cli.main import main
from qmlops.config.kind import load
from qmlops.execute.ledger import FILE, entries
from tests.conformance.conftest import needs
from tests.doubles import braket, ibm
from tests.doubles.fault import drop, status
from tests.doubles.reach import words

CANARIES = {
    "ionq": {"IONQ_API_KEY": "canary-ionq-51b7e0"},
    "braket": {
        "AWS_ACCESS_KEY_ID": "AKIDCANARY51B7E0",
        "AWS_SECRET_ACCESS_KEY": "canary/aws+51b7e0",
        "AWS_SESSION_TOKEN": "canary-session-51b7e0",
    },
    "ibm": {"IBM_QUANTUM_TOKEN": "canary-ibm-51b7e0"},
}
SHORT = ("+experiment=vqc_moons", "data.rows=16", "circuit.layers=1", "qubits=2", "metric=none", "shots=10", "steps=2")


@pytest.fixture
def double(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A double that takes the canaries for keys, and a project folder."""
    needs(name)
    monkeypatch.setattr(braket, "KEY", CANARIES["braket"]["AWS_ACCESS_KEY_ID"])
    monkeypatch.setattr(ibm, "KEY", CANARIES["ibm"]["IBM_QUANTUM_TOKEN"])
    made = PLACES[name].double(1)
    if name == "ionq":
        made.provider.key = CANARIES["ionq"]["IONQ_API_KEY"]
    for variable, value in {**PLACES[name].variables(made), **CANARIES[name]}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.chdir(tmp_path)
    yield made
    made.close()


class Console:
    """Calls commands, and keeps all that they print, the tracebacks of --debug included."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture, self.printed = capture, ""

    def __call__(self, *words: str) -> int | None:
        """The exit code; None where the error was raised to be shown."""
        code = None
        try:
            code = main(words)
        except Exception as error:
            assert "--debug" in words
            self.printed += "".join(traceback.format_exception(error))
        told = self.capture.readouterr()
        self.printed += told.out + told.err
        return code


def refused(double: Any, name: str) -> None:
    """Make the double take no key any more."""
    if name == "ionq":
        double.provider.key = "another"
    elif name == "ibm":
        double.provider._token = "another"
    double.plan(status(403, text="AccessDeniedException"), times=1000)


def secrets(double: Any, name: str) -> list[str]:
    found = [*CANARIES[name].values()]
    return [*found, double.provider._token] if name == "ibm" else found


def hits(folder: Path, wanted: list[str]) -> list[str]:
    """Files below a folder that hold one of some words."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"events.jsonl", "config.yaml", FILE, "mlflow.db"}
    return [str(path) for path in files for word in wanted if word.encode() in path.read_bytes()]


@pytest.mark.parametrize("name", CANARIES)
def test_no_byte_holds_a_key(name: str, double: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted, console = secrets(double, name), Console(capsys)
    asked = [*SHORT, *words(name, double)]
    assert console("status") == 0
    assert console("plan", *asked, "budget.usd=null") == 0, console.printed
    double.plan(status(400, text="not allowed"), "POST", PLACES[name].path, after=1)
    assert console("run", *asked, "budget.usd=null") == 3
    if not PLACES[name].idempotent:
        double.plan(drop(False), "POST", PLACES[name].path)
        assert console("--debug", "resume", "latest") is None
        (lost,) = [entry.token for entry in entries(tmp_path / FILE) if entry.state == "unknown"]
        assert console("jobs", "forget", lost) == 0
    assert console("jobs", "--json") == 0
    refused(double, name)
    assert console("--debug", "resume", "latest") is None
    met = "".join(f"{request.headers} {request.body!r}" for request in double.requests)
    assert next(iter(CANARIES[name].values())) in met, "the key was used"
    assert "Error" in console.printed and "Traceback" in console.printed
    assert not [word for word in wanted if word in console.printed]
    assert hits(tmp_path, wanted) == []


def test_every_provider_is_watched() -> None:
    assert set(CANARIES) == set(PLACES) and all(hasattr(load("backend", name), "provider") for name in CANARIES)

"""A scripted provider, and accounts at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.kind import table
from qmlops.config.spec import RunSpec
from qmlops.core.account import Account
from qmlops.core.budget import Budget
from qmlops.core.control import Control
from qmlops.core.event import Event, JobMoved
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.parts.backend import KINDS
from tests.execute.provider import FAULTS, Scripted

QUBITS = cirq.LineQubit.range(2)
PROGRAM = Program(
    cirq.Circuit(cirq.ry(sympy.Symbol("a"))(QUBITS[0]), cirq.CNOT(*QUBITS), cirq.rx(sympy.Symbol("b"))(QUBITS[1])),
    *(2, ("a",), ("b",), (PauliSum.parse("Z0 + 0.5 X0 X1"), PauliSum.parse("Z1"))),
)
POINTS = np.array([[0.3, 1.1], [2.0, -0.4], [0.1, 0.2]])
SHORT = ("+experiment=vqc_moons", "data.rows=24", "circuit.layers=1", "qubits=2", "metric=none", "shots=10", "steps=3")
Connected = Callable[..., Any]


def work(shots: int | None = 100, seed: int = 7, rows: int = 3, counts: bool = False) -> Work:
    """A small work of two observables in two bases."""
    return Work(PROGRAM, POINTS[:rows], shots, seed, keep_counts=counts)


@pytest.fixture(autouse=True)
def no_faults() -> Iterator[None]:
    """Each test scripts its own faults, and uses them up."""
    FAULTS.clear()
    yield
    assert not any(FAULTS.values()), "a fault was scripted and never met"


@pytest.fixture
def place(tmp_path: Path) -> Callable[..., Scripted]:
    """The scripted provider's configuration."""
    (tmp_path / "provider").mkdir()

    def make(**given: Any) -> Scripted:
        return Scripted(**{"folder": str(tmp_path / "provider"), **given})

    return make


@pytest.fixture
def account(tmp_path: Path) -> Callable[..., Account]:
    """An account with enough money whose events are remembered in `heard`."""

    def make(run: str = "run", scope: str = "", **given: Any) -> Account:
        heard: list[Event] = []
        given.setdefault("budget", Budget(usd=1000.0))
        control = Control(given.pop("commands", None), heard.append)
        made = Account(run, scope or run, emit=heard.append, control=control, folder=tmp_path, **given)
        made.heard = heard  # type: ignore[attr-defined]
        return made

    return make


def states(account: Any) -> list[str]:
    """Of the jobs that the account heard of, in order."""
    return [event.state for event in account.heard if isinstance(event, JobMoved)]


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`scripted` is a kind of backend, and the project is the test's folder."""
    monkeypatch.setitem(KINDS, "scripted", "tests.execute.provider:Scripted")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "provider").mkdir()
    table.cache_clear()
    yield
    table.cache_clear()


@pytest.fixture
def spec(tmp_path: Path, scripted: None) -> Callable[..., RunSpec]:
    """A short run at the scripted provider."""

    def make(*overrides: str, **backend: Any) -> RunSpec:
        config = dict(compose([*SHORT, "budget.usd=null", "tracker=none", *overrides]).config)
        config["backend"] = {"kind": "scripted", "folder": str(tmp_path / "provider"), **backend}
        return build(config)

    return make

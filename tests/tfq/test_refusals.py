"""What backend=tfq cannot do is said before anything runs, with or without TensorFlow Quantum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.core import extra
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import ConfigError
from qmlops.parts.backend.tfq import Tfq
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.parts.noise.none import NoNoise
from qmlops.pipeline import status
from tests.cli.conftest import Command, qmlops

__all__ = ["qmlops"]
EMPTY = Program(cirq.Circuit(), 1, (), (), ())
POINT = np.zeros((1, 0))


@pytest.mark.parametrize(
    ("work", "path", "instead"),
    [
        (Work(EMPTY, POINT, shots=100), "shots", "backend=qsim"),
        (Work(EMPTY, POINT, noise=Depolarising(0.1, 0.1)), "noise", "backend=qsim"),
        (Work(Program(cirq.Circuit(cirq.depolarize(0.1)(cirq.LineQubit(0))), 1, (), (), ()), POINT), "circuit", "qsim"),
    ],
)
def test_what_it_cannot_run_is_a_mistake_that_names_what_can(work: Work, path: str, instead: str) -> None:
    (mistake,) = Tfq().validate([work])
    assert mistake.path == path and instead in mistake.instead


def test_a_gate_whose_phases_need_two_factors_is_refused() -> None:
    qubits = cirq.LineQubit.range(2)
    gate = cirq.ControlledGate(cirq.XPowGate(exponent=sympy.Symbol("t"), global_shift=0.2))
    (mistake,) = Tfq().validate([Work(Program(cirq.Circuit(gate.on(*qubits)), 2, (), ("t",), ()), np.zeros((1, 1)))])
    assert mistake.path == "circuit"


def test_noise_that_does_nothing_is_no_mistake() -> None:
    assert Tfq().validate([Work(EMPTY, POINT, noise=NoNoise())]) == []


@pytest.mark.parametrize("words", [["shots=100"], ["noise=depolarising"]])
def test_the_command_line_refuses_it_before_the_run_has_a_folder(qmlops: Command, tmp_path: Path, words: Any) -> None:
    answer = qmlops("run", "+experiment=vqc", "backend=tfq", *words)
    assert answer.code == 2
    assert "TensorFlow Quantum" in answer.err and "backend=qsim" in answer.err
    assert not (tmp_path / "runs").exists()


def test_without_the_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, qmlops: Command) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda module: None)
    with pytest.raises(ConfigError, match=r"pip install 'qmlops\[tfq\]'"):
        Tfq().open()
    answer = qmlops("run", "+experiment=vqc", "backend=tfq")
    assert answer.code == 2
    assert answer.err.splitlines()[1:] == [
        "  backend: tensorflow and tensorflow_quantum are not installed.",
        "    pip install 'qmlops[tfq]'",
    ]


def test_status_tells_which_packages_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda module: None)
    found = status.place("tfq")
    assert not found.ready and found.missing == ("tensorflow", "tensorflow_quantum")
    assert found.remedy == "pip install 'qmlops[tfq]'"

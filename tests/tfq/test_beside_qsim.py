"""backend=tfq gives what qsim gives, to 1e-5: values, states, gradients, and the training of each experiment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cirq
import numpy as np
import pytest
import sympy

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.kind import load, table
from qmlops.config.place import shipped
from qmlops.core.observable import PauliSum, Projector
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.backend.tfq import Tfq
from qmlops.pipeline.prepare import prepare
from qmlops.pipeline.record import Run
from tests.contracts.conftest import installed
from tests.properties.random_programs import declare
from tests.simulate.programs import points_of, random_program
from tests.test_commands import YAML, project, requests

__all__ = ["project"]
CLOSE = 1e-5
EXPERIMENTS = sorted(path.stem for path in (shipped() / "experiment").glob("*.yaml"))
ELSEWHERE = ("backend", "router=", "noise=", "mitigation=", "shots=", "tracker", "optimizer=natural_gradient")
SHOWN = [words for words in requests(YAML) if not any(word.lstrip("/").startswith(ELSEWHERE) for word in words)]
"""The requests of all YAML that leave the backend open, and want no metric tensor of it."""


def assert_same(program: Program, points: Array) -> None:
    """Values, and gradients in weights and in all symbols, relative to the largest of each program."""
    sessions: list[Any] = [backend.open() for backend in (Tfq(), Qsim(precision="double"))]
    (values, pullback), (expected, back) = (session.vjp(Work(program, points)) for session in sessions)
    cotangent = np.random.default_rng(1).normal(size=expected.shape)
    close(values, expected)
    close(pullback(cotangent, inputs=True), back(cotangent, inputs=True))
    close(pullback(cotangent), back(cotangent))
    close(*(np.abs(session.states(Work(program, points))) for session in sessions))


def close(found: Any, expected: Any) -> None:
    assert found.shape == expected.shape
    largest = max(1.0, float(np.abs(expected).max(initial=0)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=CLOSE * largest)


def test_it_stands_among_the_backends_whose_contract_is_tested() -> None:
    assert "tfq" in [kind for kind in table("backend") if installed(load("backend", kind))]


@pytest.mark.parametrize("seed", range(25))
def test_random_circuits_of_every_gate_agree(seed: int) -> None:
    program = random_program(seed)
    assert_same(program, points_of(program, 3, seed))


@pytest.mark.parametrize("number", range(25))
def test_random_programs_of_the_block_language_agree(number: int) -> None:
    declared = declare(number)
    program = declared.program()
    assert_same(program, declared.point(program, np.random.default_rng(number)))


@pytest.mark.parametrize("seed", range(5))
def test_angles_of_many_turns_keep_their_digits(seed: int) -> None:
    program = random_program(seed, gates=8)
    points = 1000 * points_of(program, 2, seed)
    found, expected = (backend.open().vjp(Work(program, points))[0] for backend in (Tfq(), Qsim(precision="double")))  # type: ignore[attr-defined]
    close(found, expected)


def test_wires_are_in_numerical_order_beyond_ten() -> None:
    width = 12
    qubits = cirq.LineQubit.range(width)
    circuit = cirq.Circuit(cirq.ry(0.2 * (wire + 1))(qubit) for wire, qubit in enumerate(qubits[:-1]))
    circuit.append([cirq.CX(qubits[2], qubits[10]), cirq.CX(qubits[10], qubits[1])])
    circuit.append(cirq.ControlledGate(cirq.ry(0.9), 2, control_values=[0, 1]).on(qubits[10], qubits[2], qubits[9]))
    circuit.append(cirq.CX(qubits[9], qubits[0]))
    projector = Projector(((0, 1), (2, 0), (10, 1)))
    program = Program(circuit, width, (), (), (*(PauliSum.parse(f"Z{wire}") for wire in range(width)), projector))
    session: Any = Tfq().open()
    state = cirq.final_state_vector(circuit, qubit_order=qubits, dtype=np.complex128)
    np.testing.assert_allclose(session.states(Work(program, np.zeros((1, 0))))[0], state, atol=CLOSE)
    chances = (np.abs(state) ** 2).reshape((2,) * width)
    ones = [chances.sum(axis=tuple(other for other in range(width) if other != wire))[1] for wire in range(width)]
    wanted = [*(1 - 2 * np.array(ones)), chances[1, :, 0][..., 1, :].sum()]
    assert len({round(value, 3) for value in wanted}) == len(wanted)
    values, _ = session.vjp(Work(program, np.zeros((1, 0))))
    np.testing.assert_allclose(values[0], wanted, atol=CLOSE)


def test_nothing_to_do_has_the_right_shape() -> None:
    session: Any = Tfq().open()
    circuit = cirq.Circuit(cirq.ry(sympy.Symbol("x"))(cirq.LineQubit(0)))
    for rows, observables in ((0, 2), (3, 0), (0, 0)):
        program = Program(circuit, 2, ("x",), (), (PauliSum.parse("Z0"), PauliSum.parse("Z1"))[:observables])
        values, pullback = session.vjp(Work(program, np.zeros((rows, 1))))
        assert values.shape == (rows, observables)
        assert pullback(values).shape == (rows, 0)
        assert pullback(values, inputs=True).shape == (rows, 1)
        assert session.states(Work(program, np.zeros((rows, 1)))).shape == (rows, 4)


def test_equal_work_gives_equal_bytes() -> None:
    program = random_program(6)
    work = Work(program, points_of(program, 40, 6))
    drawn = []
    for _ in range(3):
        session: Any = Tfq().open()
        values, pullback = session.vjp(work)
        drawn.append((values.tobytes(), pullback(np.ones_like(values)).tobytes()))
    assert len(set(drawn)) == 1


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_every_shipped_part_runs_here_too(project: Path, words: list[str]) -> None:
    composed = compose([*words, "backend=tfq", "tracker=none"])
    task = prepare(build(composed.config, list(composed.mistakes)))
    random = np.random.default_rng(2)
    points = random.uniform(-1, 1, (2, len(task.program.symbols)))
    assert_same(task.program, points)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_each_experiment_trains_alike(name: str, run_of: Callable[..., Run]) -> None:
    """Losses, and not weights: Adam moves a weight that does not matter by the sign of a rounding error."""
    words = [f"+experiment={name}", "steps=4"]
    runs = [run_of(*words, "backend=tfq", name="tfq"), run_of(*words, name="qsim")]
    losses = [run.metrics["loss"].to_numpy() for run in runs]
    assert len(losses[0])
    np.testing.assert_allclose(*losses, rtol=CLOSE, atol=CLOSE)


def test_enough_was_looked_at() -> None:
    assert len(EXPERIMENTS) >= 5
    assert len(SHOWN) >= 30

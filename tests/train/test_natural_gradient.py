"""The natural gradient of runs: closed forms on one qubit, fewer steps than plain descent, plain refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from qmlops.core.event import history, read
from qmlops.core.work import Work
from qmlops.errors import CapacityError, ConfigError
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.optimizer import Request
from qmlops.pipeline.prepare import prepare
from qmlops.simulate.derived import metric
from qmlops.simulate.plain import PlainEngine
from qmlops.train.loop import answer_to, begin, steps
from qmlops.train.task import first_weights

EXACT = -1.137306035753
"""The ground state of H2, by full configuration interaction; see conf/readout/h2.yaml."""
SPHERE = (
    *("+experiment=vqe_h2", "readout=hamiltonian", "+readout.terms={Z0: 1.0, X0: 1.0}", "optimizer=natural_gradient"),
    *("~circuit.start", "circuit.blocks=[{gate: ry, wires: all, angle: a}, {gate: rz, wires: all, angle: b}]"),
)
"""The energy cos a + sin a cos b of a qubit at a, b on the sphere."""


def test_one_step_on_the_sphere_is_the_closed_form(spec_of: Callable[..., Any]) -> None:
    task = prepare(spec_of(*SPHERE, "optimizer.rate=0.3", "optimizer.ridge=0.02", "steps=1"))
    a, b = weights = first_weights(task)
    ((_, state),) = steps(task, begin(task))
    slopes = np.array([np.cos(a) * np.cos(b) - np.sin(a), -np.sin(a) * np.sin(b)])
    tensor = np.array([1, np.sin(a) ** 2]) / 4
    np.testing.assert_allclose(state.weights, weights - 0.3 * slopes / (tensor + 0.02), rtol=0, atol=1e-12)


def test_the_metric_of_a_batch_is_the_mean_over_its_rows(spec_of: Callable[..., Any]) -> None:
    task = prepare(spec_of("+experiment=vqc_moons", "data.rows=40", "data.batch=5", "optimizer=natural_gradient"))
    weights = first_weights(task)
    answer, _ = answer_to(task, Request(weights[None, :], gradient=True, metric=True), 3)
    points = task.work(task.inputs[task.rows(3)], weights, "any").points
    assert len(points) == 5 and answer.metrics is not None
    rows = [metric(PlainEngine(task.program), point[None, :])[0] for point in points]
    np.testing.assert_allclose(answer.metrics[0], np.mean(rows, axis=0), rtol=0, atol=1e-12)
    assert np.linalg.eigvalsh(answer.metrics[0]).min() > -1e-12


@pytest.mark.parametrize("circuit", ["ucc", "hardware_efficient"])
def test_it_solves_h2_in_fewer_steps_than_gradient_descent_at_the_same_rate(
    circuit: str, run_of: Callable[..., Any]
) -> None:
    words = ("+experiment=vqe_h2", f"circuit={circuit}", "steps=150", "seed=3")
    needed = []
    for kind in ("natural_gradient", "gradient_descent"):
        run = run_of(*words, f"optimizer={kind}", "optimizer.rate=0.1", name=kind)
        losses = np.array([step.metrics["loss"] for step in history(read(run.folder))])
        needed.append(int(np.argmax(losses < EXACT + 1e-4)) if losses.min() < EXACT + 1e-4 else len(losses))
    assert 0 < needed[0] < needed[1]


@pytest.mark.parametrize(
    "words",
    [
        ("shots=100",),
        ("shots=100", "noise=depolarising"),
        ("backend=density",),
        ("backend=density", "noise=depolarising"),
    ],
)
def test_a_place_without_a_metric_is_refused_before_anything_runs(
    words: tuple[str, ...], spec_of: Callable[..., Any]
) -> None:
    spec = spec_of("+experiment=vqe_h2", "optimizer=natural_gradient", "gradient=parameter_shift", *words)
    with pytest.raises(ConfigError, match="metric tensor") as refusal:
        prepare(spec)
    assert [item.path for item in refusal.value.mistakes] == ["optimizer"]


def test_tangents_that_do_not_fit_are_refused_and_rows_are_cut_to_fit(
    spec_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = prepare(spec_of("+experiment=vqc_moons", "data.rows=40")).program
    points = np.random.default_rng(0).normal(size=(7, len(program.symbols)))
    session = Qsim().open()
    whole = session.metric(Work(program, points))  # type: ignore[attr-defined]
    monkeypatch.setattr("qmlops.parts.backend.qsim.usable_bytes", lambda: 1)
    np.testing.assert_allclose(session.metric(Work(program, points)), whole, rtol=0, atol=1e-14)  # type: ignore[attr-defined]
    monkeypatch.setattr("qmlops.simulate.memory.usable_bytes", lambda: 1)
    with pytest.raises(CapacityError, match="metric tensor"):
        session.metric(Work(program, points))  # type: ignore[attr-defined]

"""The gradient's signal-to-noise is that of its definition, and the rate of a geometric decay its factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from qmlops.core.event import StepDone, of_kind, read
from qmlops.core.work import Work
from qmlops.execute.run import differentiate
from qmlops.pipeline.prepare import prepare
from qmlops.train.signal import convergence_rate, signal_to_noise
from qmlops.train.task import first_weights


def test_the_ratio_is_the_mean_over_the_root_of_the_trace_of_its_covariance() -> None:
    each = np.random.default_rng(3).normal(0.5, 1, (40, 5))
    covariance = np.cov(each.T) / 40
    expected = np.linalg.norm(each.mean(axis=0)) / np.sqrt(np.trace(covariance))
    shares = each / 40
    assert signal_to_noise(shares, shares.sum(axis=0)) == pytest.approx(expected)


def test_rows_that_agree_and_a_single_row_have_no_noise_to_tell_of() -> None:
    same = np.tile([[0.3, -0.1]], (4, 1))
    assert signal_to_noise(same, same.sum(axis=0)) is None
    assert signal_to_noise(same[:1], same[0]) is None
    assert signal_to_noise(same[:0], np.zeros(2)) is None


def test_a_run_on_rows_tells_it_in_every_step(run_of: Callable[..., Any]) -> None:
    run = run_of("+experiment=vqc_moons", "data.rows=40", "circuit.layers=1", "qubits=2", "steps=4")
    steps = list(of_kind(read(run.folder), StepDone))
    assert len(steps) == 4 and all(event.metrics["gradient_snr"] > 0 for event in steps)


def test_without_rows_and_shots_there_is_none(run_of: Callable[..., Any]) -> None:
    exact = run_of("+experiment=qaoa_maxcut", "readout.nodes=3", "steps=2")
    assert all("gradient_snr" not in event.metrics for event in of_kind(read(exact.folder), StepDone))


def test_the_spread_over_shots_is_that_of_many_draws(spec_of: Callable[..., Any]) -> None:
    shots, draws = 50, 400
    task = prepare(spec_of("+experiment=qaoa_maxcut", "readout.nodes=3", f"shots={shots}", "optimizer=adam"))
    work, one = task.work(task.inputs, first_weights(task), "step", 1), np.ones((1, 1))
    gradients, told = [], []
    for seed in range(draws):
        drawn = Work(task.program, work.points, shots, seed)
        (found,) = differentiate(task.session, task.spec.gradient, [drawn], "step")
        assert found.spread is not None
        gradients.append(found.pullback(one)[0])
        told.append(float(found.spread(one)[0]))
    true = np.trace(np.cov(np.array(gradients).T))
    assert np.mean(told) == pytest.approx(true, rel=0.15)


def test_one_row_with_shots_has_the_ratio_of_its_shots(run_of: Callable[..., Any]) -> None:
    words = ("+experiment=qaoa_maxcut", "readout.nodes=3", "optimizer=adam", "steps=2")
    few, many = (run_of(*words, f"shots={shots}", name=f"shots{shots}") for shots in (20, 20_000))
    ratios = [next(of_kind(read(run.folder), StepDone)).metrics["gradient_snr"] for run in (few, many)]
    assert ratios[1] / ratios[0] > 5


def test_the_rate_of_a_geometric_decay_is_its_factor() -> None:
    for factor, limit in ((0.9, 0.3), (0.5, -2.0)):
        losses = [limit + 3 * factor**step for step in range(30)]
        assert convergence_rate(losses) == pytest.approx(factor, rel=1e-6)


@pytest.mark.parametrize("losses", [[], [1.0] * 30, [float(step) for step in range(30)], [1.0, 0.0] * 4])
def test_what_does_not_settle_has_no_rate(losses: list[float]) -> None:
    assert convergence_rate(losses) is None

"""Whether the first gradient stands out of its shot noise: rehearsed on this machine, where it is small enough."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from qmlops.config.spec import RunSpec
from qmlops.core.work import Array
from qmlops.execute.run import differentiate
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.gradient.auto import Auto
from qmlops.parts.noise.none import NoNoise
from qmlops.parts.objective import Differentiable
from qmlops.pipeline.interval import mean
from qmlops.train.loop import begin
from qmlops.train.task import Task, make_task

_DRAWS = 8
_MOST = 2**24
"""Amplitudes of all circuits of all draws: some seconds."""


@dataclass(frozen=True)
class Signal:
    """The gradient at the first weights, beside what shots and random directions add to it.

    `ratio` is the norm of the exact gradient over the root mean square distance of estimates from
    it. Below 1, a step is mostly noise. The device's errors are not in it.
    """

    ratio: float
    low: float
    high: float
    """A 95 % interval over `draws` estimates."""
    draws: int


def signal_of(task: Task, circuits: int) -> Signal | str:
    """The signal of the first step, whose estimate takes so many circuits; or why there is none."""
    spec = task.spec
    if not isinstance(spec.objective, Differentiable):
        return "a kernel machine is fitted without gradients"
    if not spec.optimizer.ask(begin(task)).gradient:
        return f"optimizer={spec.config['optimizer']['kind']} asks for no gradient"
    if spec.shots is None:
        return "exact values have no shot noise"
    if _DRAWS * circuits * 2.0**task.program.width > _MOST:
        return f"too large to be rehearsed here: {circuits:,} circuits on {task.program.width} qubits"
    local = replace(spec, backend=Qsim(), noise=NoNoise())
    truth = _gradient(replace(local, shots=None, gradient=Auto()), task, 0)
    squares = [float(np.sum((_gradient(local, task, number) - truth) ** 2)) for number in range(_DRAWS)]
    norm = float(np.linalg.norm(truth))
    low, high = mean(squares)
    return Signal(_ratio(norm, float(np.mean(squares))), _ratio(norm, high), _ratio(norm, low), _DRAWS)


def _gradient(spec: RunSpec, task: Task, number: int) -> Array:
    """The gradient of the loss in the first step, drawn once."""
    local = make_task(spec, task.program, task.split)
    rows = local.rows(1)
    weights = spec.optimizer.ask(begin(local)).points[0]
    work = local.work(local.inputs[rows], weights, "plan", number)
    (found,) = differentiate(local.session, spec.gradient, [work], f"plan-{number}")
    cotangent = cast(Differentiable, spec.objective).loss(found.values, local.labels[rows])[1]
    gradient: Array = found.pullback(cotangent).sum(axis=0)
    return gradient


def _ratio(norm: float, square: float) -> float:
    return norm / math.sqrt(square) if square > 0 else math.inf

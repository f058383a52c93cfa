"""Fitting a kernel machine: no steps, one convex problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qmlops.core.event import StepDone
from qmlops.core.program import Program
from qmlops.core.work import Array
from qmlops.errors import ConfigError, Mistake
from qmlops.parts.objective import FitsGram
from qmlops.train.gram import gram
from qmlops.train.task import Task


@dataclass(frozen=True, eq=False)
class Support:
    """What a fitted kernel machine keeps of its training data."""

    inputs: Array
    """Inputs of the support points [points × inputs]."""
    dual: Array
    """[points × machines]"""
    intercept: Array
    """[machines]"""


def fit(task: Task) -> tuple[Support, StepDone]:
    """The support points of the training part, and the one event that tells of it."""
    objective = task.spec.objective
    assert isinstance(objective, FitsGram)
    refuse_weights(task.program)
    matrix, circuits = gram(task, task.inputs, None, "gram")
    dual, intercept = objective.fit(matrix, task.labels)
    used = np.any(dual != 0, axis=1)
    scores = objective.decide(matrix, dual, intercept)
    wrong = float(np.mean(scores.argmax(axis=1) != task.labels))
    event = StepDone(1, {"loss": wrong, "circuits": float(circuits)})
    return Support(task.inputs[used], dual[used], intercept), event


def refuse_weights(program: Program) -> None:
    """Raise ConfigError for a circuit with weights: nothing would train them."""
    if program.weights:
        why = f"the circuit has {len(program.weights)} weights, and a kernel trains none."
        raise ConfigError([Mistake("circuit", why, "use circuit=none, or numbers as angles")])

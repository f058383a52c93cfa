"""A run counted from its first step to its last score, by the code that would run it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from qmlops.config.spec import RunSpec
from qmlops.core.backend import Remote
from qmlops.core.dataset import Split
from qmlops.execute.run import execute
from qmlops.parts.objective import Differentiable, FitsGram
from qmlops.parts.optimizer import State
from qmlops.pipeline.evaluate import predictions, total_energy
from qmlops.pipeline.plan.counting import Counted, Tally
from qmlops.pipeline.plan.load import Load, total
from qmlops.pipeline.plan.subject import described
from qmlops.pipeline.prepare import prepare
from qmlops.train.loop import begin, steps, validate
from qmlops.train.model import QuantumModel, model_of
from qmlops.train.quantum_monitor import QuantumMonitor
from qmlops.train.shadow_work import looks
from qmlops.train.support import Support, fit
from qmlops.train.task import Task

_STEPS, _REQUESTS = 40, 5000
"""So much is gone through; every further step sends what the largest one of these did."""
_LOOKED = 10**6
"""Further steps of which each is asked whether it validates."""


@dataclass(frozen=True)
class Whole:
    """What a run sends, with an empty journal and without faults."""

    step: Load
    """One training step, the largest that was gone through."""
    training: Load
    validation: Load
    evaluation: Load
    steps: int
    at_most: str
    """Why it may be less; empty where it is exact."""
    watching: Load = field(default_factory=Load)
    """Looks at the state by shots."""

    @property
    def all(self) -> Load:
        return total((self.training, self.validation, self.watching, self.evaluation))


def counted(spec: RunSpec, asked: bool = False) -> tuple[Whole, Tally]:
    """The counts of a run, and the tally with the basis of its prices.

    `asked` lets the provider quote what its catalogue has no price for. Raises ConfigError where the
    run could not be carried out.
    """
    tally = Tally()
    task = prepare(replace(spec, backend=Counted(spec.backend, tally, asked)))
    tally.take()
    return (_kernel if isinstance(spec.objective, FitsGram) else _stepped)(task, tally), tally


def outline(spec: RunSpec) -> dict[str, Any]:
    """What `qmlops check` shows of a run. Raises ConfigError where it could not run."""
    found = described(prepare(spec))
    if isinstance(spec.objective, Differentiable):
        found |= {"circuits a step": counted(spec)[0].step.circuits, "steps": spec.steps}
    return found


def _stepped(task: Task, tally: Tally) -> Whole:
    state, largest, training, validation, one = begin(task), Load(), Load(), Load(), Load()
    requests, due = 0, task.spec.metric.due
    for _, after in steps(task, state):
        state, taken = after, tally.take()
        looked = taken.pop("validation", Load())
        step = total(taken.values())
        largest, one = max(largest, step, key=_size), max(one, looked, key=_size)
        training, validation = training + step, validation + looked
        requests += step.requests + looked.requests
        # Where it stops early it stops as the run would end: looked at, or not, in the last step.
        if (state.step >= _STEPS or requests >= _REQUESTS) and due(state.step) == due(task.spec.steps):
            break
    left, checks = task.spec.steps - state.step, _due(task, state.step)
    if checks and not one.requests:
        validate(task, state.weights, state.step)
        one = total(tally.take().values())
    watching = _watched(task, tally, task.spec.steps)
    evaluation = _evaluated(model_of(task, state), task.split, tally)
    whole = (training + largest.times(left), validation + one.times(checks), evaluation)
    return Whole(largest, *whole, task.spec.steps, _why(task, state, watching), watching)


def _watched(task: Task, tally: Tally, steps: int) -> Load:
    """Of all looks by shots; on this machine time allows at most so many."""
    words = task.spec.monitor
    monitor = QuantumMonitor(words.wires, words.shadows)
    if not words.share or not monitor.draws(task):
        return Load()
    work = monitor.work(task, task.inputs[:1], np.zeros(len(task.program.weights)), 1)
    execute(task.session, [work], "shadow-1")
    return total(tally.take().values()).times(looks(steps, words.every))


def _size(load: Load) -> tuple[int, int, int]:
    return load.circuits, load.shots, load.requests


def _due(task: Task, done: int) -> int:
    """How many of the steps that are left look at the validation part."""
    left = task.spec.steps - done
    asked = min(left, _LOOKED)
    found = sum(task.spec.metric.due(done + number) for number in range(1, asked + 1))
    return -(-found * left // asked) if asked else 0


def _why(task: Task, state: State, watching: Load) -> str:
    if getattr(task.spec.optimizer, "ends_early", False) or (state.done and state.step < task.spec.steps):
        return f"{type(task.spec.optimizer).__name__} may end before step {task.spec.steps}"
    backend = task.spec.backend
    timed = isinstance(backend, Counted) and not isinstance(backend.backend, Remote)
    return "here looks at the state are drawn as time allows" if watching.requests and timed else ""


def _kernel(task: Task, tally: Tally) -> Whole:
    """The Gram matrix is one step; how many points become support points, the data decide."""
    support, _ = fit(task)
    training = total(tally.take().values())
    every = Support(task.inputs, np.resize(support.dual, (len(task.inputs), support.dual.shape[1])), support.intercept)
    evaluation = _evaluated(model_of(task, support=every), task.split, tally)
    why, watching = "only support points are compared with in the end", _watched(task, tally, 1)
    return Whole(training, training, Load(), evaluation, 1, why, watching)


def _evaluated(model: QuantumModel, split: Split | None, tally: Tally) -> Load:
    if split is None:
        total_energy(model)
    else:
        predictions(model, split)
    return total(tally.take().values())

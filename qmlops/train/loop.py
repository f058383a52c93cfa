"""The training loop: ask the optimizer, run the work, tell the answer, yield an event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np

from qmlops.core.event import StepDone
from qmlops.core.work import Array, Result
from qmlops.execute.run import Differentiated, differentiate, execute, metric
from qmlops.parts.objective import Classifies, Differentiable
from qmlops.parts.optimizer import Answer, Request, State
from qmlops.train.signal import ratio, signal_to_noise
from qmlops.train.task import Task, first_weights


def begin(task: Task) -> State:
    """The state before the first step."""
    return task.spec.optimizer.init(first_weights(task), task.spec.seed)


def steps(task: Task, state: State) -> Iterator[tuple[StepDone, State]]:
    """One event and the state after it for each step that is still to do.

    The state alone decides what comes next: a loop that starts from a saved one goes on exactly
    as the interrupted loop would have.
    """
    while state.step < task.spec.steps and not state.done:
        step = state.step + 1
        answer, metrics = answer_to(task, task.spec.optimizer.ask(state), step)
        state = task.spec.optimizer.tell(state, answer)
        if task.spec.metric.due(step):
            looked = validate(task, state.weights, step)
            metrics = {name: metrics.get(name, 0) + looked.get(name, 0) for name in metrics | looked}
        yield StepDone(step, metrics), state


def answer_to(task: Task, request: Request, step: int) -> tuple[Answer, dict[str, float]]:
    """What the optimizer asked for, and the metrics of doing it."""
    objective = cast(Differentiable, task.spec.objective)
    rows = task.rows(step)
    inputs, labels = task.inputs[rows], task.labels[rows]
    works = [task.work(inputs, weights, "step", step, number) for number, weights in enumerate(request.points)]
    losses, gradients, tensors = [], [], []
    signal: float | None = None
    if request.gradient:
        found: Sequence[Differentiated | Result] = differentiate(
            task.session, task.spec.gradient, works, f"step-{step}"
        )
    else:
        found = execute(task.session, works, f"step-{step}")
    for work, item in zip(works, found, strict=True):
        loss, cotangent = objective.loss(item.values, labels)
        losses.append(loss)
        if isinstance(item, Differentiated):
            by_row = item.pullback(cotangent)
            gradients.append(by_row.sum(axis=0))
            if len(gradients) == 1:
                signal = signal_of(item, by_row, gradients[0], cotangent)
        if request.metric:
            tensors.append(metric(task.session, work).mean(axis=0))
    answer = Answer(np.array(losses), *(np.array(found) if found else None for found in (gradients, tensors)))
    circuits, shots = sum(item.circuits for item in found), sum(item.shots for item in found)
    metrics = {"loss": float(np.mean(losses)), "circuits": float(circuits)}
    if shots:
        metrics["shots"] = float(shots)
    if answer.gradients is not None:
        metrics["gradient_norm"] = float(np.linalg.norm(answer.gradients[0]))
    if signal is not None:
        metrics["gradient_snr"] = signal
    return answer, metrics


def signal_of(found: Differentiated, by_row: Array, gradient: Array, cotangent: Array) -> float | None:
    """The gradient's signal-to-noise: over the rows of the batch, or where there is one row over its shots."""
    if len(by_row) > 1 or found.spread is None:
        return signal_to_noise(by_row, gradient)
    return ratio(float(gradient @ gradient), float(found.spread(cotangent).sum()))


def validate(task: Task, weights: Array, step: int) -> dict[str, float]:
    """The accuracy on the validation part and the circuits that it took; nothing where there is none."""
    objective = task.spec.objective
    if task.split is None or not len(task.split.validation) or not isinstance(objective, Classifies):
        return {}
    part = task.split.validation
    work = task.work(task.encode(part), weights, "validation", step)
    result = execute(task.session, [work], f"validation-{step}")[0]
    right = objective.scores(result.values).argmax(axis=1) == part.labels
    metrics = {"validation_accuracy": float(np.mean(right)), "circuits": float(result.circuits)}
    return metrics | ({"shots": float(result.shots)} if result.shots else {})

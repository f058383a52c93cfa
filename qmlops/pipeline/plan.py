"""What a request would do, counted from the compiled program, before anything runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from qmlops.config.spec import RunSpec
from qmlops.core.work import Work
from qmlops.lower.basis import bases
from qmlops.parts.objective import Differentiable
from qmlops.pipeline.prepare import prepare
from qmlops.train.loop import begin
from qmlops.train.task import Task


def plan(spec: RunSpec) -> dict[str, Any]:
    """Rows, circuit and cost of a run. Raises ConfigError where it could not run."""
    task = prepare(spec)
    program = task.program
    counted: dict[str, Any] = {}
    if task.split is not None:
        sizes = {name: len(part) for name, part in task.split.raw.items()}
        counted["rows"] = ", ".join(f"{count} {name}" for name, count in sizes.items())
        counted["features"] = task.split.width
        counted["classes"] = len(task.split.classes)
    gates = [operation for operation in program.circuit.all_operations()]
    counted |= {
        "qubits": program.width,
        "gates": len(gates),
        "two-qubit gates": sum(len(operation.qubits) > 1 for operation in gates),
        "depth": len(program.circuit),
        "inputs": len(program.inputs),
        "weights": len(program.weights),
        "observables": ", ".join(str(item) for item in program.observables),
        "backend": spec.backend.target().name,
    }
    if isinstance(spec.objective, Differentiable):
        counted |= {"gradient": _gradient(task), "circuits a step": circuits_a_step(task), "steps": spec.steps}
    return counted


def circuits_a_step(task: Task) -> int:
    """Circuits that one training step executes, validation apart; from the same rules that run."""
    request = task.spec.optimizer.ask(begin(task))
    inputs = task.inputs[task.rows(1)]
    work = task.work(inputs, request.points[0], "step", 1, 0)
    measured = 1 if task.spec.shots is None else len(bases(task.program.observables))
    rows = len(inputs)
    if request.gradient:
        rule = task.spec.gradient.rule(task.session, work)
        if rule is not None:
            rows = sum(len(item.points) for item in rule.construct(work))
    return rows * len(request.points) * measured


def _gradient(task: Task) -> str:
    if not task.spec.optimizer.ask(begin(task)).gradient:
        return "none"
    point = np.zeros((1, len(task.program.symbols)))
    rule = task.spec.gradient.rule(
        task.session, Work(task.program, point, task.spec.shots, task.spec.seed, task.spec.noise)
    )
    return "adjoint" if rule is None else type(rule).__name__

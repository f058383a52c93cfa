"""What a request is about: its data, its circuit, and how it is trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from qmlops.core.work import Work
from qmlops.parts.objective import Differentiable
from qmlops.train.loop import begin
from qmlops.train.task import Task


def described(task: Task) -> dict[str, Any]:
    """Rows, circuit and gradient of a run, before the backend changes any gate."""
    program = task.program
    found: dict[str, Any] = {}
    if task.split is not None:
        sizes = {name: len(part) for name, part in task.split.raw.items()}
        found["rows"] = ", ".join(f"{count} {name}" for name, count in sizes.items())
        found["features"] = task.split.width
        found["classes"] = len(task.split.classes)
    gates = list(program.circuit.all_operations())
    found |= {
        "qubits": program.width,
        "gates": len(gates),
        "two-qubit gates": sum(len(operation.qubits) > 1 for operation in gates),
        "depth": len(program.circuit),
        "inputs": len(program.inputs),
        "weights": len(program.weights),
        "observables": ", ".join(str(item) for item in program.observables),
        "backend": task.spec.backend.target().name,
    }
    return found | ({"gradient": gradient_of(task)} if isinstance(task.spec.objective, Differentiable) else {})


def gradient_of(task: Task) -> str:
    """The rule that gradients are made by; `adjoint` is the backend's own, `none` where none is asked for."""
    if not task.spec.optimizer.ask(begin(task)).gradient:
        return "none"
    point = np.zeros((1, len(task.program.symbols)))
    work = Work(task.program, point, task.spec.shots, task.spec.seed, task.spec.noise)
    rule = task.spec.gradient.rule(task.session, work)
    return "adjoint" if rule is None else type(rule).__name__

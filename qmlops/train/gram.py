"""Gram matrices of state fidelities |<x|y>|^2: from states where there are some, else from overlaps.

An overlap is one circuit a pair: encode x, undo the encoding of y, and read zeros everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qmlops.core.backend import HoldsStates
from qmlops.core.observable import Projector
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.execute.run import execute
from qmlops.simulate.derived import fidelities
from qmlops.train.task import Task


def gram(task: Task, left: Array, right: Array | None, *path: str | int) -> tuple[Array, int]:
    """Fidelities [left × right] between rows of inputs, and the number of circuits that it took.

    `right` None means `left` again; the matrix is then symmetric and only its upper half is run,
    with the diagonal where noise keeps that from being one.
    """
    quiet = task.spec.shots is None and task.spec.noise.silent()
    if quiet and isinstance(task.session, HoldsStates):
        rows = left if right is None else np.concatenate([left, right])
        states = task.session.states(task.work(rows, np.zeros(0), *path))
        first, second = states[: len(left)], states if right is None else states[len(left) :]
        return fidelities(first, second), len(rows)
    return _overlaps(task, left, right, *path)


def overlaps(task: Task, left: Array, right: Array | None, *path: str | int) -> tuple[Work, NDArray[np.int64]]:
    """The circuits of all pairs, and which rows each of them compares [circuits × 2]."""
    program = overlap_program(task.program)
    other = left if right is None else right
    first = 1 if task.spec.noise.silent() else 0
    pairs = [(i, j) for i in range(len(left)) for j in range(i + first if right is None else 0, len(other))]
    chosen = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    points = np.concatenate([left[chosen[:, 0]], other[chosen[:, 1]]], axis=1)
    template = task.work(left[:0], np.zeros(0), *path)
    return Work(program, points, template.shots, template.seed, template.noise), chosen


def _overlaps(task: Task, left: Array, right: Array | None, *path: str | int) -> tuple[Array, int]:
    other = left if right is None else right
    work, chosen = overlaps(task, left, right, *path)
    result = execute(task.session, [work], "-".join(str(part) for part in path))[0]
    matrix = np.eye(len(left)) if right is None else np.zeros((len(left), len(other)))
    matrix[chosen[:, 0], chosen[:, 1]] = result.values[:, 0]
    if right is None:
        matrix[chosen[:, 1], chosen[:, 0]] = result.values[:, 0]
    return matrix, result.circuits


def overlap_program(program: Program) -> Program:
    """Twice the inputs; the probability of zeros is the fidelity of the two encoded states."""
    import cirq

    names = {name: f"{name}_other" for name in program.inputs}
    other = cirq.resolve_parameters(program.circuit, names)
    zeros = Projector(tuple((wire, 0) for wire in range(program.width)))
    circuit = cirq.Circuit(program.circuit, cirq.inverse(other))
    return Program(circuit, program.width, (*program.inputs, *names.values()), (), (zeros,))

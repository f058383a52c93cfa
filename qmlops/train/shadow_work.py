"""What is sent for a classical shadow, and after which steps."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from qmlops.core.observable import PauliSum
from qmlops.core.seed import stream
from qmlops.core.work import Array, Result, Work
from qmlops.errors import RequestError
from qmlops.train.shadow import LETTERS, Letters, Shadow
from qmlops.train.task import Task


def random_bases(width: int, count: int, seed: int) -> Letters:
    """Distinct bases [at most `count` × wires], X 0, Y 1 and Z 2; Z everywhere is the first.

    All of them where there are no more. Otherwise every wire is read about equally often in each
    letter. Raises RequestError for fewer than 3.
    """
    if count < 3:
        raise RequestError(f"{count} bases do not read X, Y and Z of a qubit.\nDraw 3 or more, or none.")
    if count >= 3 ** min(width, 9):
        return np.array([*product((2, 1, 0), repeat=width)], dtype=np.int64)
    random = stream(seed, "shadow bases")
    balanced = np.resize([2, 0, 1], count)
    drawn = np.stack([np.concatenate([[2], random.permutation(balanced[1:])]) for _ in range(width)], axis=1)
    _, first = np.unique(drawn, axis=0, return_index=True)
    return np.asarray(drawn[np.sort(first)], dtype=np.int64)


def observables(bases: Letters) -> tuple[PauliSum, ...]:
    """A Pauli string on all wires for each basis: measured, it is read in exactly this basis."""
    return tuple(
        PauliSum(((1.0, tuple((wire, LETTERS[letter]) for wire, letter in enumerate(row))),)) for row in bases.tolist()
    )


def work_of(task: Task, inputs: Array, weights: Array, bases: Letters, step: int) -> Work:
    """What is sent for a shadow at one row of inputs [1 × inputs]: the task's shots in each basis, with outcomes."""
    asked = task.work(inputs, weights, "shadow", step)
    return replace(asked, program=replace(task.program, observables=observables(bases)), keep_counts=True)


def read(bases: Letters, result: Result) -> Shadow:
    """The shadow that a result of `work_of` holds. Raises RequestError where it has no counts."""
    if result.counts is None:
        raise RequestError("This backend tells no counts, and a shadow is made of them.\nWrite monitor.shadows=0.")
    return Shadow(bases, [found for (found,) in result.counts])


def due(step: int, last: bool, every: int) -> bool:
    """Whether a shadow is drawn after a step: the first, the last, and each `every`-th."""
    return step == 1 or last or step % every == 0


def looks(steps: int, every: int) -> int:
    """How many shadows a run of so many steps draws."""
    between = (steps - 1) // every - (every == 1 and steps > 1)
    return min(steps, 2 + between)

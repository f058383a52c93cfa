"""What a claim looks at: a compiled task, its weights, and the backend that it runs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from qmlops.config.spec import RunSpec
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.execute.run import execute
from qmlops.parts.backend.qsim import Qsim
from qmlops.train.model import QuantumModel
from qmlops.train.task import Task, first_weights

At = Literal["initial", "trained", "zero"]


@dataclass(frozen=True, eq=False)
class Subject:
    """One experiment, ready to be asked. The model is trained when a claim first wants it, once."""

    task: Task
    train: Callable[[], QuantumModel]
    mutant: Program | None = None
    """What runs in place of the program, with a bug seeded into it."""
    guessed: bool = False
    """Whether its weights only stand in for those of a training, in a plan."""

    @property
    def spec(self) -> RunSpec:
        return self.task.spec

    @property
    def program(self) -> Program:
        """What runs."""
        return self.mutant or self.task.program

    @property
    def written(self) -> Program:
        """What is right by definition: claims compare with it."""
        return self.task.program

    @cached_property
    def model(self) -> QuantumModel:
        return self.train()

    @cached_property
    def exact(self) -> bool:
        """Whether the backend has exact values of this program, noise included, and may be asked for them."""
        return self.spec.suite.exact and self._has_exact

    @property
    def quiet(self) -> bool:
        """Whether what is drawn comes from the ideal circuit."""
        return self._has_exact and self.spec.noise.silent()

    @cached_property
    def _has_exact(self) -> bool:
        backend, spec = self.spec.backend, self.spec
        if backend.target().hardware:
            return False
        point = np.zeros((1, len(self.program.symbols)))
        return not backend.validate([Work(self.program, point, None, spec.seed, spec.noise)])

    def point(self, at: At, row: int) -> Array:
        """Symbols [1 × symbols] at a training row and at the weights before or after training, or at 0."""
        weights = np.zeros(len(self.program.weights))
        if at == "initial":
            weights = first_weights(self.task)
        elif at == "trained":
            weights = self.model.weights
        return np.concatenate([self.task.inputs[row], weights])[None]

    def guesses(self, at: At) -> bool:
        """Whether the point there is a stand-in for one that training will give."""
        return self.guessed and at == "trained"

    def row_mistakes(self, row: int) -> list[Mistake]:
        """A mistake where there is no such training row."""
        rows = len(self.task.inputs)
        why = f"there is no row {row}: the training part has {rows}."
        return [] if row < rows else [Mistake("row", why, f"allowed: 0 to {rows - 1}")]

    def work(self, program: Program, points: Array, shots: int | None, seed: int = 0) -> Work:
        """A work under the configured noise."""
        return Work(program, points, shots, seed, self.spec.noise)

    def values(self, program: Program, points: Array, shots: int | None = None, seed: int = 0) -> Array:
        """Expectation values [points × observables] on the configured backend; exact without shots."""
        return self.measured([self.work(program, points, shots, seed)], seed)[0]

    def measured(self, works: Sequence[Work], seed: int) -> list[Array]:
        """Expectation values of works [points × observables each] on the configured backend, in one request."""
        token = f"test-{seed}-{works[0].shots}"
        return [result.values for result in execute(self.task.session, works, token)]

    def ideal(self, program: Program, points: Array) -> Array:
        """Exact values without noise, in float64 on this machine, whatever the backend."""
        session = Qsim(precision="double").open()
        return execute(session, [Work(program, points)], "test-ideal")[0].values

    def untrained(self) -> Subject:
        """The same before any training, for plans: nothing is run for it."""
        task = self.task
        return replace(self, train=lambda: QuantumModel(task.spec, task.program, first_weights(task)), guessed=True)

"""A QuantumModel: what training leaves behind, and how it predicts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qmlops.config.spec import RunSpec
from qmlops.core.account import Account
from qmlops.core.backend import Backend, HoldsStates
from qmlops.core.budget import Budget
from qmlops.core.dataset import Preparation
from qmlops.core.noise import Noise
from qmlops.core.program import Program
from qmlops.core.work import Array
from qmlops.errors import DataError, RequestError
from qmlops.execute.run import execute
from qmlops.parts.objective import Classifies, FitsGram
from qmlops.parts.optimizer import State
from qmlops.train.gram import gram
from qmlops.train.support import Support
from qmlops.train.task import Task, make_task


@dataclass(frozen=True, eq=False)
class QuantumModel:
    """A program with its weights, and everything that stands between raw features and a class.

    Features are raw ones [rows × columns], in the order of `columns`; preparation and encoding
    belong to the model. Any backend can run it.
    """

    spec: RunSpec
    program: Program
    weights: Array
    preparation: Preparation | None = None
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    support: Support | None = None
    account: Account | None = field(default=None, repr=False)
    """The run's, while it evaluates its model; None: the model's own, with the budget of its config."""

    def predict(self, features: ArrayLike) -> NDArray[Any]:
        """The class of each row, by name. Raises DataError for features that do not fit."""
        names: NDArray[Any] = np.array(self.classes)[self.scores(features).argmax(axis=1)]
        return names

    def scores(self, features: ArrayLike) -> Array:
        """One score a class [rows × classes]; the largest wins."""
        if not self.classes:
            raise RequestError("This model minimises an energy and has no classes.\nUse model.values().")
        return self.scores_of(self.encode(features))

    def values(self, features: ArrayLike | None = None) -> Array:
        """Expectation values [rows × observables]; one row where the model takes no features."""
        task = self._task()
        work = task.work(self.encode(features), self.weights, "values")
        return execute(task.session, [work], "values")[0].values

    def state_vector(self, features: ArrayLike | None = None) -> NDArray[np.complexfloating]:
        """Final states [rows × 2^qubits], qubit 0 leftmost, without shots and noise."""
        task = self._task()
        if not isinstance(task.session, HoldsStates):
            raise RequestError("This backend shows no states.\nUse model.on(Qsim()).state_vector().")
        return task.session.states(task.work(self.encode(features), self.weights, "states"))

    def on(
        self,
        backend: Backend | None = None,
        shots: int | None = None,
        noise: Noise | None = None,
        seed: int | None = None,
        budget: Budget | None = None,
    ) -> QuantumModel:
        """The same model at another place; what is None stays, and `shots=0` means exact values."""
        changes: dict[str, Any] = {"backend": backend, "noise": noise, "seed": seed, "budget": budget}
        given = {name: value for name, value in changes.items() if value is not None}
        if shots is not None:
            given["shots"] = shots or None
        return replace(self, spec=replace(self.spec, **given))

    @property
    def encoded_support(self) -> Array:
        """The inputs that each row is compared with [rows × inputs]; none where the model is no kernel machine."""
        return np.zeros((0, 0)) if self.support is None else self.support.inputs

    def encode(self, features: ArrayLike | None) -> Array:
        """Inputs [rows × inputs] of raw features. Raises DataError for features that do not fit."""
        if self.preparation is None:
            return np.zeros((1, 0))
        try:
            rows = np.atleast_2d(np.asarray(features, dtype=np.float64))
        except (TypeError, ValueError, OverflowError):
            raise DataError(f"The features are no rows of {len(self.columns)} numbers each.") from None
        if rows.ndim != 2 or rows.shape[1] != len(self.columns) or not len(rows):
            raise DataError(f"The model takes {len(self.columns)} features a row, and got an array {rows.shape}.")
        if not np.all(np.isfinite(rows)):
            raise DataError("The features hold values that are not finite numbers.")
        return self.spec.encoder.encode(self.preparation(rows), self.program.width)

    def scores_of(self, inputs: Array) -> Array:
        """Scores of rows that are encoded already."""
        task, objective = self._task(), self.spec.objective
        if self.support is not None:
            assert isinstance(objective, FitsGram)
            similar, _ = gram(task, inputs, self.support.inputs, "predict")
            return objective.decide(similar, self.support.dual, self.support.intercept)
        assert isinstance(objective, Classifies)
        work = task.work(inputs, self.weights, "predict")
        return objective.scores(execute(task.session, [work], "predict")[0].values)

    def save(self, folder: str | Path) -> None:
        """Write the model into a folder; see `train.model_file`."""
        from qmlops.train.model_file import write

        write(self, Path(folder))

    @staticmethod
    def load(folder: str | Path) -> QuantumModel:
        """Read a model. Raises RunFolderError where a file is missing or was changed."""
        from qmlops.train.model_file import read

        return read(Path(folder))

    def _task(self) -> Task:
        return make_task(self.spec, self.program, None, self.account)


def model_of(task: Task, state: State | None = None, support: Support | None = None) -> QuantumModel:
    """The model that a task and its final state make."""
    weights = state.weights if state is not None else np.zeros(0)
    if task.split is None:
        return QuantumModel(task.spec, task.program, weights, account=task.account)
    split = task.split
    kept = (split.preparation, split.classes, split.columns)
    return QuantumModel(task.spec, task.program, weights, *kept, support, task.account)

"""The final scores of a model, with intervals, beside what classical methods reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from qmlops.core.dataset import Dataset, Labels, Split
from qmlops.core.observable import Observable, PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Result
from qmlops.errors import RequestError
from qmlops.execute.run import execute
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.noise.none import NoNoise
from qmlops.parts.objective import Classifies, Differentiable
from qmlops.parts.objective.energy import Energy
from qmlops.pipeline.baseline import classifiers, extreme_energy
from qmlops.pipeline.interval import bounded, share
from qmlops.train.model import QuantumModel
from qmlops.train.task import make_task

_GRID = 60


def evaluate(model: QuantumModel, split: Split | None) -> dict[str, Any]:
    """Metrics, intervals, baselines, and what the report draws."""
    return energies(model) if split is None else accuracies(model, split)


def accuracies(model: QuantumModel, split: Split) -> dict[str, Any]:
    """Accuracy on each part, confusion on the test part, boundary where there are two features."""
    predicted, loss = predictions(model, split)
    metrics, intervals = {"loss": loss}, {}
    for name, labels in predicted.items():
        hits = int(np.sum(labels == split.raw[name].labels))
        metrics[f"{name}_accuracy"] = hits / len(labels)
        intervals[f"{name}_accuracy"] = share(hits, len(labels))
    return {
        "metrics": metrics,
        "intervals": intervals,
        "baselines": classifiers(split, predicted["test"]),
        "confusion": {
            "classes": list(split.classes),
            "matrix": _confusion(split.test.labels, predicted["test"], len(split.classes)),
        },
        "boundary": _boundary(model, split) if len(split.columns) == 2 else None,
    }


def energies(model: QuantumModel) -> dict[str, Any]:
    """The energy at the final weights, and the exact one where it can be computed."""
    objective = model.spec.objective
    assert isinstance(objective, Energy)
    program, result = total_energy(model)
    energy = float(result.values[0, 0])
    exact = extreme_energy(program, objective.sign)
    metrics = {"energy": energy, "loss": objective.sign * energy}
    baselines = []
    if exact is not None:
        metrics["error"] = abs(energy - exact)
        if exact:
            metrics["ratio"] = energy / exact
        baselines.append({"name": "exact diagonalisation", "energy": exact})
    intervals = {}
    if model.spec.shots is not None:
        intervals["energy"] = bounded(energy, float(result.variances[0, 0]), model.spec.shots, _reach(program))
    return {"metrics": metrics, "intervals": intervals, "baselines": baselines, "confusion": None, "boundary": None}


def predictions(model: QuantumModel, split: Split) -> tuple[dict[str, Labels], float]:
    """The predicted classes of each part that has rows, and the loss: all that is sent for accuracies.

    The training part is measured once, for its loss (a kernel machine's is its share of errors) and its classes.
    """
    train, objective = split.raw["train"], model.spec.objective
    if isinstance(objective, Differentiable):
        assert isinstance(objective, Classifies)
        values = model.values(train.features)
        own, loss = objective.scores(values).argmax(axis=1), objective.loss(values, split.train.labels)[0]
    else:
        own = _labels(model, train)
        loss = float(np.mean(own != split.train.labels))
    others = {name: _labels(model, part) for name, part in split.raw.items() if name != "train" and len(part)}
    return {"train": own} | others, loss


def total_energy(model: QuantumModel) -> tuple[Program, Result]:
    """The program with the sum of its observables, and what was read of it: all that is sent for energies."""
    program = replace(model.program, observables=(_total(model.program.observables),))
    task = make_task(model.spec, program, None, model.account)
    return program, execute(task.session, [task.work(task.inputs, model.weights, "final")], "final")[0]


def _total(observables: tuple[Observable, ...]) -> Observable:
    """The sum of all observables as one, so that terms which are read together vary together."""
    if all(isinstance(item, PauliSum) for item in observables):
        return PauliSum(tuple(term for item in observables if isinstance(item, PauliSum) for term in item.terms))
    if len(observables) == 1:
        return observables[0]
    raise RequestError("An energy is the sum of Pauli sums, or one projector.")


def _reach(program: Program) -> tuple[float, float]:
    """The least and the largest value that a shot can read."""
    (total,) = program.observables
    if not isinstance(total, PauliSum):
        return 0.0, 1.0
    constant = sum(size for size, pauli in total.terms if not pauli)
    swing = sum(abs(size) for size, pauli in total.terms if pauli)
    return constant - swing, constant + swing


def _labels(model: QuantumModel, part: Dataset) -> Labels:
    labels: Labels = model.scores(part.features).argmax(axis=1)
    return labels


def _confusion(truth: Any, predicted: Any, classes: int) -> list[list[int]]:
    """Rows are true classes, columns predicted ones."""
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (truth, predicted), 1)
    return [[int(count) for count in row] for row in table]


def _boundary(model: QuantumModel, split: Split) -> dict[str, Any]:
    """The predicted class on a grid over the plane, exact and without noise or shots."""
    every = np.concatenate([part.features for part in split.raw.values()])
    margin = 0.08 * np.ptp(every, axis=0)
    low, high = every.min(axis=0) - margin, every.max(axis=0) + margin
    x, y = (np.linspace(low[axis], high[axis], _GRID) for axis in (0, 1))
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    quiet = model.on(backend=Qsim(), shots=0, noise=NoNoise())
    labels = quiet.scores(points).argmax(axis=1)
    return {
        "x": [float(low[0]), float(high[0])],
        "y": [float(low[1]), float(high[1])],
        "columns": list(split.columns),
        "labels": [[int(label) for label in row] for row in labels.reshape(_GRID, _GRID)],
        "points": {
            name: {"features": part.features.tolist(), "labels": part.labels.tolist()}
            for name, part in split.raw.items()
        },
    }

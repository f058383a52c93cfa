"""The effective dimension of a classifier: how much of its weights its predictions can tell apart.

Abbas et al. 2021, arXiv:2011.00027, from the classical Fisher information of the class probabilities.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qmlops.core.seed import stream
from qmlops.core.work import Array
from qmlops.errors import RequestError
from qmlops.parts.objective.classify import Classify
from qmlops.simulate import Engine, prepare
from qmlops.simulate.derived import jacobian
from qmlops.train.model import QuantumModel

_RESAMPLED = 400


@dataclass(frozen=True)
class EffectiveDimension:
    """Between 0 and the number of weights, roughly; `normed` is its share of them."""

    value: float
    interval: tuple[float, float]
    """95 %, by the bootstrap over the weights that were drawn; it does not know of what none of them met."""
    weights: int
    rows: int
    """The size of the data set that it is meant for."""

    @property
    def normed(self) -> float:
        return self.value / self.weights


def effective_dimension(
    model: QuantumModel, features: ArrayLike, rows: int | None = None, samples: int = 100, gamma: float = 1.0
) -> EffectiveDimension:
    """Of a model that classifies, over raw features [data × columns] and weights drawn uniformly by its seed.

    `rows` is the size of the data set that is meant; None: as many as there are features. Exact values
    without noise, on this machine; costs samples times data gradients. Raises RequestError for models
    without class probabilities or weights, and for data sets too small for the formula.
    """
    program, objective = model.program, model.spec.objective
    if not isinstance(objective, Classify) or not program.weights:
        raise RequestError("An effective dimension wants class probabilities and weights.\nUse objective=classify.")
    inputs = model.encode(features)
    meant = len(inputs) if rows is None else rows
    scale = resolution(meant, gamma)
    random, engine = stream(model.spec.seed, "effective dimension"), prepare(program, "double")
    drawn = random.uniform(0, 2 * np.pi, (samples, len(program.weights)))
    spectra = np.stack([np.linalg.eigvalsh(fisher(engine, objective, inputs, weights)) for weights in drawn])
    spectra = np.clip(spectra, 0, None)
    chosen = random.integers(samples, size=(_RESAMPLED, samples))
    again = np.array([dimension_of(spectra[some], scale) for some in chosen])
    low, high = np.quantile(again, (0.025, 0.975)).tolist()
    return EffectiveDimension(dimension_of(spectra, scale), (low, high), len(program.weights), meant)


def resolution(rows: int, gamma: float) -> float:
    """gamma rows / (2 pi log rows). Raises RequestError where it is no more than 1."""
    found = gamma * rows / (2 * math.pi * math.log(rows)) if rows > 1 else 0.0
    if found <= 1:
        raise RequestError(f"{rows} rows are too few for an effective dimension (gamma {gamma:g}).\nUse 20 or more.")
    return found


def fisher(engine: Engine, objective: Classify, inputs: Array, weights: Array) -> Array:
    """The Fisher information of the classes [weights × weights] at one set of weights, the mean over the data."""
    points = np.concatenate([inputs, np.tile(weights, (len(inputs), 1))], axis=1)
    chances = objective.chances(engine.values(points))
    slopes = jacobian(engine, points)
    rows, values, count = slopes.shape
    by_class = objective.scores(slopes.swapaxes(1, 2).reshape(-1, values)).reshape(rows, count, -1)
    apart = by_class - np.einsum("rwc,rc->rw", by_class, chances)[:, :, None]
    found: Array = np.einsum("rwc,rvc,rc->wv", apart, apart, chances, optimize=True) / rows
    return found


def dimension_of(spectra: Array, scale: float) -> float:
    """Of the eigenvalues [samples × weights] of Fisher informations, made to have the weights' number as mean trace."""
    count = spectra.shape[1]
    trace = float(spectra.sum(axis=1).mean())
    if not trace:
        return 0.0
    halves = 0.5 * np.log1p(scale * count / trace * spectra).sum(axis=1)
    most = float(halves.max())
    mean = most + math.log(float(np.mean(np.exp(halves - most))))
    return 2 * mean / math.log(scale)

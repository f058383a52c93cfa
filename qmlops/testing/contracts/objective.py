"""What every objective promises: a derivative that is one, or scores that a fit gives, and right classes on top.

CONTRACT holds for all of them; STEPPED for those with a loss, CLASSIFIER for those with a loss and scores,
FITTED for those that are fitted to a matrix of similarities.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from qmlops.core.dataset import Labels
from qmlops.core.work import Array
from qmlops.parts.objective import Classifies, Differentiable, FitsGram, Objective

SHAPES = ((7, 1, 2), (7, 2, 2), (9, 3, 3), (1, 4, 4))
"""Rows, observables and classes."""
_STEP = 1e-5


class Classifier(Differentiable, Classifies, Protocol):
    """A loss, and scores that it makes right."""


def drawn(rows: int, columns: int, classes: int) -> tuple[Array, Labels]:
    """Values in [-1, 1) and labels."""
    random = np.random.default_rng(rows * columns)
    return random.uniform(-1, 1, (rows, columns)), random.integers(0, classes, rows)


def is_stepped_or_fitted(objective: Objective) -> None:
    assert isinstance(objective, Differentiable) != isinstance(objective, FitsGram)


def has_the_derivative_of_its_loss_as_cotangent(objective: Differentiable) -> None:
    for shape in SHAPES:
        values, labels = drawn(*shape)
        before = values.copy()
        loss, slope = objective.loss(values, labels)
        np.testing.assert_array_equal(values, before)
        assert np.isfinite(loss) and slope.shape == values.shape
        for place in np.ndindex(*values.shape):
            high, low = values.copy(), values.copy()
            high[place] += _STEP
            low[place] -= _STEP
            numeric = (objective.loss(high, labels)[0] - objective.loss(low, labels)[0]) / (2 * _STEP)
            assert abs(slope[place] - numeric) <= 1e-7


def scores_the_right_class_highest_where_its_loss_is_least(objective: Classifier) -> None:
    for rows, columns, classes in SHAPES:
        labels = np.arange(rows) % classes
        right = np.where(labels[:, None] == np.arange(columns), 1.0, -1.0)
        scores = objective.scores(right)
        assert scores.shape == (rows, classes)
        np.testing.assert_array_equal(scores.argmax(axis=1), labels)
        assert objective.loss(right, labels)[0] < objective.loss(-right, labels)[0]


def decides_rows_by_their_likeness_to_those_it_was_fitted_to(objective: FitsGram) -> None:
    for classes in (2, 3):
        labels = np.arange(4 * classes) % classes
        gram = np.where(labels[:, None] == labels, 0.9, 0.1) + 0.1 * np.eye(len(labels))
        dual, intercept = objective.fit(gram, labels)
        assert dual.shape == (len(labels), len(intercept))
        scores = objective.decide(gram[:5], dual, intercept)
        assert scores.shape == (5, classes)
        np.testing.assert_array_equal(scores.argmax(axis=1), labels[:5])


CONTRACT = (is_stepped_or_fitted,)
STEPPED = (has_the_derivative_of_its_loss_as_cotangent,)
CLASSIFIER = (scores_the_right_class_highest_where_its_loss_is_least,)
FITTED = (decides_rows_by_their_likeness_to_those_it_was_fitted_to,)

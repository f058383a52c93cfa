"""What every objective promises: a derivative that is one, and scores that pick classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qmlops.compile.program import compile_program
from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.core.observable import PauliSum
from qmlops.errors import ConfigError
from qmlops.parts.objective import Differentiable, FitsGram
from qmlops.parts.objective.energy import Energy
from qmlops.parts.objective.kernel import Kernel

SHAPES = [(7, 1, 2), (7, 2, 2), (9, 3, 3), (1, 4, 4)]


def drawn(rows: int, columns: int, classes: int) -> tuple[Any, Any]:
    random = np.random.default_rng(rows * columns)
    return random.uniform(-1, 1, (rows, columns)), random.integers(0, classes, rows)


def test_an_objective_is_stepped_or_fitted(part: Any, objective_kind: str) -> None:
    objective = part("objective", objective_kind)
    assert isinstance(objective, Differentiable) != isinstance(objective, FitsGram)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_cotangent_is_the_derivative_of_the_loss(part: Any, stepped_kind: str, shape: Any) -> None:
    objective = part("objective", stepped_kind)
    values, labels = drawn(*shape)
    before = values.copy()
    loss, slope = objective.loss(values, labels)
    np.testing.assert_array_equal(values, before)
    assert slope.shape == values.shape
    for place in np.ndindex(*values.shape):
        high, low = values.copy(), values.copy()
        high[place] += 1e-5
        low[place] -= 1e-5
        numeric = (objective.loss(high, labels)[0] - objective.loss(low, labels)[0]) / 2e-5
        assert slope[place] == pytest.approx(numeric, abs=1e-7)
    assert np.isfinite(loss)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_right_class_scores_highest_where_the_loss_is_least(
    part: Any, stepped_classifier_kind: str, shape: Any
) -> None:
    objective = part("objective", stepped_classifier_kind)
    rows, columns, classes = shape
    labels = np.arange(rows) % classes
    right = np.where(labels[:, None] == np.arange(columns), 1.0, -1.0)
    assert objective.scores(right).shape == (rows, classes)
    np.testing.assert_array_equal(objective.scores(right).argmax(axis=1), labels)
    assert objective.loss(right, labels)[0] < objective.loss(-right, labels)[0]


def test_a_request_without_data_or_with_too_few_observables_is_refused(part: Any, objective_kind: str) -> None:
    objective = part("objective", objective_kind)
    one = (PauliSum.parse("Z0"),)
    if isinstance(objective, Energy):
        assert [item.path for item in objective.mistakes(one, 2)] == ["objective"]
        assert objective.mistakes(one, 0) == []
    else:
        assert [item.path for item in objective.mistakes(one, 0)] == ["objective"]
        assert objective.mistakes(one, 2) == []


def test_maximising_turns_the_sign_of_the_loss_and_of_its_slope() -> None:
    values, labels = drawn(3, 2, 2)
    up, down = Energy(sense="maximise").loss(values, labels), Energy().loss(values, labels)
    assert up[0] == pytest.approx(-values.sum() / 3)
    assert down[0] == -up[0]
    np.testing.assert_array_equal(up[1], -down[1])


@pytest.mark.parametrize("classes", [2, 3])
def test_a_kernel_machine_decides_as_scikit_learn_does(classes: int) -> None:
    from sklearn.datasets import load_iris
    from sklearn.metrics.pairwise import rbf_kernel
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import SVC

    features, labels = load_iris(return_X_y=True)
    rows = labels < classes
    features, labels = features[rows], labels[rows]
    gram = rbf_kernel(features, gamma=0.5)
    machine = Kernel(cost=2.0)
    scores = machine.decide(gram, *machine.fit(gram, labels))
    assert scores.shape == (len(labels), classes)
    expected = OneVsRestClassifier(SVC(gamma=0.5, C=2.0)).fit(features, labels).predict(features)
    np.testing.assert_array_equal(scores.argmax(axis=1), expected)


def test_a_batch_is_refused_where_all_rows_are_fitted_at_once() -> None:
    composed = compose(["+experiment=iqp_kernel", "data.batch=8", "tracker=none"])
    spec = build(composed.config, list(composed.mistakes))
    with pytest.raises(ConfigError) as refusal:
        compile_program(spec, spec.data.load(1))
    assert [item.path for item in refusal.value.mistakes] == ["data.batch"]

"""Every objective keeps its contract, and refuses what it cannot be used for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from qmlops.compile.program import compile_program
from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.core.observable import PauliSum
from qmlops.errors import ConfigError
from qmlops.parts.objective.classify import Classify
from qmlops.parts.objective.energy import Energy
from qmlops.parts.objective.kernel import Kernel
from qmlops.testing.contracts import objective as contract


def named(promise: Callable[..., None]) -> str:
    return promise.__name__


@pytest.mark.parametrize("promise", contract.CONTRACT, ids=named)
def test_the_contract(part: Any, objective_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("objective", objective_kind))


@pytest.mark.parametrize("promise", contract.STEPPED, ids=named)
def test_the_contract_of_a_loss(part: Any, stepped_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("objective", stepped_kind))


@pytest.mark.parametrize("promise", contract.CLASSIFIER, ids=named)
def test_the_contract_of_a_classifier(part: Any, stepped_classifier_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("objective", stepped_classifier_kind))


@pytest.mark.parametrize("promise", contract.FITTED, ids=named)
def test_the_contract_of_what_is_fitted(part: Any, fitted_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("objective", fitted_kind))


class Half(Classify):
    def loss(self, values: Any, labels: Any) -> Any:
        loss, slope = super().loss(values, labels)
        return loss, slope / 2


class Turned(Classify):
    def scores(self, values: Any) -> Any:
        return -super().scores(values)


class Stubborn(Kernel):
    def decide(self, gram: Any, dual: Any, intercept: Any) -> Any:
        return np.zeros_like(super().decide(gram, dual, intercept))


def test_each_promise_notices_an_objective_that_breaks_it() -> None:
    broken = {contract.CONTRACT: object(), contract.STEPPED: Half(), contract.CLASSIFIER: Turned()}
    for promises, objective in (broken | {contract.FITTED: Stubborn()}).items():
        for promise in promises:
            with pytest.raises(AssertionError):
                promise(objective)


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
    values, labels = contract.drawn(3, 2, 2)
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

"""Every choice of gradient keeps its contract; which rule is chosen, and what rules cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from qmlops.core.work import Array, Pullback, Result, Work
from qmlops.errors import ConfigError
from qmlops.execute.run import differentiate
from qmlops.parts.backend.density import Density
from qmlops.parts.backend.qsim import Qsim
from qmlops.parts.gradient.parameter_shift import ParameterShift, terms
from qmlops.parts.noise.depolarising import Depolarising
from qmlops.testing.contracts import gradient as contract
from qmlops.testing.contracts.gradient import COTANGENT, POINTS, program

STATISTICAL = {"spsa": {"directions": 10_000, "distance": 1e-3}}
"""Kinds that are right on average only, with what makes their average good."""
PROMISES = pytest.mark.parametrize("promise", contract.CONTRACT, ids=lambda promise: promise.__name__)


@PROMISES
def test_the_contract(part: Any, gradient_kind: str, promise: Callable[..., None]) -> None:
    good = STATISTICAL.get(gradient_kind, {}) if promise is contract.differentiates_every_use_of_a_weight else {}
    promise(part("gradient", gradient_kind, **good), slack=0.15 if gradient_kind in STATISTICAL else 1e-6)


def test_adjoint_alone_refuses_shots(part: Any, gradient_kind: str) -> None:
    work = Work(program(), POINTS, shots=10)
    if gradient_kind == "adjoint":
        with pytest.raises(ConfigError):
            differentiate(Qsim().open(), part("gradient", gradient_kind), [work], "t")
    else:
        assert differentiate(Qsim().open(), part("gradient", gradient_kind), [work], "t")[0].shots > 0


@dataclass(frozen=True)
class Broken(ParameterShift):
    """Breaks the promises in turn: only half of each derivative, and draws of another seed each time."""

    how: int = 0
    calls: list[int] = field(default_factory=list)

    def construct(self, work: Work) -> list[Work]:
        self.calls.append(1)
        found = super().construct(work)
        return [replace(item, seed=len(self.calls)) for item in found] if self.how == 1 else found

    def combine(self, work: Work, results: Sequence[Result]) -> tuple[Array, Pullback]:
        values, pullback = super().combine(work, results)
        return values, (lambda cotangent: pullback(cotangent) / 2) if self.how == 0 else pullback


@pytest.mark.parametrize("how", range(len(contract.CONTRACT)))
def test_each_promise_notices_a_gradient_that_breaks_it_alone(how: int) -> None:
    for number, promise in enumerate(contract.CONTRACT):
        if number == how:
            with pytest.raises(AssertionError):
                promise(Broken(how=how))
        else:
            promise(Broken(how=how))


def test_auto_shifts_exactly_where_the_session_cannot_differentiate(part: Any) -> None:
    auto, exact = part("gradient", "auto"), Work(program(), POINTS)
    noisy = Work(program(), POINTS, noise=Depolarising())
    assert auto.rule(Qsim().open(), exact) is None
    assert isinstance(auto.rule(Density().open(), exact), ParameterShift)
    assert isinstance(auto.rule(Qsim().open(), Work(program(), POINTS, shots=10)), ParameterShift)
    assert isinstance(auto.rule(Qsim().open(), noisy), ParameterShift)


def test_parameter_shift_differentiates_noisy_values() -> None:
    noise = Depolarising(0.05, 0.1)
    session = Density().open()
    found = differentiate(session, ParameterShift(), [Work(program(), POINTS, noise=noise)], "t")[0].pullback(COTANGENT)

    def loss(points: Any) -> Any:
        return np.sum(COTANGENT * session.run(Work(program(), points, noise=noise)).values, axis=1)  # type: ignore[attr-defined]

    for column in (0, 1):
        move = 1e-5 * np.eye(3)[1 + column]
        np.testing.assert_allclose(found[:, column], (loss(POINTS + move) - loss(POINTS - move)) / 2e-5, atol=1e-6)


@pytest.mark.parametrize("frequencies", [(1.0,), (0.5,), (0.5, 1.0), (1.0, 2.0), (1.0, 2.0, 3.0)])
def test_shifts_differentiate_every_wave_of_their_frequencies(frequencies: tuple[float, ...]) -> None:
    for wave in frequencies:
        for phase in (0.0, 0.4, 1.7):
            slope = sum(factor * np.sin(np.pi * wave * by + phase) for by, factor in terms(frequencies))
            assert slope == pytest.approx(np.pi * wave * np.cos(phase))
    assert sum(factor for _, factor in terms(frequencies)) == pytest.approx(0)


def test_rotations_cost_two_shifts_and_controlled_ones_four() -> None:
    (work,) = ParameterShift().construct(Work(program(), POINTS))
    assert len(work.points) == len(POINTS) * (1 + 2 + 4 + 2 + 2)

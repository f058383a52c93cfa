"""Whether the gradient that training uses is the gradient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, cast

import numpy as np

from qmlops.core.backend import Differentiates
from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.testing.claim.by_mean import by_exact, by_samples, samples
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.derivative import (
    alone,
    configured,
    derivative,
    derivative_mistakes,
    estimates,
    is_random,
    less,
    own_derivative,
    true_derivative,
)
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter
from qmlops.testing.statistic.bounded import certain
from qmlops.testing.statistic.mean import MeanTest
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Verdict


@dataclass(frozen=True)
class GradientBias:
    """The configured gradient has the derivative of the ideal circuit as its mean.

    A rule that draws directions at random is asked many times; what is random in it is a sample.
    """

    category: ClassVar = "quantum"

    weight: int = option(0, "which weight, by its place in the program", least=0)
    observable: int = option(0, "which observable of the readout", least=0)
    effect: float = option(0.05, "smallest error of the derivative worth noticing", unit="1/rad", above=0)
    at: At = option("initial", AT)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        return subject.row_mistakes(self.row) + derivative_mistakes(subject, self.weight, self.observable)

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        program, point = alone(subject, self.observable), subject.point(self.at, self.row)
        rule = configured(subject, program, point)
        if rule is None:
            return []
        found = derivative(subject, program, point, self.weight, rule, subject.spec.seed)
        drawn, right = is_random(rule, program, point), replace(program, circuit=subject.written.circuit)
        if not drawn and found.known:
            return []
        test = self._test(found, level, drawn, true_derivative(subject, right, point, self.weight))
        if certain(test) and not subject.guesses(self.at):
            return []
        schedule = level.schedule(test, samples(found, test, level))
        if not drawn:
            return found.requests(schedule)
        (one,) = found.requests([1])
        shots = None if subject.exact else 1
        return [
            [replace(item, points=np.repeat(item.points, more, axis=0), shots=shots) for item in one]
            for more in np.diff([0, *schedule])
        ]

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        program, point = alone(subject, self.observable), subject.point(self.at, self.row)
        right = replace(program, circuit=subject.written.circuit)
        rule, truth = configured(subject, program, point), true_derivative(subject, right, point, self.weight)
        what = f"d<{program.observables[0]}>/d{program.weights[self.weight]} less its true {truth:.4g}"
        if rule is None:
            own = own_derivative(cast(Differentiates, subject.task.session), program, point, self.weight)
            return by_exact(own - truth, 0.0, self.effect, 2, what)
        found = derivative(subject, program, point, self.weight, rule, seed)
        if is_random(rule, program, point):
            source = less(estimates(subject, program, point, self.weight, rule, seed), truth)
            verdict = by_samples(found, self._test(found, level, True, truth), source, level, seed, what)
            return replace(verdict, shots=0) if subject.exact else verdict
        if found.known:
            return by_exact(found.exact()[0] - truth, 0.0, self.effect, 2, what)
        test = self._test(found, level, False, truth)
        return by_samples(found, test, less(found.source(seed), truth), level, seed, what)

    def _test(self, found: Meter, level: Level, is_random: bool, truth: float) -> MeanTest:
        """Of the error. The signs of a random rule change with its seed, and with them the reach."""
        low, high = found.reach
        if is_random:
            low, high = -max(-low, high), max(-low, high)
        return MeanTest(0.0, self.effect, low - truth, high - truth, level.alpha, level.beta, looks=level.looks)

"""Whether a derivative stands out of its shot noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.testing.claim.by_mean import by_samples, sampled
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.derivative import derivative_mistakes, shot_noise, times
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter
from qmlops.testing.statistic.mean import MeanTest, Source
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Verdict, exactly

_TINY = 1e-12


@dataclass(frozen=True)
class GradientSnr:
    """With `shots` a circuit, |derivative| / its standard deviation over shots is at least `at_least`.

    A step along a derivative below 1 is mostly a random walk. Where it is sampled, the deviation and
    the sign are those of the ideal circuit, and the derivative alone is drawn.
    """

    category: ClassVar = "quantum"

    weight: int = option(0, "which weight, by its place in the program", least=0)
    observable: int = option(0, "which observable of the readout", least=0)
    shots: int = option(1000, "shots of each circuit of the rule", unit="shots", least=1)
    at_least: float = option(1.0, "the ratio that is claimed", above=0)
    effect: float = option(0.5, "smallest shortfall worth noticing, as a share of at_least", above=0, most=1)
    at: At = option("initial", AT)
    row: int = row()
    alpha: float | None = alpha()
    power: float | None = power()

    def __post_init__(self) -> None:
        validate(self)

    def mistakes(self, subject: Subject) -> list[Mistake]:
        return subject.row_mistakes(self.row) + derivative_mistakes(subject, self.weight, self.observable)

    def requests(self, subject: Subject, level: Level) -> list[list[Work]]:
        meter = shot_noise(subject, self.observable, self.weight, self.at, self.row)
        if meter.known:
            return []
        return sampled(meter, self._test(meter, level, 0)[0], level)

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        meter = shot_noise(subject, self.observable, self.weight, self.at, self.row)
        if meter.known:
            mean, variance = meter.exact()
            found = abs(mean) / _noise(variance, self.shots)
            reason = f"With {self.shots:,} shots a circuit |{mean:.3g}| is {found:.3g} standard deviations."
            return exactly(found > self.at_least * (1 - self.effect), reason, found - self.at_least)
        what = f"With {self.shots:,} shots a circuit, the derivative's size"
        return by_samples(meter, *self._test(meter, level, seed), level, seed, what)

    def _test(self, meter: Meter, level: Level, seed: int) -> tuple[MeanTest, Source]:
        """Of the derivative in the direction that the ideal circuit gives it."""
        mean, variance = meter.ideal()
        sign = 1.0 if mean >= 0 else -1.0
        claimed = self.at_least * _noise(variance, self.shots)
        low, high = sorted(sign * end for end in meter.reach)
        test = MeanTest(claimed, self.effect * claimed, low, high, level.alpha, level.beta, 1, level.looks)
        return test, times(meter.source(seed), sign)


def _noise(variance: float, shots: int) -> float:
    """The standard deviation of a mean of so many shots."""
    return math.sqrt(max(variance, _TINY) / shots)

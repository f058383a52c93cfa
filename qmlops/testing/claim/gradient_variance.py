"""How noisy a derivative is at so many shots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qmlops.core.option import option, validate
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.testing.claim.by_mean import beyond
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.derivative import derivative_mistakes, in_pairs, shot_noise
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter
from qmlops.testing.statistic.bounded import certain
from qmlops.testing.statistic.mean import MeanTest
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Outcome, Verdict, exactly


@dataclass(frozen=True)
class GradientVariance:
    """With `shots` a circuit, the variance of a derivative over shots is at most `at_most`."""

    category: ClassVar = "quantum"

    weight: int = option(0, "which weight, by its place in the program", least=0)
    observable: int = option(0, "which observable of the readout", least=0)
    shots: int = option(1000, "shots of each circuit of the rule", unit="shots", least=1)
    at_most: float = option(0.001, "the variance that is claimed", unit="1/rad²", above=0)
    effect: float = option(0.5, "smallest excess worth noticing, as a share of at_most", above=0)
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
        if meter.known or certain(self._test(meter, level)):
            return []
        schedule = level.schedule(self._test(meter, level), self._pairs(meter, level))
        return meter.requests([2 * pairs for pairs in schedule])

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        meter = shot_noise(subject, self.observable, self.weight, self.at, self.row)
        if meter.known:
            found = meter.exact()[1] / self.shots
            reason = f"With {self.shots:,} shots a circuit the variance is {found:.3g}; {self.at_most:.3g} is claimed."
            return exactly(found < self.at_most * (1 + self.effect), reason, found - self.at_most)
        return self.decided(meter, level, seed)

    def decided(self, meter: Meter, level: Level, seed: int) -> Verdict:
        """The verdict on samples of the derivative."""
        test = self._test(meter, level)
        if certain(test):
            return beyond(test, "Minus half the squared difference of two shots")
        source = in_pairs(meter.source(seed), _minus_variance, seed)
        decision = test.decide(source, self._pairs(meter, level))
        low, high = sorted(max(0.0, -end / self.shots) for end in decision.interval)
        told: dict[Outcome, str] = {
            "pass": f"{self.at_most * (1 + self.effect):.3g} or more is ruled out",
            "fail": f"{self.at_most:.3g} or less is ruled out",
            "inconclusive": f"more shots would tell it from {self.at_most:.3g}",
        }
        told_of = f"With {self.shots:,} shots a circuit the variance is {low:.3g} to {high:.3g}"
        reason = f"{told_of}; {told[decision.outcome]}."
        return Verdict(
            decision.outcome,
            reason,
            -decision.mean / self.shots - self.at_most,
            (low - self.at_most, high - self.at_most),
            e_value=decision.e_value,
            shots=2 * decision.shots * len(meter.readings),
            seed=seed,
        )

    def _test(self, meter: Meter, level: Level) -> MeanTest:
        """Of minus the variance of one shot, half the square of the difference of two."""
        low, high = meter.reach
        claimed = self.at_most * self.shots
        bounds = -((high - low) ** 2) / 2, 0.0
        return MeanTest(-claimed, claimed * self.effect, *bounds, level.alpha, level.beta, 1, level.looks)

    def _pairs(self, meter: Meter, level: Level) -> int:
        return max(1, min(self._test(meter, level).most, level.shots // (2 * len(meter.readings))))


def _minus_variance(first: Array, second: Array) -> Array:
    return -((first - second) ** 2) / 2

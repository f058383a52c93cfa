"""How noisy a derivative is at so many shots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qmlops.core.option import option, validate
from qmlops.core.work import Array, Work
from qmlops.errors import Mistake
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.derivative import derivative_mistakes, in_pairs, shot_noise
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter
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

    def works(self, subject: Subject, level: Level) -> tuple[Work, ...]:
        if subject.exact:
            return ()
        meter = shot_noise(subject, self.observable, self.weight, self.at, self.row)
        return meter.works(2 * self._pairs(meter, level))

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        meter = shot_noise(subject, self.observable, self.weight, self.at, self.row)
        if subject.exact:
            found = meter.exact()[1] / self.shots
            reason = f"With {self.shots:,} shots a circuit the variance is {found:.3g}; {self.at_most:.3g} is claimed."
            return exactly(found < self.at_most * (1 + self.effect), reason, found - self.at_most)
        source = in_pairs(meter.source(seed), _minus_variance, seed)
        decision = self._test(meter, level).decide(source, self._pairs(meter, level))
        low, high = sorted(-end / self.shots for end in decision.interval)
        told: dict[Outcome, str] = {"pass": "more is ruled out", "fail": "and ruled out", "inconclusive": "unsettled"}
        reason = f"The variance is {low:.3g} to {high:.3g}; {self.at_most:.3g} is claimed, {told[decision.outcome]}."
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
        return MeanTest(-claimed, claimed * self.effect, *bounds, level.alpha, level.beta, sides=1)

    def _pairs(self, meter: Meter, level: Level) -> int:
        return max(1, min(self._test(meter, level).most, level.shots // (2 * len(meter.readings))))


def _minus_variance(first: Array, second: Array) -> Array:
    return -((first - second) ** 2) / 2

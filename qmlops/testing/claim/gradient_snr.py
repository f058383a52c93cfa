"""Whether a derivative stands out of its shot noise."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar

from qmlops.core.option import option, validate
from qmlops.core.work import Work
from qmlops.errors import Mistake
from qmlops.testing.claim.by_mean import by_samples, sampled
from qmlops.testing.claim.field import AT, alpha, power, row
from qmlops.testing.derivative import derivative_mistakes, shot_noise, times
from qmlops.testing.level import Level
from qmlops.testing.meter import Meter
from qmlops.testing.statistic.deviation import bounds, size
from qmlops.testing.statistic.mean import MeanTest
from qmlops.testing.subject import At, Subject
from qmlops.testing.verdict import Verdict, exactly

_TINY = 1e-6
_PART = 0.25
"""Of alpha and beta, for the bounds of a deviation that is not known."""


@dataclass(frozen=True)
class GradientSnr:
    """With `shots` a circuit, |derivative| / its standard deviation over shots is at least `at_least`.

    A step along a derivative below 1 is mostly a random walk. Where it is sampled, the sign is that of the
    ideal circuit, and so is the deviation without noise; else a first part of the shots bounds it.
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
        deviation, whole = math.sqrt(meter.ideal()[1]), max(2, level.shots // len(meter.readings))
        test = self._test(meter, deviation, deviation, level)
        if subject.guesses(self.at):
            # At other weights it may take all that it may draw.
            parts = [whole] if subject.quiet else [whole // 2, whole // 2]
            return [request for part in parts for request in meter.requests(level.schedule(test, part))]
        if subject.quiet:
            return sampled(meter, test, level)
        rest = self._rest(meter, level)
        schedule = rest.schedule(self._test(meter, deviation, deviation, rest), rest.shots // len(meter.readings))
        return [*meter.requests([self._first(meter, level)]), *meter.requests(schedule)]

    def check(self, subject: Subject, level: Level, seed: int) -> Verdict:
        meter = shot_noise(subject, self.observable, self.weight, self.at, self.row)
        if meter.known:
            mean, variance = meter.exact()
            found = abs(mean) / _noise(math.sqrt(variance), self.shots)
            reason = f"With {self.shots:,} shots a circuit |{mean:.3g}| is {found:.3g} standard deviations."
            return exactly(found > self.at_least * (1 - self.effect), reason, found - self.at_least)
        return self.decided(meter, subject.quiet, level, seed)

    def decided(self, meter: Meter, quiet: bool, level: Level, seed: int) -> Verdict:
        """The verdict on samples of the derivative; `quiet` says that they are those of the ideal circuit."""
        mean, variance = meter.ideal()
        source, drawn = times(meter.source(seed), 1.0 if mean >= 0 else -1.0), 0
        low = high = math.sqrt(variance)
        if not quiet:
            drawn, (least, most) = self._first(meter, level), meter.reach
            values, counts = source(drawn)
            chance = _PART / 2 * min(level.alpha, level.beta)
            low, high = bounds(values, counts, most - least, chance, chance)
            level = self._rest(meter, level)
        test, first = self._test(meter, low, high, level), drawn * len(meter.readings)
        what = f"With {self.shots:,} shots a circuit, the derivative's size"
        if test.effect <= 0:
            reason = f"{what} was not looked at: its deviation, {low:.3g} to {high:.3g}, wants more shots."
            return Verdict("inconclusive", reason, shots=first, seed=seed)
        found = by_samples(meter, test, source, level, seed, what)
        return self._in_deviations(replace(found, shots=found.shots + first), test, low, high)

    def _in_deviations(self, found: Verdict, test: MeanTest, low: float, high: float) -> Verdict:
        """The same with the effect and its interval as ratios."""
        if found.effect is None or found.interval is None:
            return found
        noises = _noise(low, self.shots), _noise(high, self.shots)
        ends = [(test.value + end) / noise for end in found.interval for noise in noises]
        ratio = 2 * (test.value + found.effect) / sum(noises)
        interval = min(ends) - self.at_least, max(ends) - self.at_least
        reason = f"{found.reason[:-1]}; that is about {ratio:.3g} of its standard deviations."
        return replace(found, effect=ratio - self.at_least, interval=interval, reason=reason)

    def _test(self, meter: Meter, low: float, high: float, level: Level) -> MeanTest:
        """Of the derivative in the direction of the ideal circuit's, where its deviation over shots is from `low`
        to `high`: the null is what is claimed of the lower one, and the effect what is noticed of the higher."""
        value = self.at_least * _noise(low, self.shots)
        effect = value - (1 - self.effect) * self.at_least * _noise(high, self.shots)
        sign = 1.0 if meter.ideal()[0] >= 0 else -1.0
        least, most = sorted(sign * end for end in meter.reach)
        return MeanTest(value, effect, least, most, level.alpha, level.beta, 1, level.looks)

    def _first(self, meter: Meter, level: Level) -> int:
        """Samples that bound the deviation well enough, as far as the ideal one tells, within half of all shots."""
        low, high = meter.reach
        within = max(self.effect / 4 * math.sqrt(meter.ideal()[1]), 1e-3 * (high - low))
        wanted = size(high - low, within, _PART / 2 * min(level.alpha, level.beta))
        return max(2, min(wanted, level.shots // (2 * len(meter.readings))))

    def _rest(self, meter: Meter, level: Level) -> Level:
        """What is left of a level where the deviation is bounded first: so closely that the effect keeps half of its
        size, and takes four times the shots."""
        looks = None if level.looks is None else level.looks - 1
        left = Level((1 - _PART) * level.alpha, 1 - (1 - _PART) * level.beta, level.shots // 2, looks)
        deviation, each = math.sqrt(meter.ideal()[1]), len(meter.readings)
        wanted = 4 * each * self._test(meter, deviation, deviation, left).most
        return replace(left, shots=max(each, min(left.shots, wanted)))


def _noise(deviation: float, shots: int) -> float:
    """The standard deviation of a mean of so many shots."""
    return max(deviation, _TINY) / math.sqrt(shots)

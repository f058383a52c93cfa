"""A sequential test of the mean of bounded values, by betting.

That the wealth of a gambler against a mean ever exceeds 1/alpha has a chance of at most alpha,
wherever one stops (Ville 1939), whatever the distribution of the values. Accepting takes two of them,
against either end of what is worth noticing: the two one-sided tests of Schuirmann (1987).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from qmlops.core.work import Array
from qmlops.testing.statistic.bounded import ends
from qmlops.testing.statistic.looks import halvings
from qmlops.testing.statistic.standing import standing
from qmlops.testing.statistic.wealth import Counts, Sequence, Tally, Wealth
from qmlops.testing.verdict import Outcome

Source = Callable[[int], tuple[Array, Counts]]
"""Draws so many more values: the distinct ones, and how often each came."""
_FIRST = 16
_LARGEST = 0.25
"""No variance of values in [0, 1] is larger."""


@dataclass(frozen=True)
class MeanDecision:
    """How a test of a mean ended."""

    outcome: Outcome
    e_value: float | None
    """Against the null; None where there is a p-value."""
    mean: float
    interval: tuple[float, float]
    """Of the mean, at confidence 1 - alpha wherever one stops, and without what the outcome rules out."""
    shots: int
    p_value: float | None = None
    """Of the null, by the test's own ways to stop; None where it was ended before it decided."""


@dataclass(frozen=True)
class MeanTest:
    """Null: the mean is `value`; with `sides` 1: it is at least `value`. Values lie in [low, high].

    Rejects a true null with a chance of at most `alpha`, and accepts with a chance of at most `beta`
    where the mean is `effect` or more away (below, with `sides` 1). In between either may happen.
    """

    value: float
    effect: float
    low: float
    high: float
    alpha: float
    beta: float
    sides: int = 2
    looks: int | None = None
    """At most so many; None: one each eighth more."""

    @cached_property
    def fixed(self) -> int:
        """Shots of a test of fixed size: the normal approximation with the largest variance."""
        from scipy.stats import norm

        quantiles = float(norm.isf(self.alpha / self.sides) + norm.isf(self.beta))
        return math.ceil(quantiles**2 * _LARGEST / self._away**2)

    @property
    def most(self) -> int:
        """Shots after which the test gives up: four times the fixed size."""
        return 4 * self.fixed

    def schedule(self, most: int) -> list[int]:
        """Shots in all at each look, the last of them `most`."""
        if self.looks is not None:
            return halvings(most, self.looks)
        looks = [min(_FIRST, most)]
        while looks[-1] < most:
            looks.append(min(looks[-1] + max(_FIRST, looks[-1] // 8), most))
        return looks

    def decide(self, source: Source, most: int) -> MeanDecision:
        """Draw up to each look in turn, until one side is ruled out or `most` shots are gone.

        Wants that nothing is `certain`.
        """
        null = self._unit(self.value)
        against = [Wealth(null, end) for end in self._ends]
        # A mean outside the range of the values is no mean, and needs no ruling out.
        favour = [Wealth(end, null) for end in self._ends if 0 <= end <= 1]
        sequence, tally = Sequence(self.alpha), Tally()
        for look in self.schedule(most):
            values, counts = source(look - tally.shots)
            unit = (values - self.low) / (self.high - self.low)
            for wealth in (*against, *favour):
                wealth.bet(tally, unit, counts)
            sequence.bet(tally, unit, counts)
            tally = tally.plus(unit, counts)
            evidence = _mean_of([wealth.log for wealth in against])
            if evidence >= -math.log(self.alpha):
                return self._ended("fail", evidence, tally, sequence)
            if min(wealth.log for wealth in favour) >= -math.log(self.beta):
                return self._ended("pass", evidence, tally, sequence)
        return self._ended("inconclusive", evidence, tally, sequence)

    def _ended(self, outcome: Outcome, evidence: float, tally: Tally, sequence: Sequence) -> MeanDecision:
        reach = self.high - self.low
        low, high = (self.low + reach * end for end in sequence.interval())
        mean = self.low + reach * tally.mean
        interval = standing(outcome, (low, high), mean, self.value, ends(self))
        return MeanDecision(outcome, math.exp(min(evidence, 700.0)), mean, interval, tally.shots)

    @property
    def _away(self) -> float:
        return self.effect / (self.high - self.low)

    @property
    def _ends(self) -> tuple[float, ...]:
        """The same in parts of the reach; one of them at least is inside [0, 1]."""
        return tuple(self._unit(end) for end in ends(self))

    def _unit(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)


def _mean_of(logs: list[float]) -> float:
    """Logarithm of the mean of numbers of which the logarithms are given."""
    top = max(logs)
    return top + math.log(sum(math.exp(log - top) for log in logs) / len(logs))

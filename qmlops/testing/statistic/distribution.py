"""A sequential test of a distribution over many outcomes, in total-variation distance.

The distance D of the observed frequencies to the expected ones moves by at most 1/n with one shot,
so that it stays within sqrt(ln(1/a) / 2n) of its mean with a chance of 1 - a on either side
(McDiarmid 1989), whatever the distribution and however thin its cells. Under the null that mean is known exactly
(de Moivre 1730); under a distribution at distance delta it is at least delta, as D is convex. The
first rejects, the second accepts. Both hold at every look, with their chances divided over the looks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from qmlops.core.work import Array
from qmlops.testing.statistic.looks import halvings
from qmlops.testing.statistic.standing import standing
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.verdict import Outcome

Source = Callable[[int], Counts]
"""Draws so many more shots: how often each outcome came."""
_LOOKS = 6
_LAST = 0.5
"""The share of alpha and beta that the last look may spend."""


@dataclass(frozen=True)
class DistributionDecision:
    """How a test of a distribution ended."""

    outcome: Outcome
    p_value: float
    """Of the null, corrected for all looks."""
    distance: float
    """Total-variation distance of the observed frequencies; larger than the true one on average."""
    interval: tuple[float, float]
    """Of the true distance, at confidence 1 - alpha, and without what the outcome rules out."""
    shots: int


@dataclass(frozen=True, eq=False)
class DistributionTest:
    """Null: outcomes come with the chances `expected` [outcomes], which sum to 1.

    Rejects a true null with a chance of at most `alpha`, and accepts a distribution whose
    total-variation distance is `effect` or more with a chance of at most `beta`.
    """

    expected: Array = field(repr=False)
    effect: float
    alpha: float
    beta: float
    looks: int | None = None
    """At most so many; more than six do not help."""

    @cached_property
    def most(self) -> int:
        """Shots of the last look, at which one side is always ruled out."""
        rough = 0.5 * float(np.sum(np.sqrt(self.expected * (1 - self.expected))))
        sure = sum(math.sqrt(-math.log(_LAST * chance) / 2) for chance in (self.alpha, self.beta))
        return max(_LOOKS, math.ceil(((rough + sure) / self.effect) ** 2))

    def decide(self, source: Source, most: int) -> DistributionDecision:
        """Draw up to each look in turn, until one side is ruled out or `most` shots are gone."""
        counts, p_value = np.zeros(len(self.expected), dtype=np.int64), 1.0
        for shots, share in self._shares(most):
            counts += source(shots - int(counts.sum()))
            distance = 0.5 * float(np.abs(counts / shots - self.expected).sum())
            excess = max(0.0, distance - mean_distance(self.expected, shots))
            p_value = min(p_value, math.exp(-2 * shots * excess**2) / share)
            if p_value <= self.alpha:
                return self._ended("fail", p_value, distance, shots)
            if distance <= self.effect - math.sqrt(-math.log(share * self.beta) / (2 * shots)):
                return self._ended("pass", p_value, distance, shots)
        return self._ended("inconclusive", p_value, distance, shots)

    def schedule(self, most: int) -> list[int]:
        """Shots in all at each look, with `most` at most."""
        return sorted({min(look, most) for look in halvings(self.most, min(_LOOKS, self.looks or _LOOKS))})

    def _shares(self, most: int) -> Iterator[tuple[int, float]]:
        """Shots in all at each look, and its share of both chances of an error."""
        looks = self.schedule(most)
        for look in looks:
            yield look, _LAST if look == looks[-1] else (1 - _LAST) / (len(looks) - 1)

    def _ended(self, outcome: Outcome, p_value: float, distance: float, shots: int) -> DistributionDecision:
        """The interval allows for what the frequencies of so many outcomes stray by themselves."""
        sure = math.sqrt(-math.log(self.alpha * (1 - _LAST) / (2 * (_LOOKS - 1))) / (2 * shots))
        stray = 0.5 * math.sqrt((len(self.expected) - 1) / shots)
        interval = max(0.0, distance - stray - sure), min(1.0, distance + sure)
        interval = standing(outcome, interval, distance, 0.0, (self.effect,))
        return DistributionDecision(outcome, min(p_value, 1.0), distance, interval, shots)


def mean_distance(chances: Array, shots: int) -> float:
    """The mean total-variation distance of so many shots to the chances that they come with: half the sum of the
    mean deviations of binomials."""
    from scipy.stats import binom

    once, times = np.unique(chances, return_counts=True)
    peak = binom.pmf(np.floor(shots * once), shots - 1, once)
    return float(times @ (once * (1 - once) * peak))

"""A test of the relative entropy K of a distribution over bins to a known one, from independent draws.

Rejecting is betting. For every distribution r over the bins K is at least the mean of ln(r / reference)
(Donsker and Varadhan 1983), so that a bet on that mean, with an r made of earlier draws alone, is one on K.

Accepting is an exponential bound. With Z = ln(p / reference) of the true p, K is the mean of Z, and the
relative entropy of the observed frequencies is at least the mean of Z over the draws. Z is at most
L = max ln(1 / reference), exp(-Z) has a mean of at most 1, and exp(-cZ) - 1 + cZ is at most C times
exp(-Z) - 1 + Z, with C the ratio of the two at Z = L. So exp(-cZ) has a mean of at most exp(-(c - C) K), and
Chernoff's inequality does the rest, for every c in (0, 1). What was not seen counts: it may weigh L.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from qmlops.core.bet import LEFT
from qmlops.core.work import Array
from qmlops.testing.statistic.looks import halvings
from qmlops.testing.statistic.standing import standing
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.verdict import Outcome

Source = Callable[[int], Counts]
"""Draws so many more: how often each bin came."""
_LOOKS = 5
_LAST = 0.5
"""The share of a chance of an error that the last look may spend; the early ones share the rest."""
_FIRST = 16
_STEPS = 200


@dataclass(frozen=True)
class DivergenceDecision:
    """How a test of a relative entropy ended."""

    outcome: Outcome
    e_value: float
    """Against the null."""
    figure: float
    """Relative entropy of the observed frequencies, in nats; larger than the true one on average."""
    interval: tuple[float, float]
    """Of the true one, at confidence 1 - alpha, and without what the outcome rules out."""


@dataclass(frozen=True, eq=False)
class DivergenceTest:
    """Null: the relative entropy to `reference` is at most `value`, in nats.

    Rejects a true null with a chance of at most `alpha`, and accepts with a chance of at most `beta`
    where it is `value + effect` or more.
    """

    reference: Array = field(repr=False)
    """Logarithms of the known chances [bins]: some are below the smallest float."""
    value: float
    effect: float
    alpha: float
    beta: float

    def decide(self, source: Source, most: int) -> DivergenceDecision:
        """Draw up to each look in turn, until one side is ruled out or `most` are drawn."""
        # The null, and the ends that the interval may have. A bet against one is one against all below it.
        ends = np.concatenate([[self.value], self._largest * np.linspace(0, 1, _STEPS) ** 4])
        counts, wealth, peak = np.zeros(len(self.reference), np.int64), np.zeros(len(ends)), np.zeros(len(ends))
        for look, share in _looks(most):
            while (drawn := int(counts.sum())) < look:
                more = source(min(max(_FIRST, drawn // 8), look - drawn))
                wealth += self._gains(counts, more, ends)
                peak, counts = np.maximum(peak, wealth), counts + more
            figure = self._figure(counts)
            rejects = bool(peak[0] >= -math.log(self.alpha))
            accepts = self._above(figure, look, share * self.beta) <= self.value + self.effect
            if rejects or accepts:
                break
        outcome: Outcome = "fail" if rejects else "pass" if accepts else "inconclusive"
        first = int(np.argmax(np.append(peak[1:] < -math.log(self.alpha / 2), True)))
        low = float(ends[max(first, 1)])
        whole = min(low, figure), self._above(figure, look, share * self.alpha / 2)
        interval = standing(outcome, whole, figure, self.value, (self.value + self.effect,))
        return DivergenceDecision(outcome, math.exp(min(peak[0], 700.0)), figure, interval)

    @cached_property
    def _largest(self) -> float:
        """No relative entropy to the reference is larger."""
        return float(-self.reference.min())

    def _figure(self, counts: Counts) -> float:
        seen = counts > 0
        shares = counts[seen] / counts.sum()
        return float(shares @ (np.log(shares) - self.reference[seen]))

    def _gains(self, counts: Counts, more: Counts, ends: Array) -> Array:
        """What bets that each end [ends] is too small win on new draws, with stakes by the earlier ones."""
        drawn, seen = int(counts.sum()), more > 0
        if not drawn:
            return np.zeros(len(ends))
        # The reference counts as half a draw a bin, so that nothing unseen is impossible.
        prior = len(counts) / 2
        with np.errstate(divide="ignore"):
            scores = np.logaddexp(np.log(counts) - self.reference, math.log(prior)) - math.log(drawn + prior)
        mean = float(counts @ scores) / drawn
        spread = float(counts @ (scores - mean) ** 2) / drawn
        away = np.clip(mean - np.count_nonzero(counts) / drawn - ends, 0, None)
        stakes = np.minimum(away / (spread + away**2 + 1 / drawn), (1 - LEFT) / (ends - scores.min() + 1e-9))
        gains: Array = more[seen] @ np.log1p(stakes * (scores[seen, None] - ends))
        return gains

    def _above(self, figure: float, drawn: int, chance: float) -> float:
        """The least that is ruled out from above, with this chance of an error; infinite where nothing is."""
        powers = np.geomspace(1e-3 / self._largest, 1, 400)[:-1]
        slopes = powers - _curve(powers * self._largest) / _curve(np.array(self._largest))
        return float(np.min((powers * figure - math.log(chance) / drawn) / slopes))


def _looks(most: int) -> list[tuple[int, float]]:
    """Draws in all at each look, ascending, and its share of a chance of an error."""
    *early, last = halvings(most, _LOOKS)
    return [*((look, (1 - _LAST) / (_LOOKS - 1)) for look in early), (last, _LAST)]


def _curve(z: Array) -> Array:
    found: Array = np.exp(-z) - 1 + z
    return found

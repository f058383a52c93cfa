"""A sequential test of the mean of two-valued samples, with exact errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qmlops.testing.statistic.boundary import Boundary, boundary
from qmlops.testing.statistic.mean import MeanDecision, Source
from qmlops.testing.verdict import Outcome


@dataclass(frozen=True)
class BinaryTest:
    """Null: the mean is `value`; with `sides` 1: it is at least `value`. Samples are `low` or `high`.

    Rejects a true null with a chance of at most `alpha`, and accepts with a chance of at most `beta`
    where the mean is `effect` or more away (below, with `sides` 1). The last look always decides.
    """

    value: float
    effect: float
    low: float
    high: float
    alpha: float
    beta: float
    sides: int = 2

    @property
    def boundary(self) -> Boundary:
        """In chances of `high`. A mean outside the range of the values is no mean, and needs no ruling out."""
        null, away = (self.value - self.low) / (self.high - self.low), self.effect / (self.high - self.low)
        ends = (null - away, null + away)[: self.sides]
        inside = tuple(end for end in ends if 0 <= end <= 1)
        return boundary(min(max(null, 0.0), 1.0), inside or (0.0,), self.alpha, self.beta)

    @property
    def most(self) -> int:
        """Shots of the last look."""
        return self.boundary.looks[-1]

    def decide(self, source: Source, most: int) -> MeanDecision:
        """Draw up to each look in turn, until it decides or `most` shots are gone."""
        test, hits, shots, found = self.boundary, 0, 0, 0
        for look in test.looks:
            values, counts = source(min(look, most) - shots)
            hits += int(counts @ np.rint((values - self.low) / (self.high - self.low)))
            shots = min(look, most)
            found = int(test.decide(np.array([float(hits)]), look)[0]) if look <= most else 0
            if found or shots >= most:
                break
        outcome: Outcome = "fail" if found > 0 else "pass" if found < 0 else "inconclusive"
        ratios = test.evidence(np.array([float(hits)]), shots)[:, 0]
        evidence = float(np.logaddexp.reduce(ratios)) - math.log(len(ratios))
        low, mean, high = (self.low + (self.high - self.low) * chance for chance in _surviving(hits, shots, self.alpha))
        return MeanDecision(outcome, math.exp(min(evidence, 700.0)), mean, (low, high), shots)


def _surviving(hits: int, shots: int, alpha: float) -> tuple[float, float, float]:
    """The ends of the chances that survive a bet on all others at once, and the frequency between them.

    The bet mixes likelihood ratios by Jeffreys' prior: a confidence sequence (Robbins 1970).
    """
    from scipy.optimize import brentq
    from scipy.special import betaln, xlog1py, xlogy

    mixed = betaln(hits + 0.5, shots - hits + 0.5) - betaln(0.5, 0.5) + math.log(alpha)

    def survives(chance: float) -> float:
        return float(xlogy(hits, chance) + xlog1py(shots - hits, -chance) - mixed)

    mean = hits / shots
    low = 0.0 if hits == 0 else float(brentq(survives, 1e-300, mean))
    high = 1.0 if hits == shots else float(brentq(survives, mean, 1 - 1e-16))
    return low, mean, high

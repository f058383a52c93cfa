"""A sequential test of the mean of two-valued samples, with exact errors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qmlops.testing.statistic.boundary import Boundary, boundary, once
from qmlops.testing.statistic.bounded import ends
from qmlops.testing.statistic.mean import MeanDecision, Source
from qmlops.testing.statistic.standing import standing
from qmlops.testing.verdict import Outcome

_NEAR_0, _NEAR_1 = 1e-300, 1 - 1e-16


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
    looks: int | None = None
    """At most so many; None: as many as help."""

    @property
    def boundary(self) -> Boundary:
        """In chances of `high`."""
        return boundary(*self._chances, self.alpha, self.beta, self.looks)

    @property
    def size(self) -> int:
        """About how many shots a test takes that looks once."""
        return once(*self._chances, self.alpha, self.beta)

    @property
    def _chances(self) -> tuple[float, tuple[float, ...]]:
        """Of `high`, at the null and at the ends; an end outside the range of the values needs no ruling out."""
        inside = tuple(self._unit(end) for end in ends(self) if self.low <= end <= self.high)
        return min(max(self._unit(self.value), 0.0), 1.0), inside

    def _unit(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)

    @property
    def most(self) -> int:
        """Shots of the last look."""
        return self.boundary.looks[-1]

    def schedule(self, most: int) -> list[int]:
        """Shots in all at each look, with `most` at most."""
        return sorted({min(look, most) for look in self.boundary.looks})

    def decide(self, source: Source, most: int) -> MeanDecision:
        """Draw up to each look in turn, until it decides or `most` shots are gone. Wants that nothing is `certain`."""
        test, hits, shots, found = self.boundary, 0, 0, 0
        for look in self.schedule(most):
            values, counts = source(look - shots)
            hits += int(counts @ np.rint((values - self.low) / (self.high - self.low)))
            shots = look
            found = int(test.decide(np.array([float(hits)]), look)[0]) if look in test.looks else 0
            if found:
                break
        outcome: Outcome = "fail" if found > 0 else "pass" if found < 0 else "inconclusive"
        low, mean, high = (self.low + (self.high - self.low) * chance for chance in _surviving(hits, shots, self.alpha))
        interval = standing(outcome, (low, high), mean, self.value, ends(self))
        if found:
            return MeanDecision(outcome, None, mean, interval, shots, test.p_value(hits, shots, self.alpha))
        ratios = test.evidence(np.array([float(hits)]), shots)[:, 0]
        evidence = float(np.logaddexp.reduce(ratios)) - math.log(len(ratios))
        return MeanDecision(outcome, math.exp(min(evidence, 700.0)), mean, interval, shots)


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
    low = 0.0 if hits == 0 or survives(_NEAR_0) > 0 else float(brentq(survives, _NEAR_0, mean))
    high = 1.0 if hits == shots or survives(_NEAR_1) > 0 else float(brentq(survives, mean, _NEAR_1))
    return low, mean, high
